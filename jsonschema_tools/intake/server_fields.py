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

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from jsonschema_tools.documents.values import Document
from jsonschema_tools.intake.filling import Patch, Within, opened
from jsonschema_tools.intake.model import Request
from jsonschema_tools.intake.routing import Route

_MOST_KNOWN = 1000

Steps = tuple[str, ...]


class _Field(NamedTuple):
    """A field that is filled in: where it is, from what, and whether what the event says is written over."""

    steps: Steps
    source: Callable[[Request], str | None]
    replaces: bool = False


class ServerFields:
    """Fills them in; ``new_id`` makes a UUID."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._always = (
            _Field(("meta", "id"), lambda _request: new_id()),
            _Field(("meta", "dt"), lambda request: request.now, replaces=True),
            _Field(("meta", "request_id"), _header("x-request-id")),
            _Field(("http", "client_ip"), lambda request: request.client),
        )
        self._plans: dict[tuple[int, str], tuple[Document, list[_Field]]] = {}

    def __call__(self, raw: bytes, schema: Document, route: Route, request: Request) -> Patch:
        """What to fill into the text of an event. Raises `ValueError` for one that is no object."""
        fields = self._plan(schema, route)
        if not fields:
            return {}
        patch = Within()
        held: dict[Steps, Mapping[str, Any]] = {(): opened(raw)}
        for steps, source, replaces in fields:
            if replaces or steps[-1] not in _holder(held, steps[:-1]):
                value = source(request)
                if value is not None:
                    _put(patch, steps, value)
        return patch

    def _plan(self, schema: Document, route: Route) -> list[_Field]:
        key = (id(schema), route.label)
        known = self._plans.get(key)
        if known is None or known[0] is not schema:
            if len(self._plans) >= _MOST_KNOWN:
                self._plans.clear()
            headers = (route.header_fields or {}).items()
            named = [_Field(tuple(path.split(".")), _header(str(name).lower())) for path, name in headers if name]
            fields = [field for field in (*self._always, *named) if _allows(schema, field.steps)]
            known = self._plans[key] = (schema, fields)
        return known[1]


def _header(name: str) -> Callable[[Request], str | None]:
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


def _holder(held: dict[Steps, Mapping[str, Any]], steps: Steps) -> Mapping[str, Any]:
    """The members of the object at a path; none where there is no such object."""
    found = held.get(steps)
    if found is None:
        value = bytes(_holder(held, steps[:-1]).get(steps[-1], b"{}"))
        found = held[steps] = opened(value) if value.lstrip()[:1] == b"{" else {}
    return found


def _put(patch: Within, steps: Steps, value: str) -> None:
    for step in steps[:-1]:
        patch = patch.setdefault(step, Within())
    patch[steps[-1]] = value
