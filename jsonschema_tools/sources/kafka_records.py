"""Records of Kafka: a message as a value, and where reading is once some are done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from jsonschema_tools.sources.kafka_offsets import Partition, Progress

if TYPE_CHECKING:
    from confluent_kafka import Message


class KafkaRecord(NamedTuple):
    """A message; ``timestamp`` is in milliseconds since 1970, or ``None``. ``value`` is ``None`` of a tombstone."""

    topic: str
    partition: int
    offset: int
    timestamp: int | None
    key: bytes | None
    value: bytes | None

    @property
    def place(self) -> str:
        """Where it is: ``topic/partition@offset``."""
        return f"{self.topic}/{self.partition}@{self.offset}"


def positions_after(records: Iterable[KafkaRecord]) -> dict[Partition, int]:
    """The next offset of each partition once these records, in the order in which they came, are done."""
    return {(record.topic, record.partition): record.offset + 1 for record in records}


def record_of(message: Message, progress: Progress, until: str | int | None) -> KafkaRecord | None:
    """The record of a message, which is noted in ``progress``.

    ``None`` at the end of a partition, behind where reading ends (``until``, as in `Range`), and for what came from
    a partition that is not the reader's any more.
    """
    topic, number, offset = message.topic(), message.partition(), message.offset()
    assert topic is not None and number is not None and offset is not None
    partition = (topic, number)
    if partition not in progress.next or partition in progress.finished:
        return None
    kind, moment = message.timestamp()
    if isinstance(until, int) and kind and moment >= until:
        progress.stops.setdefault(partition, offset)
    if message.error() is not None or offset >= progress.stops.get(partition, offset + 1):
        progress.reached(partition, offset)
        return None
    progress.reached(partition, offset + 1)
    return KafkaRecord(topic, number, offset, moment if kind else None, message.key(), message.value())
