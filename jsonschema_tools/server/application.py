"""The ASGI application of a gate: events go to their own callable, everything else to routes."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.intake import IntakeEndpoint, Receive, Scope, Send

EVENTS = "/v1/events"


class Application:
    """One ASGI application; ``others`` serves what is no event."""

    def __init__(self, gate: Gate, others: Any) -> None:
        self._events = IntakeEndpoint(gate)
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or take part in the start and the end."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == EVENTS:
            await self._events(scope, receive, send)
        else:
            await self._others(scope, receive, send)
