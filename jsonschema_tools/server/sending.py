"""Answers as messages of ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from jsonschema_tools.intake.answers import Answer, Headers

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def send_answer(send: Send, answer: Answer, headers: Headers = (), *, head: bool = False) -> None:
    """Send an answer, with headers that every answer has; only its head for a ``HEAD`` request."""
    body = answer.body
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, *answer.headers, length]})
    await send({"type": "http.response.body", "body": b"" if head else body})
