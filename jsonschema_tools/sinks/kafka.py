"""Events into Kafka: an event counts as written once all in-sync replicas have it.

What Kafka does not take during an outage is refused, for its sender to send again, or kept on disk (``spool``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any

from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.kafka.client import check_installed
from jsonschema_tools.sinks.breaker import Breaker, State
from jsonschema_tools.sinks.kafka_failures import OF_A_BATCH, OUTAGES, failure_of
from jsonschema_tools.sinks.kafka_options import delivery_seconds, producer_options
from jsonschema_tools.sinks.kafka_producer import Failures, KafkaProducer
from jsonschema_tools.sinks.kafka_topics import TopicMaker, Wanted
from jsonschema_tools.sinks.keeping import Keeper
from jsonschema_tools.sinks.model import Number, WriteFailure, Written

_PROBE_SECONDS = 1.0
_LATER = "Nothing is wrong with the event: send it again later."


class KafkaSink:
    """A sink of Kafka.

    Args:
        options: those of librdkafka, ``bootstrap.servers`` at least.
        spool: the folder for events that wait for Kafka.
        keeps: whether events are kept there during an outage; if not, only those whose senders have an answer already.
        spool_max_bytes: when it has so many bytes, events are refused; 0: never. Those with an answer are kept.
        wanted: how topics are to be that there are not; ``None``: none is made.
        most_timeouts: so many writes of a topic time out one after the other until its events are refused at once.
        drain_seconds: how long `close` waits for what was sent.

    Raises `ConfigurationError` for an option that cannot be, `UsageError` without the package of the extra.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        spool: Path,
        *,
        keeps: bool = False,
        spool_max_bytes: int = 0,
        wanted: Wanted | None = None,
        most_timeouts: int = 3,
        drain_seconds: float = 30.0,
    ) -> None:
        check_installed("events go to Kafka")
        self._options = producer_options(options)
        self._keeps, self._drain_seconds = keeps, drain_seconds
        self._breaker = Breaker(most_timeouts)
        self._keeper = Keeper(spool, self._sent_on, self._is_there)
        self._room = spool_max_bytes or inf
        self._maker: KafkaProducer | None = None
        self._given, self._wanted = options, wanted
        self._topics: TopicMaker | None = None
        self._probing: asyncio.Task[None] | None = None
        self._under_way = 0
        self.lost = 0
        """Events whose senders have an answer, and that could neither be written nor kept."""

    @property
    def notes(self) -> list[str]:
        """What has to be said of the spool."""
        return self._keeper.spool.notes

    @property
    def _producer(self) -> KafkaProducer:
        assert self._maker is not None, "the sink is open"
        return self._maker

    async def open(self) -> None:
        """Make the producer. Kafka need not be there yet. Raises `ConfigurationError`, or what the spool raises."""
        self._maker = KafkaProducer(self._options)
        if self._wanted is not None:
            self._topics = TopicMaker(self._given, self._wanted, delivery_seconds(self._options))
        await self._keeper.open()

    async def write(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Send the events, and wait until Kafka has them."""
        return await self._counted(records, self._room if self._keeps else 0.0)

    async def write_promised(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Send the events, and keep what Kafka does not take now."""
        results = await self._counted(records, inf)
        self.lost += sum(isinstance(result, WriteFailure) and result.retry for result in results)
        return results

    async def close(self) -> None:
        """Wait for what was sent; what waits on disk is sent by the next run."""
        await self.close_within(self._drain_seconds)

    async def close_within(self, seconds: float) -> None:
        """The same, and wait no longer than that: what is not confirmed then is kept, or has failed."""
        if self._probing is not None:
            self._probing.cancel()
        if self._maker is not None:
            await self._maker.close(min(seconds, delivery_seconds(self._options) + 1))
        while self._under_way:
            await asyncio.sleep(0.01)
        await self._keeper.close()

    def numbers(self) -> Iterator[Number]:
        """The state of the breaker, what the producer counts, and what waits."""
        if self._maker is None:
            return
        stopped = len(self._breaker.topics(*State))
        yield "jst_kafka_topics_stopped", "gauge", "Topics whose events are refused at once.", stopped
        yield "jst_kafka_breaker_opened", "counter", "How often a topic was stopped.", self._breaker.opened
        yield from self._maker.numbers()
        yield from self._keeper.numbers()

    async def _counted(self, records: Sequence[AcceptedEvent], room: float) -> Sequence[Written]:
        self._under_way += 1
        try:
            if self._breaker.is_quiet and not self._keeper.spool.waiting:
                failures = await self._send(records)
                if not failures:
                    return [None] * len(records)
                return await self._judged(records, failures, room)
            return await self._in_trouble(records, room)
        finally:
            self._under_way -= 1

    async def _send(self, records: Sequence[AcceptedEvent]) -> Failures:
        """Send events, where need be after their topics are made."""
        if self._topics is None or self._topics.knows(records):
            return await self._producer.send(records)
        errors = await self._topics.make(records)
        failures = {number: errors[record.topic] for number, record in enumerate(records) if record.topic in errors}
        sent = [number for number in range(len(records)) if number not in failures]
        found = await self._producer.send([records[number] for number in sent]) if sent else {}
        return failures | {sent[place]: error for place, error in found.items()}

    async def _in_trouble(self, records: Sequence[AcceptedEvent], room: float) -> Sequence[Written]:
        """What becomes of events while some topics take none.

        ``room`` is how many bytes may wait already where they are kept; 0: they are not.
        """
        topics = {record.topic for record in records}
        await self._keeper.turn(topics)
        behind = {topic for topic in topics if self._keeper.has(topic)}
        refused = self._breaker.refused(topics - behind)
        results: list[Written] = [None] * len(records)
        tried, kept = list[int](), list[int]()
        for number, record in enumerate(records):
            if record.topic in behind or (room and record.topic in refused):
                kept.append(number)
            elif record.topic in refused:
                results[number] = self._not_now(record.topic)
            else:
                tried.append(number)
        keeping = asyncio.ensure_future(
            self._kept([records[number] for number in kept], results, kept, room or self._room)
        )
        sent = [records[number] for number in tried]
        found = await self._judged(sent, await self._send(sent), room) if sent else ()
        for number, result in zip(tried, found, strict=True):
            results[number] = result
        await keeping
        return results

    async def _kept(
        self, records: Sequence[AcceptedEvent], results: list[Written], places: Sequence[int], room: float
    ) -> None:
        if records:
            result = await self._keeper.keep(records, room)
            for place in places:
                results[place] = result

    async def _judged(self, records: Sequence[AcceptedEvent], failures: Failures, room: float) -> Sequence[Written]:
        """What became of events that were sent; topics that take none are noted."""
        failures = await self._asked_alone(records, failures)
        self._note(records, failures)
        results: list[Written] = [None] * len(records)
        kept = []
        for number, error in failures.items():
            record = records[number]
            failure = failure_of(error.name(), error.str(), record.topic, self._producer.reason)
            results[number] = failure
            if room and failure.retry:
                kept.append(number)
        kept.sort()
        await self._kept([records[number] for number in kept], results, kept, room)
        return results

    async def _asked_alone(self, records: Sequence[AcceptedEvent], failures: Failures) -> Failures:
        """Send events again that Kafka may have refused for what came with them."""
        again = sorted(number for number, error in failures.items() if error.name() in OF_A_BATCH)
        if not again:
            return failures
        found = await self._producer.send([records[number] for number in again], alone=True)
        others = {number: error for number, error in failures.items() if number not in again}
        return others | {again[place]: error for place, error in found.items()}

    def _note(self, records: Sequence[AcceptedEvent], failures: Failures) -> None:
        written = {record.topic for number, record in enumerate(records) if number not in failures}
        stopped = {records[number].topic for number, error in failures.items() if error.name() in OUTAGES} - written
        for topic in {record.topic for record in records} - stopped:
            self._breaker.succeeded(topic)
        for topic in stopped:
            self._breaker.failed(topic)
        if self._probing is None and self._breaker.topics(State.OPEN):
            self._probing = asyncio.create_task(self._probe())

    def _not_now(self, topic: str) -> WriteFailure:
        reason = self._producer.reason
        return WriteFailure(f"{topic}: Kafka does not take events now" + (f" ({reason})" if reason else ""), _LATER)

    async def _sent_on(self, records: Sequence[AcceptedEvent]) -> Sequence[WriteFailure | None]:
        """Send events that were kept."""
        if not records:
            return []
        failures = await self._asked_alone(records, await self._send(records))
        self._note(records, failures)
        return [
            failure_of(failures[number].name(), failures[number].str(), record.topic) if number in failures else None
            for number, record in enumerate(records)
        ]

    async def _is_there(self, topic: str) -> bool:
        return await asyncio.to_thread(self._producer.ask, topic, _PROBE_SECONDS) is None

    async def _probe(self) -> None:
        """Ask each second for the topics that are stopped."""
        try:
            while topics := self._breaker.topics(State.OPEN):
                await asyncio.sleep(_PROBE_SECONDS)
                if await self._is_there(topics[0]):
                    for topic in topics:
                        self._breaker.answers(topic)
        finally:
            self._probing = None
