"""Events into Kafka: an event counts as written once all in-sync replicas have it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.sinks.breaker import Breaker, State
from jsonschema_tools.sinks.kafka_failures import OF_A_BATCH, OUTAGES, failure_of
from jsonschema_tools.sinks.kafka_options import delivery_seconds, producer_options
from jsonschema_tools.sinks.kafka_producer import Failures, KafkaProducer, check_installed
from jsonschema_tools.sinks.model import Number, WriteFailure, Written

_PROBE_SECONDS = 1.0


class KafkaSink:
    """A sink of Kafka.

    Args:
        options: those of librdkafka, ``bootstrap.servers`` at least.
        most_timeouts: so many writes of a topic time out one after the other until its events are refused at once.

    Raises `ConfigurationError` for an option that cannot be, `UsageError` without the package of the extra.
    """

    def __init__(self, options: Mapping[str, Any], *, most_timeouts: int = 3) -> None:
        check_installed()
        self._options = producer_options(options)
        self._breaker = Breaker(most_timeouts)
        self._producer: KafkaProducer | None = None
        self._probing: asyncio.Task[None] | None = None
        self._under_way = 0

    async def open(self) -> None:
        """Make the producer. Kafka need not be there yet. Raises `ConfigurationError`."""
        self._producer = KafkaProducer(self._options)

    async def write(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Send the events, and wait until Kafka has them."""
        self._under_way += 1
        try:
            return await self._sent(records)
        finally:
            self._under_way -= 1

    async def write_promised(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Send the events."""
        return await self.write(records)

    async def close(self) -> None:
        """Wait for what was sent."""
        if self._probing is not None:
            self._probing.cancel()
        if self._producer is not None:
            await self._producer.close(delivery_seconds(self._options) + 1)
        while self._under_way:
            await asyncio.sleep(0.01)

    def numbers(self) -> Iterator[Number]:
        """The state of the breaker, and what the producer counts."""
        producer = self._producer
        if producer is None:
            return
        stopped = len(self._breaker.topics(*State))
        yield "jst_kafka_topics_stopped", "gauge", "Topics whose events are refused at once.", stopped
        yield "jst_kafka_breaker_opened", "counter", "How often a topic was stopped.", self._breaker.opened
        yield "jst_kafka_producers_replaced", "counter", "Producers replaced after a fatal error.", producer.replaced
        yield "jst_kafka_events_waiting", "gauge", "Events that Kafka has not confirmed yet.", len(producer)
        for name, kind, said, key in _STATISTICS:
            yield name, kind, said, float(producer.statistics.get(key, 0))

    async def _sent(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        if self._breaker.is_quiet:
            return await self._tried(records)
        refused = self._breaker.refused(record.topic for record in records)
        if not refused:
            return await self._tried(records)
        results: list[Written] = [None] * len(records)
        tried = []
        for number, record in enumerate(records):
            if record.topic in refused:
                results[number] = self._not_now(record.topic)
            else:
                tried.append(number)
        found = await self._tried([records[number] for number in tried]) if tried else ()
        for number, result in zip(tried, found, strict=True):
            results[number] = result
        return results

    async def _tried(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Send events, and take note of topics that take none."""
        producer = self._producer
        assert producer is not None
        failures = await producer.send(records)
        if not failures and self._breaker.is_quiet:
            return [None] * len(records)
        await self._ask_alone(producer, records, failures)
        self._note(records, failures)
        return [self._result(number, record, failures) for number, record in enumerate(records)]

    async def _ask_alone(self, producer: KafkaProducer, records: Sequence[AcceptedEvent], failures: Failures) -> None:
        """Send events again that Kafka may have refused for what came with them."""
        again = [number for number, error in failures.items() if error.name() in OF_A_BATCH and len(records) > 1]
        if again:
            found = await producer.send([records[number] for number in again], alone=True)
            for place, number in enumerate(again):
                del failures[number]
                if place in found:
                    failures[number] = found[place]

    def _note(self, records: Sequence[AcceptedEvent], failures: Failures) -> None:
        written = {record.topic for number, record in enumerate(records) if number not in failures}
        stopped = {records[number].topic for number, error in failures.items() if error.name() in OUTAGES}
        for topic in {record.topic for record in records} - stopped:
            self._breaker.succeeded(topic)
        for topic in stopped - written:
            self._breaker.failed(topic)
        if self._probing is None and self._breaker.topics(State.OPEN):
            self._probing = asyncio.create_task(self._probe())

    def _result(self, number: int, record: AcceptedEvent, failures: Failures) -> Written:
        error = failures.get(number)
        if error is None:
            return None
        assert self._producer is not None
        return failure_of(error.name(), error.str(), record.topic, self._producer.reason)

    def _not_now(self, topic: str) -> WriteFailure:
        reason = self._producer.reason if self._producer is not None else ""
        said = f"{topic}: Kafka does not take events now" + (f" ({reason})" if reason else "")
        return WriteFailure(said, "Nothing is wrong with the event: send it again later.")

    async def _probe(self) -> None:
        """Ask each second for the topics that are stopped."""
        try:
            while topics := self._breaker.topics(State.OPEN):
                await asyncio.sleep(_PROBE_SECONDS)
                assert self._producer is not None
                reason = await asyncio.to_thread(self._producer.ask, topics[0], _PROBE_SECONDS)
                if reason is None:
                    for topic in topics:
                        self._breaker.answers(topic)
        finally:
            self._probing = None


_STATISTICS: tuple[tuple[str, Any, str, str], ...] = (
    ("jst_kafka_messages", "counter", "Messages that Kafka has, by librdkafka.", "txmsgs"),
    ("jst_kafka_message_bytes", "counter", "Their bytes.", "txmsg_bytes"),
    ("jst_kafka_requests", "counter", "Requests to Kafka.", "tx"),
)
