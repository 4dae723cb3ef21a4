"""The answers of Wikimedia's EventGate 1.8.4, as recorded: events and AJV's errors in lists, problems with status 500.

What differs on purpose: sentences of the JavaScript engine and of zlib, and answers to what EventGate does not survive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import parse_qs

from jsonschema_tools.documents.pointers import at, split
from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.model import EventError, Obstacle
from jsonschema_tools.events.plain import NotJson
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.intake.answers import Answer, Headers, Media
from jsonschema_tools.intake.filling import encoded
from jsonschema_tools.intake.model import Outcome, RequestFault
from jsonschema_tools.nodejs.ajv_errors import AjvError, errors_of, errors_text
from jsonschema_tools.nodejs.ajv_paths import index_path, property_path
from jsonschema_tools.reports.escaping import json_text
from jsonschema_tools.settings import ServeSettings
from jsonschema_tools.versions import field

JSON = ((b"content-type", b"application/json; charset=utf-8"),)
HTML = ((b"content-type", b"text/html; charset=utf-8"),)
_PAGE = b"<!DOCTYPE html>\n<title>Error</title>\n<pre>%b</pre>\n"
_NOTHING_MORE = (b"content-security-policy", b"default-src 'none'")
CSP = (
    "default-src 'self'; object-src 'none'; media-src 'none'; img-src 'none'; style-src 'none'; base-uri 'self';"
    " frame-ancestors 'self'"
)
_EMPTY = re.compile(rb"\s*\{\s*\}\s*")
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = rf" *{_TOKEN} *= *(?:{_TOKEN}|\"(?:[^\"\\]|\\.)*\") *"
_PARAMETERS = re.compile(rf"[^;]*(?:;{_PARAMETER})*")
_TYPES = ("application/json", "text/plain", "application/reports+json")
_FAILED_LOADING = "Failed loading schema at"
_TITLES = {
    "empty": "SyntaxError",
    "not-json": "SyntaxError",
    "no-events": "SyntaxError",
    "too-large": "PayloadTooLargeError",
    "too-many-events": "PayloadTooLargeError",
    "encoding": "UnsupportedMediaTypeError",
    "charset": "UnsupportedMediaTypeError",
}
_DETAILS = {"too-large": "request entity too large", "too-many-events": "request entity too large"}
_UNLOADABLE = frozenset(
    {
        Obstacle.SCHEMA_NOT_FOUND,
        Obstacle.SCHEMA_UNAVAILABLE,
        Obstacle.SCHEMA_FORBIDDEN,
        Obstacle.SCHEMA_INSECURE,
        Obstacle.SCHEMA_UNUSABLE,
    }
)


@lru_cache(maxsize=200)
def _media(content_type: str) -> Media:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    named = [parameter.partition("=") for parameter in parameters]
    if kind not in _TYPES or _PARAMETERS.fullmatch(content_type) is None:
        return Media(empty=True)
    charsets = [value.strip().strip('"') for name, _, value in named if name.strip() == "charset"]
    return Media(charset=_codec(charsets[-1]) if charsets else None, lenient=True)


def _codec(charset: str) -> str | None:
    name = charset.removeprefix("utf-")
    if not charset.startswith("utf-") or name not in ("7", "8", "16", "16le", "16be", "32", "32le", "32be"):
        raise RequestFault(415, "charset", f'unsupported charset "{charset.upper()}"')
    return None if name == "8" else charset


@lru_cache(maxsize=200)
def _is_hasty(query: str) -> bool:
    if "hasty" not in query and "%" not in query:
        return False
    values = parse_qs(query, keep_blank_values=True)
    # To EventGate a list is not empty, whatever is in it.
    return values.get("hasty", [""]) != [""] or any(name.startswith("hasty[") for name in values)


class EventGateProfile:
    """Renders the answers of `Profile`.

    Args:
        settings: whether and how browsers may see the answers.
        schema_fields: where events name their schema.
    """

    hasty_before_verdict = True

    def __init__(self, settings: ServeSettings, schema_fields: Sequence[str]) -> None:
        self._schema_fields = tuple(schema_fields)
        self.headers: Headers = (*_cors(settings.cors), *_csp(settings.csp or CSP))

    def media(self, content_type: str) -> Media:
        """How to read a body; one of any other type is none. Raises `RequestFault`."""
        return _media(content_type)

    def is_hasty(self, query: str) -> bool:
        """``hasty`` with any value that is not empty."""
        return _is_hasty(query)

    def done(self, accepted: int, *, hasty: bool = False) -> Answer:
        """No body."""
        return Answer(202 if hasty else 201)

    def partly(self, accepted: int, outcomes: Sequence[Outcome]) -> Answer:
        """207 if some are accepted, 400 if all are invalid, 500 if there were errors."""
        invalid, failed = list[Any](), list[Any]()
        for outcome in outcomes:
            (invalid if _is_invalid(outcome) else failed).append(self._item(outcome))
        if failed or accepted:
            return Answer(207 if accepted else 500, JSON, encoded({"invalid": invalid, "error": failed}))
        return Answer(400, JSON, encoded({"invalid": invalid}))

    def has_events(self, body: bytes) -> bool:
        """An object without members is no event."""
        return _EMPTY.fullmatch(body) is None

    def empty(self) -> Answer:
        """No body."""
        return Answer(400)

    def fault(self, fault: RequestFault, method: str, uri: str) -> Answer:
        """A problem, with 500 where the client is at fault, too; a page where there is nothing."""
        if fault.kind in ("not-found", "method"):
            return Answer(
                404, (*HTML, _NOTHING_MORE), _PAGE % f"Cannot {method} {escape(uri)}".encode("utf-8", "replace")
            )
        is_zlib = fault.kind == "bad-encoding"
        status = 500 if fault.kind in _TITLES or is_zlib else fault.status
        kind = "internal_error" if status == 500 else fault.kind.replace("-", "_")
        problem = {
            "status": status,
            "type": kind,
            "title": _TITLES.get(fault.kind, "Error"),
            "detail": _DETAILS.get(fault.kind, fault.detail.rpartition(": ")[2] if is_zlib else fault.detail),
            "method": method,
            "uri": uri,
        }
        headers = JSON if fault.retry_after is None else (*JSON, (b"retry-after", b"%d" % fault.retry_after))
        return Answer(status, headers, json_text(problem, indent=None).encode())

    def _item(self, outcome: Outcome) -> dict[str, Any]:
        from msgspec import Raw

        context: dict[str, Any]
        if _is_invalid(outcome):
            errors = _ajv_errors(outcome)
            context = {"errors": Raw(json_text(errors, indent=None).encode()), "errorsText": errors_text(errors)}
        else:
            context = {"message": self._message(outcome)}
        status = "invalid" if _is_invalid(outcome) else "error"
        return {"status": status, "event": Raw(_embeddable(outcome.raw)), "context": context}

    def _message(self, outcome: Outcome) -> str:
        error = outcome.errors[0]
        if error.obstacle is Obstacle.NO_SCHEMA_URI:
            return self._about_schema_field(outcome.raw)
        if error.obstacle in _UNLOADABLE:
            return f"{_FAILED_LOADING} {self._named(outcome.raw)}"
        return error.message

    def _named(self, raw: bytes) -> Any:
        event = read_event(raw)
        return next((found for name in self._schema_fields if (found := field(event, name)) is not None), None)

    def _about_schema_field(self, raw: bytes) -> str:
        event, named = read_event(raw), self._named(raw)
        if named == "":
            return f"{_FAILED_LOADING} "
        if named is not None:
            return "id.replace is not a function"
        if isinstance(event, dict) and any(name in event for name in self._schema_fields):
            return "Cannot read properties of null (reading 'match')"
        return f"Field(s) {','.join(self._schema_fields)} were missing from event and could not be extracted."


def _is_invalid(outcome: Outcome) -> bool:
    return all(error.keyword is not None or error.obstacle is Obstacle.NOT_JSON for error in outcome.errors)


def _ajv_errors(outcome: Outcome) -> list[AjvError]:
    """AJV's errors; where it has none, since it knows fewer keywords, ours in its form."""
    try:
        found = errors_of(outcome.schema, read_event(outcome.raw)) if outcome.schema is not None else []
    except NotJson:
        found = []
    return found or [_as_ajv(error, outcome.schema) for error in outcome.errors]


def _as_ajv(error: EventError, schema: Document) -> AjvError:
    data = ""
    for step in split(error.pointer):
        data = index_path(data, int(step)) if step.isdigit() else property_path(data, step)
    pointer = (error.schema_uri or "").partition("#")[2]
    params, message = dict[str, Any](), error.message
    if error.keyword == "format" and isinstance(name := _found(schema, pointer), str):
        params, message = {"format": name}, f'should match format "{name}"'
    return {"keyword": error.kind, "dataPath": data, "schemaPath": f"#{pointer}", "params": params, "message": message}


def _found(document: Document, pointer: str) -> Document:
    try:
        return at(document, pointer)
    except (LookupError, ValueError):
        return None


def _embeddable(raw: bytes) -> bytes:
    """The text of an event as a part of an answer; what is no JSON becomes a text."""
    try:
        read_event(raw)
    except NotJson:
        return json_text(raw.decode("utf-8", "replace"), indent=None).encode()
    return raw.strip()


def _cors(origin: str | None) -> Headers:
    if origin is None:
        return ()
    return (
        (b"access-control-allow-origin", origin.encode("latin-1", "replace")),
        (b"access-control-allow-headers", b"accept, x-requested-with, content-type"),
        (b"access-control-expose-headers", b"etag"),
        (b"access-control-allow-methods", b"post"),
    )


def _csp(policy: str) -> Headers:
    return (
        (b"x-xss-protection", b"1; mode=block"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"SAMEORIGIN"),
        (b"content-security-policy", policy.encode("latin-1", "replace")),
    )
