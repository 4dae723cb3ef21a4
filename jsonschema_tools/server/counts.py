"""What a gate counts: plain numbers in plain dictionaries, which the metrics show when they are asked for."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from jsonschema_tools.intake.model import AcceptedEvent, Outcome

_MOST = 2000
_KEY = itemgetter(0, 1)
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The bounds of how long requests take, in seconds."""
OTHER = "other"
"""The label of what the configuration does not name."""


class Counts:
    """Counts of events and requests; all on one event loop.

    ``accepted`` and ``refused`` are by stream and schema URI, ``last`` is the time of the last accepted event of a
    stream, ``faults`` are requests that were refused as a whole, by kind, ``durations`` are counts by `BUCKETS` and the
    sum, by status. ``reload_failures`` counts configurations that were not taken over, ``refused_not_kept`` refused
    events that could not be written anywhere. ``label_of`` is what the configuration calls a stream: where there are
    too many, they are counted under that.
    """

    def __init__(self) -> None:
        self.label_of: Callable[[str], str] = lambda _: OTHER
        self._most = _MOST
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
        if accepted:
            found = Counter(map(_KEY, accepted))
            for key, number in found.items():
                try:
                    counts[key] += number
                except KeyError:
                    self._begin(counts, key, number)
            now, last = time.time(), self.last
            for stream in {key[0] for key in found}:
                if stream not in last and len(last) >= self._most:
                    self._fold()
                last[stream] = now
        for outcome in outcomes:
            # What an event says that no schema was found for is nobody's label.
            uri = outcome.schema_uri if outcome.schema is not None else None
            key = (outcome.stream or OTHER, uri or OTHER)
            if key in self.refused:
                self.refused[key] += 1
            else:
                self._begin(self.refused, key)

    def _begin(self, counts: dict[tuple[str, str], int], key: tuple[str, str], number: int = 1) -> None:
        if len(counts) >= self._most:
            self._fold()
        counts[key] = counts.get(key, 0) + number

    def _fold(self) -> None:
        """Count the streams of a pattern, and those that nobody knows, together."""
        label = self.label_of
        for counts in (self.accepted, self.refused):
            items = list(counts.items())
            counts.clear()
            for (stream, uri), number in items:
                key = (label(stream), uri)
                counts[key] = counts.get(key, 0) + number
        times = sorted(self.last.items(), key=lambda item: item[1])
        self.last.clear()
        self.last.update((label(stream), at) for stream, at in times)
        # As many labels as the configuration has are held, and the same again of what comes between.
        self._most = max(_MOST, 2 * len(self.accepted), 2 * len(self.refused), 2 * len(self.last))
