"""Offsets of partitions: those that Kafka knows, and how far a reader has come."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from jsonschema_tools.kafka.client import SECONDS
from jsonschema_tools.sources.kafka_range import END, LATEST

if TYPE_CHECKING:
    from confluent_kafka import Consumer, TopicPartition

Partition: TypeAlias = tuple[str, int]
"""A topic, and the number of one of its partitions."""


class Progress:
    """How far a reader has come in the partitions that it has: the offset of the next record of each.

    ``next`` is what is read next, ``done`` what the work is done before, ``stops`` where reading ends, ``finished``
    the partitions of which all is read.
    """

    def __init__(self) -> None:
        self.next: dict[Partition, int] = {}
        self.done: dict[Partition, int] = {}
        self.stops: dict[Partition, int] = {}
        self.finished: set[Partition] = set()
        self._starts: dict[Partition, int] = {}

    @property
    def is_finished(self) -> bool:
        """Whether all is read. A member without partitions waits: another one may end before its work is done."""
        return bool(self.next) and self.finished >= self.next.keys()

    def begin(self, positions: Mapping[Partition, int]) -> None:
        """Take partitions."""
        self._starts |= positions
        for partition, offset in positions.items():
            self.reached(partition, offset)

    def reached(self, partition: Partition, offset: int) -> bool:
        """Note what is read next; whether the partition is finished with it."""
        self.next[partition] = offset
        if offset < self.stops.get(partition, offset + 1):
            return False
        self.finished.add(partition)
        return True

    def work_done(self, positions: Mapping[Partition, int]) -> None:
        """Note what is done, of partitions that the reader has; none goes back."""
        for partition, offset in positions.items():
            if offset > self.done.get(partition, self._starts.get(partition, offset)):
                self.done[partition] = offset

    def forget(self, gone: set[Partition]) -> None:
        """Let partitions go."""
        for known in (self.next, self.done, self._starts):
            for partition in gone:
                known.pop(partition, None)
        self.finished -= gone


def starts(consumer: Consumer, start: str | int, partitions: Iterable[Partition]) -> dict[Partition, int]:
    """Where reading begins. Raises ``KafkaException``."""
    partitions = list(partitions)
    if isinstance(start, int) and start < 0:
        return {each: max(first, end + start) for each in partitions for first, end in [_ends(consumer, each)]}
    if isinstance(start, int):
        found = _at(consumer, partitions, start)
        return {each: found[each] if each in found else _ends(consumer, each)[1] for each in partitions}
    return {each: _ends(consumer, each)[start == LATEST] for each in partitions}


def stops(consumer: Consumer, until: str | int | None, partitions: Iterable[Partition]) -> dict[Partition, int]:
    """Where reading ends, of the partitions of which that is known by now. Raises ``KafkaException``."""
    partitions = list(partitions)
    if until is None:
        return {}
    if isinstance(until, str):
        assert until == END
        return {each: _ends(consumer, each)[1] for each in partitions}
    found = _at(consumer, partitions, until)
    if until <= now():
        found |= {each: _ends(consumer, each)[1] for each in partitions if each not in found}
    return found


def now() -> int:
    """In milliseconds since 1970, as Kafka counts."""
    return int(time.time() * 1000)


def places(positions: Mapping[Partition, int]) -> list[TopicPartition]:
    """Positions as the client wants them."""
    from confluent_kafka import TopicPartition

    return [TopicPartition(topic, number, offset) for (topic, number), offset in positions.items()]


def positions(found: Iterable[TopicPartition]) -> dict[Partition, int]:
    """The positions that the client gives; without those that it does not know. Raises ``KafkaException``."""
    from confluent_kafka import KafkaException

    known = {}
    for each in found:
        if each.error is not None:
            raise KafkaException(each.error)
        if each.offset >= 0:
            known[each.topic, each.partition] = each.offset
    return known


def _ends(consumer: Consumer, partition: Partition) -> tuple[int, int]:
    """The first offset of a partition, and the one behind its last."""
    [place] = places({partition: 0})
    first, last = consumer.get_watermark_offsets(place, timeout=SECONDS)
    return first, last


def _at(consumer: Consumer, partitions: Iterable[Partition], moment: int) -> dict[Partition, int]:
    """The first offset of a moment or later, where there is one."""
    asked = places(dict.fromkeys(partitions, moment))
    return positions(consumer.offsets_for_times(asked, timeout=SECONDS)) if asked else {}
