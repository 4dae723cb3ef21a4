"""A report on many events: the counts, and the first refused ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.summary import Summary
from jsonschema_tools.schemas.deprecation import Deprecation

MOST_SHOWN = 100
"""Refused events in a report, at most; the counts tell of all."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused event: the file it is in (``-``: standard input), the line it begins on, its text, the verdict.

    Of a record of Kafka ``source`` is ``topic/partition@offset``, and there is no line.
    """

    source: str
    line: int | None
    text: bytes
    verdict: Verdict

    def place(self, shown: Callable[[str], str] = str) -> str:
        """Where it is, for people."""
        return self.source if self.line is None else f"{shown(self.source)}:{self.line}"


@dataclass(slots=True)
class EventReport:
    """The counts of all events, the first `MOST_SHOWN` refusals, and the retired titles that events are of."""

    summary: Summary = field(default_factory=Summary)
    refusals: list[Refusal] = field(default_factory=list)
    deprecated: dict[str, Deprecation] = field(default_factory=dict)

    def add(self, refusal: Refusal) -> bool:
        """Keep the refusal, unless there are enough; whether it is kept."""
        if len(self.refusals) < MOST_SHOWN:
            self.refusals.append(refusal)
            return True
        return False

    @property
    def not_shown(self) -> int:
        """How many events were refused beside those that are kept."""
        return self.summary.refused - len(self.refusals)
