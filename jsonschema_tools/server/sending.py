"""Answers as messages of ASGI, or written at once where the server can do that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from jsonschema_tools.intake.answers import Answer, Headers
from jsonschema_tools.server.protocol import write_whole

Send = Callable[[dict[str, Any]], Awaitable[None]]

_REASONS = {200: b"OK", 201: b"Created", 202: b"Accepted", 207: b"Multi-Status", 400: b"Bad Request"}


async def send_answer(send: Send, answer: Answer, headers: Headers = (), *, head: bool = False) -> None:
    """Send an answer, with headers that every answer has; only its head for a ``HEAD`` request."""
    body = answer.body
    if not head and answer.status in _REASONS:
        start = _head(answer.status, headers, answer.headers, len(body))
        if write_whole(send, start, body):
            return
    length = (b"content-length", b"%d" % len(body))
    told = [*with_own(headers, answer.headers), length]
    await send({"type": "http.response.start", "status": answer.status, "headers": told})
    await send({"type": "http.response.body", "body": b"" if head else body})


def with_own(headers: Headers, own: Headers) -> Headers:
    """The headers of every answer and those of one, which count where both have a name."""
    names = {name for name, _ in own}
    return (*(header for header in headers if header[0] not in names), *own)


@lru_cache(maxsize=500)
def _head(status: int, headers: Headers, more: Headers, length: int) -> bytes:
    lines = [b"HTTP/1.1 %d %b" % (status, _REASONS[status])]
    lines += [b"%b: %b" % header for header in with_own(headers, more)]
    return b"\r\n".join([*lines, b"content-length: %d" % length, b""])
