"""Events straight into Kafka, judged as a gate would: `jst replay` and `jst canary` with ``--to kafka:HOST:PORT``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Self

from jsonschema_tools.errors import UsageError
from jsonschema_tools.events.obstacles import NoValidator
from jsonschema_tools.intake.judging import Routed, status_of
from jsonschema_tools.intake.model import Outcome, Request, Status
from jsonschema_tools.kafka.client import check_installed
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.posting import Answer
from jsonschema_tools.settings import Config
from jsonschema_tools.sinks.kafka_failures import failure_of
from jsonschema_tools.sinks.kafka_options import delivery_seconds, producer_options
from jsonschema_tools.sinks.kafka_producer import KafkaProducer
from jsonschema_tools.sinks.model import WriteFailure
from jsonschema_tools.streams.table import StreamTable
from jsonschema_tools.use_cases.intake import open_intake

SCHEME = "kafka:"
_ONE_BY_ONE = {"linger.ms": 0}


def brokers_in(to: str) -> str | None:
    """The brokers in ``kafka:HOST:PORT[,...]``; ``None`` for anything else. Raises `UsageError` without any."""
    if not to.startswith(SCHEME):
        return None
    brokers = to.removeprefix(SCHEME).lstrip("/")
    if not brokers:
        raise UsageError(f"{to!r} names no broker", remedy="Write it as kafka:HOST:PORT.")
    return brokers


class KafkaPoster:
    """Validates events and sends them to the topics of their streams; closed at the end of a ``with``.

    It answers as a gate with ``jst serve --kafka`` does: 201 says that Kafka has the event.

    Args:
        brokers: ``HOST:PORT``, several with commas.
        config: where schemas are looked up, and how a gate of this repository serves.
        streams: those that there are; without, events of any stream are taken.
        options: of librdkafka.
        offline: nothing is fetched.

    Raises `UsageError` without the package of the extra, `ConfigurationError` for an option that cannot be.
    """

    def __init__(
        self,
        brokers: str,
        config: Config,
        streams: StreamTable | None,
        *,
        options: Mapping[str, Any],
        offline: bool = False,
    ) -> None:
        check_installed("events go to Kafka")
        self.url = f"{SCHEME}{brokers}"
        self._intake = open_intake(config, open_store(config, offline=offline), streams)
        self._options = producer_options({**_ONE_BY_ONE, **options, "bootstrap.servers": brokers})
        self._runner = asyncio.Runner()
        self._producer = self._runner.run(self._opened())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._runner.run(self._producer.close(delivery_seconds(self._options) + 1))
        self._runner.close()

    def post(self, event: bytes) -> Answer:
        """Send an event, and wait until Kafka has it. Nothing is raised for what goes wrong."""
        routed, outcomes = self._routed(event)
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        judged = self._intake.judged(routed, Request(now))
        for outcome in [*outcomes, *judged.outcomes]:
            return _answer(outcome)
        [failure] = self._runner.run(self._producer.send(judged.accepted)).values() or [None]
        if failure is None:
            return Answer(201)
        topic = judged.accepted[0].topic
        return _failed(failure_of(failure.name(), failure.str(), topic, self._producer.reason))

    def post_all(self, events: Iterable[bytes]) -> Iterator[Answer]:
        """Send events one after the other, each when its answer is asked for: so their order is kept whatever fails."""
        return map(self.post, events)

    async def _opened(self) -> KafkaProducer:
        return KafkaProducer(self._options)

    def _routed(self, event: bytes) -> tuple[list[Routed], list[Outcome]]:
        """The event where it has a route and a schema, else its outcome."""
        routed, outcomes = self._intake.routed([event])
        for _, _, route, _ in routed:
            try:
                self._intake.compiled(route)
            except NoValidator as refusal:
                error = refusal.error
                return [], [Outcome(0, status_of([error]), event, (error,), route.schema_uri, route.stream)]
        return routed, outcomes


def _answer(outcome: Outcome) -> Answer:
    reason = "; ".join(f"{error.pointer or 'the event'}: {error.message}" for error in outcome.errors)
    again = outcome.may_be_sent_again
    return Answer(503 if again else 400, reason, again)


def _failed(failure: WriteFailure) -> Answer:
    if failure.status is Status.REFUSED:
        return Answer(400, failure.message)
    return Answer(503 if failure.retry else 500, failure.message, failure.retry)
