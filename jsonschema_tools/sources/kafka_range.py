"""Which part of its topics is read from Kafka: from where on, until where, how many records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from jsonschema_tools.errors import UsageError

EARLIEST, LATEST, END = "earliest", "latest", "end"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Range:
    """What is read.

    ``start`` is `EARLIEST`, `LATEST`, or a time: the first record of that time or later, by partition; a number below
    0: so many of the newest records of each partition. ``until`` is
    `END`, the ends of the partitions when reading begins, or a time: up to the first record of that time or later;
    ``None``: reading does not end. Times are in milliseconds since 1970, UTC. ``most`` is how many records are read.
    """

    start: str | int = EARLIEST
    until: str | int | None = None
    most: int | None = None

    @classmethod
    def of(cls, start: str = EARLIEST, until: str | None = None, most: int | None = None) -> Range:
        """The range that words say: `EARLIEST`, `LATEST`, `END`, or times of ISO 8601; a time without an offset is in
        UTC. Raises `UsageError`."""
        first = start if start in (EARLIEST, LATEST) else _milliseconds("--from", start, "earliest, latest")
        last = until if until in (None, END) else _milliseconds("--until", until, "end")
        return cls(first, last, most)


def _milliseconds(option: str, text: str, words: str) -> int:
    remedy = f"Write {words}, or a time such as 2026-01-31T12:00:00Z."
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is no time of ISO 8601", remedy=remedy) from None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    if time < _EPOCH:
        raise UsageError(f"{option} {text!r} is before 1970, where Kafka begins to count", remedy=remedy)
    passed = time - _EPOCH
    return passed.days * 86_400_000 + passed.seconds * 1000 + passed.microseconds // 1000
