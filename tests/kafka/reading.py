"""What is in a topic, read from its beginning."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Message:
    """A message of a topic."""

    value: bytes
    key: bytes | None
    timestamp: int
    headers: tuple[tuple[str, bytes], ...]


def messages(address: str, topic: str, seconds: float = 20) -> list[Message]:
    """All messages that a topic has now."""
    from confluent_kafka import Consumer, TopicPartition

    options: dict[str, Any] = {"bootstrap.servers": address, "group.id": "reader", "enable.auto.commit": False}
    consumer = Consumer(options)
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        places = [TopicPartition(topic, number, 0) for number in partitions]
        left = 0
        for place in places:
            start, end = consumer.get_watermark_offsets(place, timeout=10)
            left += end - start
        consumer.assign(places)
        found, deadline = list[Message](), time.monotonic() + seconds
        while len(found) < left and time.monotonic() < deadline:
            for message in consumer.consume(1000, timeout=0.2):
                assert message.error() is None, message.error()
                headers = tuple(message.headers() or ())
                found.append(Message(message.value(), message.key(), message.timestamp()[1], headers))
        return found
    finally:
        consumer.close()


class Reader:
    """Reads the one partition of a topic while it grows: the mock cluster keeps the last 5 MB only."""

    def __init__(self, address: str, topic: str) -> None:
        self.values: list[bytes] = []
        self.errors: list[str] = []
        self._address, self._topic, self._ended = address, topic, threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _read(self) -> None:
        from confluent_kafka import Consumer, TopicPartition

        options = {"bootstrap.servers": self._address, "group.id": "reader", "reconnect.backoff.max.ms": 200}
        consumer = Consumer(options | {"enable.auto.commit": False, "auto.offset.reset": "error"})
        consumer.assign([TopicPartition(self._topic, 0, 0)])
        while not self._ended.is_set():
            for message in consumer.consume(1000, timeout=0.1):
                if message.error() is None:
                    self.values.append(message.value())
                else:
                    self.errors.append(str(message.error()))
        consumer.close()
