"""What a sink is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from jsonschema_tools.intake.model import AcceptedEvent


class EventSink(Protocol):
    """Takes accepted events. All methods run on the event loop of the gate and must not block it."""

    async def open(self) -> None:
        """Get ready; raise what keeps it from that."""

    async def write(self, records: Sequence[AcceptedEvent]) -> list[str | None]:
        """Write the events in order, and return for each why it failed; ``None``: it is safe."""

    async def close(self) -> None:
        """Finish what was taken. Nothing is written afterwards."""
