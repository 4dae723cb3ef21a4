"""Fields that a gate fills into events, as Wikimedia's does: only those that the schema has.

| field | from |
| --- | --- |
| ``meta.id`` | a new UUID, where the event has none |
| ``meta.dt`` | the time of the request, whatever the event says |
| ``meta.request_id`` | the header ``X-Request-Id``, where the event has none |
| ``http.client_ip`` | the address of the client, where the event has none |
| what ``enrich_fields_from_http_headers`` of the stream names | that header, where the event has none |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from jsonschema_tools.documents.values import Document
from jsonschema_tools.intake.filling import codecs
from jsonschema_tools.intake.model import Request
from jsonschema_tools.intake.routing import Route

_MOST_KNOWN = 1000

Steps = tuple[str, ...]
_Source = Callable[[Request], str | None]
_Filler = Callable[[bytes, Request], bytes]
"""The text of an object with fields of a request. Raises `ValueError` for no object."""


class _Field(NamedTuple):
    """A field that is filled in: where it is, from what, and whether what the event says is written over."""

    steps: Steps
    source: _Source
    replaces: bool = False


class _Place(NamedTuple):
    """What is filled into an object: into its own members by name, and into objects inside."""

    fields: list[tuple[str, _Source, bool]]
    inner: dict[str, _Place]

    def put(self, steps: Steps, field: _Field) -> None:
        """Fill in a field that is ``steps`` below."""
        if len(steps) == 1:
            self.fields.append((steps[0], field.source, field.replaces))
        else:
            self.inner.setdefault(steps[0], _Place([], {})).put(steps[1:], field)

    def filler(self) -> _Filler:
        """What fills them into the text of an object, which stays itself where there are none."""
        fields, inner = self.fields, [(name, place.filler()) for name, place in self.inner.items()]
        opened, encoded, as_it_is = codecs()

        def filled(text: bytes, request: Request) -> bytes:
            members = opened(text)
            changed = False
            for name, source, replaces in fields:
                if replaces or name not in members:
                    value = source(request)
                    if value is not None:
                        members[name] = value
                        changed = True
            for name, fill in inner:
                was = members.get(name, _EMPTY)
                new = fill(was, request)
                if new is not was:
                    members[name] = as_it_is(new)
                    changed = True
            return encoded(members) if changed else text

        return filled


_EMPTY = b"{}"


def _unchanged(text: bytes, _request: Request) -> bytes:
    return text


class ServerFields:
    """Fills them in; ``new_id`` makes a UUID."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._always = (
            _Field(("meta", "id"), lambda _request: new_id()),
            _Field(("meta", "dt"), lambda request: request.now, replaces=True),
            _Field(("meta", "request_id"), _header("x-request-id")),
            _Field(("http", "client_ip"), lambda request: request.client),
        )
        self._plans: dict[tuple[int, str], tuple[Document, _Filler]] = {}

    def __call__(self, raw: bytes, schema: Document, route: Route, request: Request) -> bytes:
        """The text of an event with the fields. Raises `ValueError` where an object that holds them is none."""
        known = self._plans.get((id(schema), route.label))
        fill = known[1] if known is not None and known[0] is schema else self._planned(schema, route)
        return fill(raw, request)

    def _planned(self, schema: Document, route: Route) -> _Filler:
        if len(self._plans) >= _MOST_KNOWN:
            self._plans.clear()
        headers = (route.header_fields or {}).items()
        named = [_Field(tuple(path.split(".")), _header(str(name))) for path, name in headers if name]
        place = _Place([], {})
        for field in (*self._always, *named):
            if _allows(schema, field.steps):
                place.put(field.steps, field)
        fill = place.filler() if place.fields or place.inner else _unchanged
        self._plans[id(schema), route.label] = (schema, fill)
        return fill


def _header(name: str) -> _Source:
    wanted = name.lower().encode()
    return lambda request: request.header(wanted)


def _allows(schema: Document, steps: Steps) -> bool:
    """Whether a schema says what is at a path."""
    for name in steps:
        if not isinstance(schema, dict):
            return False
        properties, others = schema.get("properties"), schema.get("additionalProperties")
        if isinstance(properties, dict) and name in properties:
            schema = properties[name]
        elif isinstance(others, dict):
            schema = others
        else:
            return False
    return True
