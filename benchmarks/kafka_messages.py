"""What handing a message to librdkafka costs: `produce` against `produce_batch` of confluent-kafka.

python benchmarks/kafka_messages.py HOST:PORT prints the processor time of this process for each message.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import Producer

MESSAGES, TOGETHER, TOPIC = 20_000, 100, "jst-benchmark"
VALUE, KEY, HEADERS = b"x" * 300, b'{"id":"4711"}', [("traceparent", b"0" * 55)]


def single(producer: Producer, done: Any) -> None:
    for _ in range(TOGETHER):
        producer.produce(TOPIC, VALUE, KEY, on_delivery=done)


def single_with_time(producer: Producer, done: Any) -> None:
    for number in range(TOGETHER):
        producer.produce(TOPIC, VALUE, KEY, on_delivery=done, timestamp=1_700_000_000_000 + number)


def single_with_headers(producer: Producer, done: Any) -> None:
    for _ in range(TOGETHER):
        producer.produce(TOPIC, VALUE, KEY, on_delivery=done, headers=HEADERS)


def batch(producer: Producer, done: Any) -> None:
    producer.produce_batch(TOPIC, [{"value": VALUE, "key": KEY} for _ in range(TOGETHER)], on_delivery=done)


def main(address: str) -> None:
    ways: list[Callable[[Producer, Any], None]] = [single, single_with_time, single_with_headers, batch]
    for way in [*ways, *ways]:
        producer = Producer({"bootstrap.servers": address, "enable.idempotence": True, "linger.ms": 1})
        producer.list_topics(timeout=30)
        failures: list[Any] = []
        start = time.process_time()
        for _ in range(MESSAGES // TOGETHER):
            way(producer, lambda error, _message: failures.append(error) if error else None)  # noqa: B023
            producer.poll(0)
        left = producer.flush(60)
        micros = (time.process_time() - start) / MESSAGES * 1e6
        print(f"{way.__name__:20} {micros:5.1f} us", f"{left + len(failures)} failed" if left or failures else "")


if __name__ == "__main__":
    main(sys.argv[1])
