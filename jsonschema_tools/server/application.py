"""The ASGI application of a gate: events go to their own callable, everything else to routes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.intake import IntakeEndpoint, Receive, Scope, Send

EVENTS = "/v1/events"

_LIKE_EXPRESS = re.compile(rb"/v1/+events/?", re.IGNORECASE)


class Application:
    """One ASGI application; ``others`` makes what serves all that is no event, given the callable for events."""

    def __init__(self, gate: Gate, others: Callable[[IntakeEndpoint], Any]) -> None:
        self.events = IntakeEndpoint(gate)
        self._others = others(self.events)
        self._takes = "intake" in gate.settings.only
        self._is_events = _is_events_to_express if gate.settings.profile == "eventgate" else _is_events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "POST" and self._takes and self._is_events(scope):
            await self.events(scope, receive, send)
        else:
            await self._others(scope, receive, send)


def _is_events(scope: Scope) -> bool:
    return bool(scope["path"] == EVENTS)


def _is_events_to_express(scope: Scope) -> bool:
    """Paths as EventGate's framework compares them: of any case, with a slash at the end."""
    return scope["raw_path"] == b"/v1/events" or _LIKE_EXPRESS.fullmatch(scope["raw_path"]) is not None
