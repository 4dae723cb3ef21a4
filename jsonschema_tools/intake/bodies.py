"""The body of a request, cut into the texts of its events. No event is decoded."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema_tools.events.plain import NotJson, too_deep
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.intake.model import RequestFault

if TYPE_CHECKING:
    from msgspec.json import Decoder

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"


@cache
def _decoders() -> tuple[Decoder[Any], Decoder[Any]]:
    from msgspec import Raw
    from msgspec.json import Decoder

    return Decoder(Raw), Decoder(list[Raw])


def split(body: bytes, most: int, *, lines: bool = False) -> list[bytes]:
    """The texts of the events of a body: an object, a list, or with ``lines`` what is on each line.

    Raises `RequestFault` for a body that is none of these, or has more than ``most`` events. That an event is an
    object, and good in all its parts, is seen when it is judged.
    """
    if body.startswith(_BOM):
        body = body[len(_BOM) :]
    events = [line for line in body.split(b"\n") if line.strip(_SPACE)] if lines else _split_json(body)
    if len(events) > most:
        raise RequestFault(
            413,
            "too-many-events",
            f"the request has {len(events)} events, and may have {most}",
            remedy="Send them in several requests.",
        )
    return events


def _split_json(body: bytes) -> list[bytes]:
    one, many = _decoders()
    try:
        if body[:1] == b"{" or (first := body.lstrip(_SPACE)[:1]) == b"{":
            one.decode(body)
            return [body]
        if first == b"[":
            return list(map(bytes, many.decode(body)))
    except (ValueError, RecursionError):
        pass
    raise _no_events(body)


def _no_events(body: bytes) -> RequestFault:
    """Why a body is neither an object nor a list."""
    if not body.strip(_SPACE):
        return RequestFault(400, "empty", "the request has no body", remedy="Send a JSON object, or a list of them.")
    try:
        read_event(body)
    except NotJson as error:
        if error.message == too_deep().message:
            return RequestFault(400, "too-deep", error.message, remedy="Send events that are less deep.")
        remedy = "Send JSON as RFC 8259 has it, in UTF-8."
        return RequestFault(400, "not-json", f"the body is no JSON: {error.message}", remedy=remedy)
    detail = "the body is neither an object nor a list of them"
    return RequestFault(400, "no-events", detail, remedy="Send a JSON object, or a list of them.")
