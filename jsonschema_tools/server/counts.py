"""What a gate counts: plain numbers in plain dictionaries, which the metrics show when they are asked for."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from jsonschema_tools.intake.model import AcceptedEvent, Outcome

_MOST = 2000
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The bounds of how long requests take, in seconds."""
_OTHER = ("other", "other")


class Counts:
    """Counts of events and requests; all on one event loop.

    ``accepted`` and ``refused`` are by stream and schema URI, ``last`` is the time of the last accepted event of a
    stream, ``faults`` are requests that were refused as a whole, by kind, ``durations`` are counts by `BUCKETS` and the
    sum, by status. ``reload_failures`` counts configurations that were not taken over, ``refused_not_kept`` refused
    events that could not be written anywhere.
    """

    def __init__(self) -> None:
        self.accepted: dict[tuple[str, str], int] = {}
        self.refused: dict[tuple[str, str], int] = {}
        self.reload_failures = 0
        self.refused_not_kept = 0
        self.last: dict[str, float] = {}
        self.faults: dict[str, int] = {}
        self.durations: dict[int, tuple[list[int], float]] = {}

    def took(self, status: int, seconds: float) -> None:
        """Take note of how long a request took."""
        counts, total = self.durations.get(status) or ([0] * (len(BUCKETS) + 1), 0.0)
        counts[bisect_left(BUCKETS, seconds)] += 1
        self.durations[status] = counts, total + seconds

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
