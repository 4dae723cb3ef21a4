"""What the errors of Kafka and of librdkafka mean for reading: one table.

The names are those of Kafka's protocol; a leading underscore is librdkafka's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonschema_tools.errors import UsageError
from jsonschema_tools.kafka.client import failure

if TYPE_CHECKING:
    from confluent_kafka import KafkaError

_PASSING = frozenset({"_MAX_POLL_EXCEEDED", "_ALL_BROKERS_DOWN", "_TRANSPORT", "_RESOLVE"})
"""The client mends it: it connects again, or joins its group again."""

_GONE = frozenset({"_AUTO_OFFSET_RESET", "OFFSET_OUT_OF_RANGE"})


def check(error: KafkaError, where: str) -> None:
    """Raise `UsageError` for an error that ends reading; ``where`` is the partition, or the brokers."""
    if error.name() in _GONE:
        raise UsageError(
            "the next records are not in Kafka any more: they were deleted before they were read",
            source=where,
            remedy="Go on with the oldest that there are: --kafka-option auto.offset.reset=earliest.",
        )
    if error.fatal() or not (error.name() in _PASSING or error.retriable()):
        raise failure(error, where)
