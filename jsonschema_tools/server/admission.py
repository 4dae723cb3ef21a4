"""How much a gate works on at once. What is too much is answered before its body is read."""

from __future__ import annotations

from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.settings import Limits

RETRY_SECONDS = 1


class Admission:
    """Counts the requests and bytes in flight; all on one event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.requests = 0
        self.bytes = 0
        self.draining = False

    def enter(self, size: int) -> None:
        """Let a request of a known size in, or raise `RequestFault`."""
        if self.draining:
            raise _busy("the gate is stopping", "stopping")
        if self.requests >= self._limits.requests or self.bytes + size > self._limits.bytes_in_flight:
            raise _busy("the gate has as much to do as it takes", "overload")
        self.requests += 1
        self.bytes += size

    def grow(self, size: int) -> None:
        """Let more bytes of a request in, whose size was not known."""
        if self.bytes + size > self._limits.bytes_in_flight:
            raise _busy("the gate has as much to do as it takes", "overload")
        self.bytes += size

    def shrink(self, size: int) -> None:
        """Take back what `grow` let in, as the rest of it will not come."""
        self.bytes -= size

    def leave(self, size: int) -> None:
        """A request is answered."""
        self.requests -= 1
        self.bytes -= size


def _busy(detail: str, kind: str) -> RequestFault:
    remedy = "Send the same events again later, with the same ids."
    return RequestFault(503, kind, detail, remedy=remedy, retry_after=RETRY_SECONDS)
