"""Events that were seen, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jsonschema_tools.events.model import Verdict
from jsonschema_tools.versions import field

CANARY = "canary"
"""What ``meta.domain`` of canary events is, so that whoever counts events can leave them out."""


@dataclass(frozen=True, slots=True)
class Watched:
    """An event: where it is, its JSON text, what it says, and the verdict."""

    place: str
    text: bytes
    event: Any
    verdict: Verdict


@dataclass(slots=True)
class Traffic:
    """How many events a stream has; times are those of the events, or of Kafka, in seconds since 1970."""

    stream: str
    events: int = 0
    refused: int = 0
    canaries: int = 0
    first: float | None = None
    last: float | None = None

    def add(self, seen: Watched, time: float | None) -> None:
        """Count an event."""
        self.events += 1
        self.refused += not seen.verdict.valid
        self.canaries += isinstance(seen.event, dict) and field(seen.event, "meta.domain") == CANARY
        if time is not None:
            self.first = time if self.first is None else min(self.first, time)
            self.last = time if self.last is None else max(self.last, time)

    @property
    def rate(self) -> float | None:
        """Events a second, from the first to the last."""
        if self.first is None or self.last is None or self.last == self.first:
            return None
        return (self.events - 1) / (self.last - self.first)
