"""Records out of Kafka: of a consumer group that commits what is done, or from given positions, without a group."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from jsonschema_tools.errors import UsageError
from jsonschema_tools.kafka.client import SECONDS, brokers_of, check_installed, failure, silent, wrong_option
from jsonschema_tools.sources.kafka_failures import check
from jsonschema_tools.sources.kafka_offsets import Partition, Progress, now, places, positions, starts, stops
from jsonschema_tools.sources.kafka_options import consumer_options, is_incremental
from jsonschema_tools.sources.kafka_range import Range
from jsonschema_tools.sources.kafka_records import KafkaRecord, record_of

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

_COMMIT_SECONDS = 1.0
_PATIENCE = 60.0
"""Seconds without any broker after which reading is given up."""

_ALL = Range()


class KafkaSource:
    """Records of topics, in the order of each partition; closed at the end of a ``with``.

    With a ``group``, its members share the partitions, and reading begins where the group has committed: what `done`
    says is committed, each second and at the end, and nothing else. A partition that goes to another member is
    committed as far as it is done; what was at work is read by that member again. Without a group all partitions are
    read, and nothing is committed.

    Args:
        options: those of librdkafka, ``bootstrap.servers`` at least.
        topics: their names.
        group: the consumer group.
        range_: which records; its start counts where neither ``start_at`` nor the group has a position.
        start_at: the next offset by topic and partition, for a reader that keeps them itself; not with a group.

    Raises `UsageError` without the package of the extra, for a topic that there is not, and where Kafka does not
    answer or refuses; `ConfigurationError` for an option that cannot be.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        topics: Sequence[str],
        *,
        group: str | None = None,
        range_: Range = _ALL,
        start_at: Mapping[Partition, int] | None = None,
    ) -> None:
        assert group is None or not start_at, "a group has positions of its own"
        check_installed("Kafka is read")
        self.brokers = brokers_of(options)
        self.lost = 0
        """How often partitions went to another member before what was done could be committed."""
        self._group, self._range, self._left = group, range_, range_.most
        self._comes_one_by_one = is_incremental(options)
        self._progress = Progress()
        self._asked: dict[Partition, int] = {}
        self._commit_at = 0.0
        self._down_since: float | None = None
        self._stopped = False
        self._consumer = self._made(options)
        try:
            self._open(topics, start_at or {})
        except BaseException:
            self._consumer.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def stop(self) -> None:
        """Let `batches` end behind the batch that it has given; a signal handler may call this."""
        self._stopped = True

    def batches(self, size: int = 1000, seconds: float = 0.5) -> Iterator[list[KafkaRecord]]:
        """The records, at most ``size`` at once; an empty list where none came for ``seconds``.

        It ends where the range does, and after `stop`. Raises `UsageError` where Kafka refuses, and where no broker
        can be reached for a minute.
        """
        while not (self._stopped or self._left == 0 or self._progress.is_finished):
            wanted = size if self._left is None else min(size, self._left)
            messages = self._consumer.consume(wanted, timeout=seconds)
            records = [record for message in messages if (record := self._record(message)) is not None]
            if self._left is not None:
                self._left -= len(records)
            if not records:
                self._idle()
            yield records
            self._commit_now_and_then()

    def done(self, positions: Mapping[Partition, int]) -> None:
        """The work on everything before these offsets is done: see `positions_after`. What is said of partitions that
        this reader does not have any more is passed over."""
        self._progress.work_done(positions)

    def lag(self) -> dict[Partition, int]:
        """How many offsets each partition has behind the last record that was read, where that is known."""
        found = {}
        for place in places(self._progress.next):
            _, end = self._consumer.get_watermark_offsets(place, cached=True) or (0, -1)
            if end >= 0:
                found[place.topic, place.partition] = max(0, end - place.offset)
        return found

    def close(self) -> None:
        """Commit what is done, and leave the group. Raises `UsageError` where it cannot be committed: the next run
        reads it again."""
        deadline = time.monotonic() + SECONDS
        try:
            while not self._commit(self._progress.done, until=deadline):
                # The group gives its partitions out anew: nothing can be committed meanwhile.
                self._consumer.poll(0.1)
        finally:
            self._progress.done.clear()
            self._consumer.close()

    def _made(self, options: Mapping[str, Any]) -> Consumer:
        from confluent_kafka import Consumer, KafkaException

        hooks = {"error_cb": self._failed, "logger": silent()}
        try:
            return Consumer(consumer_options(options, self._group) | hooks)
        except (KafkaException, TypeError, ValueError) as error:
            raise wrong_option(error) from error

    def _open(self, topics: Sequence[str], start_at: Mapping[Partition, int]) -> None:
        from confluent_kafka import KafkaException

        try:
            partitions = [each for topic in topics for each in self._partitions(topic)]
            self._progress.stops = stops(self._consumer, self._range.until, partitions)
            if self._group is None:
                unknown = [each for each in partitions if each not in start_at]
                found = starts(self._consumer, self._range.start, unknown)
                self._begin({each: start_at[each] if each in start_at else found[each] for each in partitions})
            else:
                subscribe = self._consumer.subscribe
                subscribe(list(topics), on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._taken)
        except KafkaException as error:
            raise failure(error, self.brokers) from error

    def _partitions(self, topic: str) -> list[Partition]:
        found = self._consumer.list_topics(topic, timeout=SECONDS).topics[topic]
        if found.error is not None:
            raise failure(found.error, self.brokers, f"the topic {topic!r} cannot be read")
        return [(topic, number) for number in found.partitions]

    def _begin(self, found: Mapping[Partition, int]) -> None:
        """Read partitions from positions on, beside those that are read where they come one by one."""
        self._progress.begin(found)
        assign = self._consumer.incremental_assign if self._comes_one_by_one else self._consumer.assign
        assign(places(found))

    def _assigned(self, consumer: Consumer, given: list[TopicPartition]) -> None:
        """Begin with partitions that the group gives to this member: where it has committed, if it has."""
        partitions = [(each.topic, each.partition) for each in given]
        known = positions(consumer.committed(given, timeout=SECONDS)) if given else {}
        found = starts(consumer, self._range.start, [each for each in partitions if each not in known])
        self._begin(found | known)

    def _revoked(self, _consumer: Consumer, gone: list[TopicPartition]) -> None:
        """Commit what is done of partitions that another member gets, and let the rest go."""
        partitions = {(each.topic, each.partition) for each in gone}
        try:
            self._commit({each: offset for each, offset in self._progress.done.items() if each in partitions})
        except UsageError:
            self.lost += 1
        self._progress.forget(partitions)

    def _taken(self, _consumer: Consumer, gone: list[TopicPartition]) -> None:
        """Let go of partitions that are another member's already: a commit now would undo what it has committed."""
        self.lost += 1
        self._progress.forget({(each.topic, each.partition) for each in gone})

    def _record(self, message: Message) -> KafkaRecord | None:
        """The record of a message; ``None`` for news of another kind, and behind the end of what is wanted."""
        error = message.error()
        if error is not None and error.name() != "_PARTITION_EOF":
            check(error, f"{message.topic()}/{message.partition()}" if message.topic() else self.brokers)
            return None
        self._down_since = None
        return record_of(message, self._progress, self._range.until)

    def _failed(self, error: KafkaError) -> None:
        if error.name() == "_ALL_BROKERS_DOWN" and self._down_since is None:
            self._down_since = time.monotonic()
        elif error.name() in ("_AUTHENTICATION", "_SSL") or error.fatal():
            raise failure(error, self.brokers)

    def _idle(self) -> None:
        """While nothing comes: whether the time to end has come, and whether there is a Kafka at all."""
        from confluent_kafka import KafkaException

        is_gone = self._down_since is not None and time.monotonic() - self._down_since > _PATIENCE
        try:
            if isinstance(self._range.until, int) and self._range.until <= now():
                self._stop_at_ends()
            if is_gone:
                self._consumer.list_topics(timeout=SECONDS)
                self._down_since = None
        except KafkaException as error:
            if is_gone or not error.args[0].retriable():
                raise failure(error, self.brokers) from error

    def _stop_at_ends(self) -> None:
        found = self._progress
        unknown = [each for each in found.next if each not in found.stops]
        if unknown:
            found.stops |= stops(self._consumer, self._range.until, unknown)
        for partition in unknown:
            found.reached(partition, found.next[partition])

    def _commit_now_and_then(self) -> None:
        """Commit what is done without waiting: what fails is committed with what is done next, or at the end."""
        from confluent_kafka import KafkaException

        if self._group is None or time.monotonic() < self._commit_at:
            return
        self._commit_at = time.monotonic() + _COMMIT_SECONDS
        done = self._progress.done
        if new := {each: offset for each, offset in done.items() if self._asked.get(each) != offset}:
            self._asked |= new
            with suppress(KafkaException):
                self._consumer.commit(offsets=places(new))

    def _commit(self, done: Mapping[Partition, int], until: float = 0.0) -> bool:
        """Commit positions, and wait for it. Raises `UsageError`; before the time ``until``, it is false where the
        group cannot take them yet."""
        from confluent_kafka import KafkaException

        if self._group is None or not done:
            return True
        try:
            positions(self._consumer.commit(offsets=places(done), asynchronous=False))
        except KafkaException as error:
            if error.args[0].name() == "REBALANCE_IN_PROGRESS" and time.monotonic() < until:
                return False
            raise failure(error, self.brokers, "what is done cannot be committed") from error
        return True
