"""A producer of Kafka on the event loop: events in, and for each whether Kafka has it.

librdkafka reports deliveries where it is polled, which a thread of its own does; the event loop wakes up when all
events of a request are reported, once for many requests.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.kafka.client import silent
from jsonschema_tools.sinks.model import Number

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Producer

_POLL_SECONDS = 0.1
_FOR_AN_EVENT_ALONE = {"batch.num.messages": 1, "linger.ms": 0, "client.id": "jst-alone"}
_STATISTICS = (
    ("jst_kafka_messages", "Messages that were sent, by librdkafka.", "txmsgs"),
    ("jst_kafka_message_bytes", "Their bytes.", "txmsg_bytes"),
    ("jst_kafka_requests", "Requests to brokers.", "tx"),
)

Failures = dict[int, "KafkaError"]
"""The errors of events, by their number."""


class _Delivery:
    """Events that were handed over together, and the errors of those that Kafka does not have.

    Reports come in other threads. All reports are in where ``reported`` has as many numbers as were handed over, which
    the event loop says in ``handed_over`` once it knows: whichever comes last sees it.
    """

    __slots__ = ("done", "failures", "handed_over", "reported")

    def __init__(self, done: asyncio.Future[Failures]) -> None:
        self.reported: list[int] = []
        self.handed_over = -1
        self.failures: Failures = {}
        self.done = done

    def finish(self) -> None:
        """Give the errors to whoever waits for them."""
        if not self.done.done():
            self.done.set_result(self.failures)


class KafkaProducer:
    """Hands events over to librdkafka; all methods run on the event loop.

    ``options`` are those of librdkafka. After a fatal error another producer takes the place of the one that had it:
    ``replaced`` counts them. ``reason`` is what librdkafka last said of its connections, ``statistics`` what it counts.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = dict(options)
        self._loop = asyncio.get_running_loop()
        self._delivered: deque[_Delivery] = deque()
        self._woken = False
        self._producers: list[Producer] = []
        self._stopped = threading.Event()
        self.replaced = 0
        self.reason = ""
        self.statistics: dict[str, Any] = {}
        self._producer = self._started(self._options)
        self._alone: Producer | None = None
        self._hand_over = _hand_over()

    def __len__(self) -> int:
        """How many events are not reported yet."""
        return sum(map(len, self._producers))

    async def send(self, records: Sequence[AcceptedEvent], *, alone: bool = False) -> Failures:
        """Hand events over, in order, and wait for the reports; the errors of those that Kafka does not have.

        ``alone``: each in a batch of its own.
        """
        if self._stopped.is_set():
            return _given_up(records)
        if alone and self._alone is None:
            self._alone = self._started(self._options | _FOR_AN_EVENT_ALONE)
        producer = self._alone if alone and self._alone is not None else self._producer
        delivery = _Delivery(self._loop.create_future())
        report, raised, hand_over = partial(partial, self._report, delivery), Failures(), self._hand_over
        for number, record in enumerate(records):
            error = hand_over(producer, record, report(number))
            if error is not None and error.name() == "_FATAL":
                producer = self._replaced(producer)
                error = hand_over(producer, record, report(number))
            if error is not None:
                raised[number] = error
        delivery.handed_over = len(records) - len(raised)
        if len(delivery.reported) == delivery.handed_over:
            delivery.finish()
        failures = await delivery.done
        return raised | failures if raised else failures

    def numbers(self) -> Iterator[Number]:
        """What it counts, and librdkafka."""
        yield "jst_kafka_producers_replaced", "counter", "Producers replaced after a fatal error.", self.replaced
        yield "jst_kafka_events_waiting", "gauge", "Events that Kafka has not confirmed yet.", len(self)
        statistics = self.statistics
        for name, said, key in _STATISTICS:
            yield name, "counter", said, float(statistics.get(key, 0))
        times = [broker.get("rtt", {}).get("avg", 0) for broker in statistics.get("brokers", {}).values()]
        yield "jst_kafka_round_trip_seconds", "gauge", "The slowest broker's, on average.", max(times, default=0) / 1e6

    def ask(self, topic: str, seconds: float) -> str | None:
        """Ask Kafka for a topic, and say why it does not answer; this one blocks."""
        from confluent_kafka import KafkaException

        try:
            found = self._producer.list_topics(topic, timeout=seconds).topics[topic]
        except KafkaException as error:
            return str(error.args[0].str())
        return str(found.error.str()) if found.error is not None and found.error.retriable() else None

    async def close(self, seconds: float) -> None:
        """Wait for the reports, give up what has none then, and end."""
        deadline = self._loop.time() + seconds
        while len(self) and self._loop.time() < deadline:
            await asyncio.sleep(0.02)
        for producer in self._producers:
            producer.purge()
        while len(self) and self._loop.time() < deadline + 1:
            await asyncio.sleep(0.01)
        self._stopped.set()
        await asyncio.sleep(0)
        self._finish_deliveries()

    def _started(self, options: dict[str, Any]) -> Producer:
        from confluent_kafka import KafkaException, Producer

        hooks = {"error_cb": self._failed, "stats_cb": self._counted, "logger": silent()}
        try:
            producer = Producer(options | hooks)
        except (KafkaException, TypeError, ValueError) as error:
            said = error.args[0].str() if isinstance(error, KafkaException) else str(error)
            raise ConfigurationError(
                f"serve: kafka: {said}", remedy="Correct the option: librdkafka's CONFIGURATION.md lists them."
            ) from error
        self._producers.append(producer)
        threading.Thread(target=self._poll, args=(producer,), name="kafka", daemon=True).start()
        return producer

    def _replaced(self, broken: Producer) -> Producer:
        """Another producer in place of one that can do nothing any more."""
        self.replaced += 1
        self._producers.remove(broken)
        broken.purge()
        if broken is self._alone:
            self._alone = self._started(self._options | _FOR_AN_EVENT_ALONE)
            return self._alone
        self._producer = self._started(self._options)
        return self._producer

    def _poll(self, producer: Producer) -> None:
        while not self._stopped.is_set() and (producer in self._producers or len(producer)):
            try:
                producer.poll(_POLL_SECONDS)
            except Exception as error:  # a fatal error; the events that it fails are reported all the same
                self.reason = str(error)
                self._stopped.wait(_POLL_SECONDS)

    def _report(self, delivery: _Delivery, number: int, error: KafkaError | None, _message: Any) -> None:
        if error is not None:
            delivery.failures[number] = error
        delivery.reported.append(number)
        if len(delivery.reported) == delivery.handed_over:
            self._delivered.append(delivery)
            if not self._woken:
                self._woken = True
                self._loop.call_soon_threadsafe(self._finish_deliveries)

    def _finish_deliveries(self) -> None:
        self._woken = False
        while self._delivered:
            self._delivered.popleft().finish()

    def _failed(self, error: KafkaError) -> None:
        self.reason = error.str()

    def _counted(self, text: str) -> None:
        self.statistics = json.loads(text)


def _given_up(records: Sequence[AcceptedEvent]) -> Failures:
    """The errors of events that come after the end."""
    from confluent_kafka import KafkaError

    return {number: KafkaError(KafkaError._PURGE_QUEUE) for number in range(len(records))}


def _hand_over() -> Callable[[Producer, AcceptedEvent, Any], KafkaError | None]:
    """What hands an event over, and gives the error of one that librdkafka does not take.

    An import within it would take a tenth of its time.
    """
    from confluent_kafka import KafkaError, KafkaException

    def hand_over(producer: Producer, record: AcceptedEvent, report: Any) -> KafkaError | None:
        time = record.timestamp
        try:
            producer.produce(
                record.topic,
                record.body,
                record.key,
                on_delivery=report,
                timestamp=time if time is not None and time > 0 else 0,
                headers=list(record.headers) or None,
            )
        except BufferError:
            return KafkaError(KafkaError._QUEUE_FULL)
        except KafkaException as error:
            failure: KafkaError = error.args[0]
            return failure
        return None

    return hand_over
