"""The result of a block of events: counts, and the refused ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.summary import Summary

MOST_ERRORS_HELD = 30_000
"""Errors in one result, about. A block with more of them gives several results, so that memory does not grow."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused event: its line in the result (from 0), its text, and the verdict."""

    line: int
    text: bytes
    verdict: Verdict


@dataclass(slots=True)
class BlockResult:
    """What came of a block of events, or of its first lines when there is ``more``: how many ``lines`` that are, the
    counts, the refused events and how many ``errors`` they have."""

    lines: int = 0
    summary: Summary = field(default_factory=Summary)
    refused: list[Refused] = field(default_factory=list)
    errors: int = 0
    more: bool = False

    def add(self, line: int, text: bytes, verdict: Verdict) -> None:
        """Count one event, and keep it if it was refused."""
        self.summary.add(verdict)
        if not verdict.valid:
            self.refused.append(Refused(line, text, verdict))
            self.errors += 1 + len(verdict.errors)

    @property
    def full(self) -> bool:
        """Whether it holds as much as one should."""
        return self.errors >= MOST_ERRORS_HELD
