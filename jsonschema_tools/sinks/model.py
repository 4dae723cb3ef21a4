"""What a sink is, and what it says of an event that it does not have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from jsonschema_tools.intake.model import AcceptedEvent, Status

SPOOLED: Literal[0] = 0
"""The event is on disk, and will be written later: it is answered with 202."""


@dataclass(frozen=True, slots=True)
class WriteFailure:
    """Why an event is not written.

    ``status`` is `Status.REFUSED` where the event is at fault. ``retry`` is whether the same event may be sent again.
    """

    message: str
    remedy: str | None = None
    status: Status = Status.FAILED
    retry: bool = True


Written: TypeAlias = "WriteFailure | str | Literal[0] | None"
"""What became of an event: ``None`` where it is safe, `SPOOLED`, or why it failed; a text may be sent again."""

Number: TypeAlias = tuple[str, Literal["counter", "gauge"], str, float]
"""A metric: its name, its kind, what it says, and its value."""


class EventSink(Protocol):
    """Takes accepted events. All methods run on the event loop of the gate and must not block it."""

    async def open(self) -> None:
        """Get ready; raise what keeps it from that."""

    async def write(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Write the events in order, and return for each what became of it; ``None``: it is safe."""

    async def close(self) -> None:
        """Finish what was taken. Nothing is written afterwards."""


@runtime_checkable
class PromisingSink(EventSink, Protocol):
    """A sink that can also keep what was answered already, and that counts."""

    async def write_promised(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Write events whose senders have their answer: what cannot be written now is kept for later."""

    async def close_within(self, seconds: float) -> None:
        """`close`, and wait for others no longer than that."""

    def numbers(self) -> Iterable[Number]:
        """What it counts."""
