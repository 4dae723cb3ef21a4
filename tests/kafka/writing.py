"""Messages into a topic, without a gate."""

from __future__ import annotations

from collections.abc import Iterable


def write(address: str, topic: str, values: Iterable[bytes | None], *, partition: int = 0, timestamp: int = 0) -> None:
    """Write messages into a partition, in order; ``timestamp`` is in milliseconds, 0: now."""
    from confluent_kafka import Producer

    failures = []
    producer = Producer({"bootstrap.servers": address, "enable.idempotence": True})
    for value in values:
        producer.produce(
            topic,
            value,
            partition=partition,
            timestamp=timestamp,
            on_delivery=lambda error, _message: failures.append(error) if error else None,
        )
        producer.poll(0)
    assert producer.flush(30) == 0
    assert not failures
