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
from jsonschema_tools.intake.filling import as_it_is, encoded, opened
from jsonschema_tools.intake.model import Request
from jsonschema_tools.intake.routing import Route

_MOST_KNOWN = 1000

Steps = tuple[str, ...]
_Source = Callable[[Request], str | None]


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

    def filled(self, text: bytes, request: Request) -> bytes:
        """The text of an object with the fields; itself where there are none. Raises `ValueError` for no object."""
        members = opened(text)
        changed = False
        for name, source, replaces in self.fields:
            if replaces or name not in members:
                value = source(request)
                if value is not None:
                    members[name] = value
                    changed = True
        for name, place in self.inner.items():
            was = members.get(name, _EMPTY)
            new = place.filled(was, request)
            if new is not was:
                members[name] = as_it_is(new)
                changed = True
        return encoded(members) if changed else text


_EMPTY = b"{}"


class ServerFields:
    """Fills them in; ``new_id`` makes a UUID."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._always = (
            _Field(("meta", "id"), lambda _request: new_id()),
            _Field(("meta", "dt"), lambda request: request.now, replaces=True),
            _Field(("meta", "request_id"), _header("x-request-id")),
            _Field(("http", "client_ip"), lambda request: request.client),
        )
        self._plans: dict[tuple[int, str], tuple[Document, _Place]] = {}

    def __call__(self, raw: bytes, schema: Document, route: Route, request: Request) -> bytes:
        """The text of an event with the fields. Raises `ValueError` where an object that holds them is none."""
        place = self._plan(schema, route)
        return place.filled(raw, request) if place.fields or place.inner else raw

    def _plan(self, schema: Document, route: Route) -> _Place:
        key = (id(schema), route.label)
        known = self._plans.get(key)
        if known is None or known[0] is not schema:
            if len(self._plans) >= _MOST_KNOWN:
                self._plans.clear()
            headers = (route.header_fields or {}).items()
            named = [_Field(tuple(path.split(".")), _header(str(name).lower())) for path, name in headers if name]
            place = _Place([], {})
            for field in (*self._always, *named):
                if _allows(schema, field.steps):
                    place.put(field.steps, field)
            known = self._plans[key] = (schema, place)
        return known[1]


def _header(name: str) -> _Source:
    return lambda request: request.headers.get(name)


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
