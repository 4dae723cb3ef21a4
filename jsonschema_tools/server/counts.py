"""What a gate counts: plain numbers in plain dictionaries, which the metrics show when they are asked for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from jsonschema_tools.intake.model import AcceptedEvent, Outcome

_MOST = 2000
_OTHER = ("other", "other")


class Counts:
    """Counts of events and requests; all on one event loop.

    ``accepted`` and ``refused`` are by stream and schema URI, ``last`` is the time of the last accepted event of a
    stream, ``faults`` are requests that were refused as a whole, by kind.
    """

    def __init__(self) -> None:
        self.accepted: dict[tuple[str, str], int] = {}
        self.refused: dict[tuple[str, str], int] = {}
        self.failed = 0
        self.last: dict[str, float] = {}
        self.faults: dict[str, int] = {}

    def add(self, accepted: Sequence[AcceptedEvent], outcomes: Iterable[Outcome]) -> None:
        """Take note of what became of the events of a request."""
        counts = self.accepted
        for record in accepted:
            key = (record[0], record[1])
            try:
                counts[key] += 1
            except KeyError:
                counts[key if len(counts) < _MOST else _OTHER] = 1
        if accepted:
            self.last[accepted[-1][0] if len(self.last) < _MOST else "other"] = time.time()
        for outcome in outcomes:
            key = (outcome.stream or "other", outcome.schema_uri or "other")
            key = key if key in self.accepted else _OTHER
            self.refused[key] = self.refused.get(key, 0) + 1
