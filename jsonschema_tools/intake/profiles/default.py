"""The answers of a gate: what was accepted, and of each other event its index, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from jsonschema_tools.events.model import EventError
from jsonschema_tools.intake.answers import Answer, Headers, Media
from jsonschema_tools.intake.model import Outcome, RequestFault, Status
from jsonschema_tools.intake.remedies import remedy_for
from jsonschema_tools.reports.escaping import json_text

JSON = ((b"content-type", b"application/json"),)
PROBLEM = ((b"content-type", b"application/problem+json"),)
RETRY_SECONDS = 5
"""When something that failed for now may be sent again."""

_MEDIA = {
    "application/json": Media(),
    "application/reports+json": Media(),
    "text/plain": Media(),
    "application/x-ndjson": Media(lines=True),
}
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
"""The statuses of requests that are refused as a whole (RFC 9110)."""

_CHARSETS = ("utf-8", "utf8", "us-ascii")
_NO = ("0", "false", "no")


@lru_cache(maxsize=200)
def _media(content_type: str) -> Media:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    found = _MEDIA.get(kind)
    if found is None:
        detail = f"bodies of the type {kind!r} are not read" if kind else "the request names no content type"
        raise RequestFault(415, "media-type", detail, remedy=f"Send one of {', '.join(_MEDIA)}.")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in _CHARSETS:
            raise RequestFault(415, "charset", f"the charset {value.strip()!r} is not read", remedy="Send UTF-8.")
    return found


@lru_cache(maxsize=200)
def _is_hasty(query: str) -> bool:
    values = parse_qs(query, keep_blank_values=True).get("hasty", []) if "hasty" in query else []
    return any(value.lower() not in _NO for value in values)


@lru_cache(maxsize=2000)
def _done(accepted: int, hasty: bool) -> Answer:
    return Answer(202 if hasty else 201, JSON, b'{"accepted":%d}' % accepted)


class DefaultProfile:
    """Renders the answers of `Profile`; ``origin`` is whose pages may read them."""

    hasty_before_verdict = False

    def __init__(self, origin: str | None = None) -> None:
        self.headers: Headers = (
            () if origin is None else ((b"access-control-allow-origin", origin.encode("latin-1", "replace")),)
        )

    def media(self, content_type: str) -> Media:
        """How to read a body of a content type. Raises `RequestFault`."""
        return _media(content_type)

    def is_hasty(self, query: str) -> bool:
        """``hasty`` with anything but no, false or 0."""
        return _is_hasty(query)

    def done(self, accepted: int, *, hasty: bool = False) -> Answer:
        """How many were accepted."""
        return _done(accepted, hasty)

    def partly(self, accepted: int, outcomes: Sequence[Outcome]) -> Answer:
        """What is wrong with each other one: 207 if some are accepted, 400 if none is; where nothing is wrong with any,
        503 if all may be sent again, else 500."""
        told = {"accepted": accepted, "events": [_event(outcome) for outcome in outcomes]}
        body = json_text(told, indent=None).encode()
        if accepted:
            return Answer(207, JSON, body)
        if all(outcome.status is Status.FAILED for outcome in outcomes):
            if all(outcome.retry for outcome in outcomes):
                return Answer(503, (*JSON, (b"retry-after", b"%d" % RETRY_SECONDS)), body)
            return Answer(500, JSON, body)
        return Answer(400, JSON, body)

    def has_events(self, body: bytes) -> bool:
        """What is in a body is seen when it is split."""
        return True

    def empty(self) -> Answer:
        """A request without events is refused."""
        return self.fault(RequestFault(400, "no-events", "the request has no events", remedy="Send at least one."))

    def fault(self, fault: RequestFault, method: str = "POST", uri: str = "") -> Answer:
        """A request that is refused as a whole: a problem (RFC 9457)."""
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES[fault.status],
            "status": fault.status,
            "detail": fault.detail,
            "reason": fault.kind,
            "retry": fault.retry_after is not None,
        }
        if fault.remedy:
            problem["remedy"] = fault.remedy
        headers: Headers = (*PROBLEM, (b"www-authenticate", b"Bearer")) if fault.status == 401 else PROBLEM
        if fault.retry_after is not None:
            headers = (*headers, (b"retry-after", b"%d" % fault.retry_after))
        return Answer(fault.status, headers, json_text(problem, indent=None).encode())


def _event(outcome: Outcome) -> dict[str, Any]:
    return {
        "index": outcome.index,
        "status": str(outcome.status),
        "retry": outcome.may_be_sent_again,
        "errors": [_error(error, outcome) for error in outcome.errors],
    }


def _error(error: EventError, outcome: Outcome) -> dict[str, Any]:
    kind = "keyword" if error.keyword is not None else "obstacle"
    return {
        "pointer": error.pointer,
        kind: error.kind,
        "message": error.message,
        "schema_uri": error.schema_uri or outcome.schema_uri,
        "remedy": error.remedy or remedy_for(error.keyword),
    }
