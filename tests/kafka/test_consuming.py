"""Records out of Kafka (librdkafka's mock cluster): from where, until where, and what a group commits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from jsonschema_tools.errors import ConfigurationError, UsageError
from jsonschema_tools.kafka.topics import Topics
from jsonschema_tools.sources.kafka import KafkaSource
from jsonschema_tools.sources.kafka_range import Range
from jsonschema_tools.sources.kafka_records import KafkaRecord, positions_after
from tests.kafka.mock_cluster import TOPIC_AUTHORIZATION_FAILED, MockCluster
from tests.kafka.writing import write

TOPIC = "shop.order"
TO_END = Range(until="end")
QUICK = {"session.timeout.ms": 2000, "heartbeat.interval.ms": 100}


def numbers(start: int, end: int) -> list[bytes]:
    return [str(number).encode() for number in range(start, end)]


@pytest.fixture
def topic(cluster: MockCluster) -> MockCluster:
    """A cluster with a topic of two partitions: 0 to 99 in the first, 100 to 149 in the second."""
    cluster.create(TOPIC, 2)
    write(cluster.address, TOPIC, numbers(0, 100), partition=0)
    write(cluster.address, TOPIC, numbers(100, 150), partition=1)
    return cluster


def source(cluster: MockCluster, range_: Range = TO_END, **options: object) -> KafkaSource:
    given = {"bootstrap.servers": cluster.address, **QUICK}
    return KafkaSource(given, [TOPIC], range_=range_, **options)  # type: ignore[arg-type]


def read(source: KafkaSource, *, is_done: bool = True) -> list[KafkaRecord]:
    found = []
    for batch in source.batches(7, 0.1):
        found += batch
        if is_done:
            source.done(positions_after(batch))
    return found


def values(records: list[KafkaRecord]) -> list[int]:
    return sorted(int(record.value or b"") for record in records)


def test_a_record(cluster: MockCluster) -> None:
    write(cluster.address, TOPIC, [b"one", b"two"], timestamp=1_700_000_000_000)
    with source(cluster) as records:
        found = read(records)
    assert found[1] == KafkaRecord(TOPIC, 0, 1, 1_700_000_000_000, None, b"two")
    assert found[1].place == "shop.order/0@1"


def test_all_until_the_end(topic: MockCluster) -> None:
    with source(topic) as records:
        found = read(records)
        assert records.lag() == {(TOPIC, 0): 0, (TOPIC, 1): 0}
    assert values(found) == list(range(150))
    for partition in (0, 1):
        offsets = [record.offset for record in found if record.partition == partition]
        assert offsets == sorted(offsets)


@pytest.mark.search
def test_the_end_is_that_of_the_beginning(topic: MockCluster) -> None:
    with source(topic) as records:
        write(topic.address, TOPIC, numbers(150, 160))
        assert values(read(records)) == list(range(150))


def test_the_latest(topic: MockCluster) -> None:
    with source(topic, Range(start="latest", most=3)) as records:
        write(topic.address, TOPIC, numbers(150, 160))
        assert values(read(records)) == [150, 151, 152]


def test_positions(topic: MockCluster) -> None:
    """A reader that keeps its positions goes on there; partitions that it does not know are read by the range."""
    with source(topic, start_at={(TOPIC, 0): 90}) as records:
        assert values(read(records)) == [*range(90, 100), *range(100, 150)]
    with source(topic, start_at={(TOPIC, 0): 100, (TOPIC, 1): 50}) as records:
        assert read(records) == []


def test_what_is_done_is_committed(topic: MockCluster) -> None:
    """The second run begins where the first said that its work was done, not where it had read to."""
    with source(topic, Range(most=20), group="g") as records:
        batches = records.batches(10, 0.5)
        done = [record for batch in batches for record in batch][:10]
        records.done(positions_after(done))
    with source(topic, group="g") as records:
        found = read(records)
    assert values(done + found) == list(range(150))
    with source(topic, group="g") as records:
        assert read(records) == []
    with source(topic, group="another") as records:
        assert len(read(records, is_done=False)) == 150


@pytest.mark.search
def test_a_group_of_two(topic: MockCluster) -> None:
    """A second member takes a partition over, and everything is read."""
    seen, others = list[KafkaRecord](), list[KafkaRecord]()
    with source(topic, Range(), group="g") as first, source(topic, Range(), group="g") as second:
        ours, theirs = first.batches(5, 0.1), second.batches(5, 0.1)
        until, written = time.monotonic() + 20, 150
        while len({each.value for each in [*seen, *others]}) < written and time.monotonic() < until:
            if not (seen and others):
                write(topic.address, TOPIC, numbers(written, written + 1), partition=0)
                write(topic.address, TOPIC, numbers(written + 1, written + 2), partition=1)
                written += 2
            for member, batches, found in ((first, ours, seen), (second, theirs, others)):
                batch = next(batches)
                found.extend(batch)
                member.done(positions_after(batch))
    assert {each.value for each in [*seen, *others]} == set(numbers(0, written))
    assert seen
    assert others


@pytest.mark.search
def test_work_on_partitions_that_are_gone_is_not_committed(topic: MockCluster) -> None:
    """A member that is at work when a partition goes to another one does not commit that work."""
    first = source(topic, Range(), group="g")
    batches, work = first.batches(150, 0.5), list[KafkaRecord]()
    while len(work) < 150:
        work += next(batches)
    second = source(topic, Range(), group="g")
    theirs, others = second.batches(500, 0.1), list[KafkaRecord]()
    while not others:
        next(batches)
        others += next(theirs)
    [partition] = {each.partition for each in others}
    first.done(positions_after(work))
    first.close()
    second.close()
    with source(topic, group="g") as records:
        assert {each.partition for each in read(records, is_done=False)} == {partition}
    assert values(others) == [int(each.value or b"") for each in work if each.partition == partition]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("strategy", ["range", "cooperative-sticky"])
def test_partitions_come_at_once_or_one_by_one(topic: MockCluster, strategy: str) -> None:
    options = {"bootstrap.servers": topic.address, "partition.assignment.strategy": strategy, **QUICK}
    with KafkaSource(options, [TOPIC], group="g", range_=TO_END) as records:
        assert values(read(records)) == list(range(150))
    with KafkaSource(options, [TOPIC], group="g", range_=TO_END) as records:
        assert read(records) == []


def test_stop(topic: MockCluster) -> None:
    with source(topic, Range(), group="g") as records:
        found = list[KafkaRecord]()
        for batch in records.batches(10, 0.5):
            found += batch
            records.done(positions_after(batch))
            if batch:
                records.stop()
    with source(topic, group="g") as records:
        assert len(found) == 10
        assert values(found + read(records)) == list(range(150))


@pytest.mark.search
def test_an_interrupt_commits_what_is_done(topic: MockCluster) -> None:
    def interrupted(batches: Iterator[list[KafkaRecord]]) -> None:
        records.done(positions_after(next(batches) or next(batches)))
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt), source(topic, Range(), group="g") as records:
        interrupted(records.batches(10, 5))
    with source(topic, group="g") as records:
        assert len(read(records)) == 140


def test_no_topic(cluster: MockCluster) -> None:
    with pytest.raises(UsageError, match="topic 'a b' cannot be read") as caught:
        KafkaSource({"bootstrap.servers": cluster.address}, ["a b"])
    assert caught.value.remedy


def test_no_kafka(cluster: MockCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsonschema_tools.sources.kafka.SECONDS", 0.5)
    cluster.down()
    with pytest.raises(UsageError, match="Kafka cannot be read") as caught:
        source(cluster)
    assert caught.value.source == cluster.address
    assert caught.value.remedy == "Look whether Kafka runs there, and whether it can be reached from here."


def test_kafka_goes_and_comes(topic: MockCluster) -> None:
    with source(topic, Range(), group="g") as records:
        batches, found = records.batches(500, 0.2), list[KafkaRecord]()
        while len(found) < 150:
            found += next(batches)
        topic.down()
        assert [len(next(batches)) for _ in range(3)] == [0, 0, 0]
        topic.up()
        write(topic.address, TOPIC, numbers(150, 160))
        while len(found) < 160:
            found += next(batches)
        records.done(positions_after(found))
    with source(topic, group="g") as records:
        assert read(records) == []


@pytest.mark.search
def test_kafka_is_gone_for_long(topic: MockCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsonschema_tools.sources.kafka.SECONDS", 0.2)
    monkeypatch.setattr("jsonschema_tools.sources.kafka._PATIENCE", 0.5)
    with source(topic, Range()) as records:
        batches = records.batches(500, 0.2)
        while next(batches):
            pass
        topic.down()
        with pytest.raises(UsageError, match="Kafka cannot be read"):
            list(batches)


@pytest.mark.search
def test_a_topic_that_may_not_be_read(topic: MockCluster) -> None:
    with source(topic, Range()) as records:
        topic.fail(*[TOPIC_AUTHORIZATION_FAILED] * 4, request=1)
        with pytest.raises(UsageError, match="authorization failed") as caught:
            for _ in records.batches():
                topic.fail(*[TOPIC_AUTHORIZATION_FAILED] * 4, request=1)
    assert caught.value.remedy == "Give the user of this program the right to read the topic and to use the group."


@pytest.mark.search
def test_records_that_are_not_there_any_more(topic: MockCluster) -> None:
    deleted = pytest.raises(UsageError, match="deleted before they were read")
    with source(topic, Range(), start_at={(TOPIC, 0): 5000}) as records, deleted as caught:
        list(records.batches())
    assert caught.value.source == "shop.order/0"
    options = {"bootstrap.servers": topic.address, "auto.offset.reset": "earliest"}
    with KafkaSource(options, [TOPIC], start_at={(TOPIC, 0): 5000}, range_=Range(most=150)) as records:
        assert values(read(records)) == list(range(150))


@pytest.mark.parametrize(
    "options",
    [{"bootstrap.servers": "x:1", "no.such": 1}, {"bootstrap.servers": "x:1", "session.timeout.ms": "long"}, {}],
)
def test_options_that_cannot_be(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        KafkaSource(options, [TOPIC])
    assert caught.value.remedy


@pytest.mark.parametrize("opened", [lambda options: KafkaSource(options, [TOPIC]), Topics])
def test_without_the_package(opened: Callable[[dict[str, object]], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    with pytest.raises(UsageError, match="with the package confluent-kafka") as caught:
        opened({"bootstrap.servers": "localhost:1"})
    assert "pip install 'confluent-kafka" in (caught.value.remedy or "")


@pytest.mark.parametrize(
    ("words", "range_"),
    [
        (("earliest", None), Range()),
        (("latest", "end"), Range("latest", "end")),
        (("2026-01-31T12:00:00.5Z", "2026-02-01"), Range(1769860800500, 1769904000000)),
        (("2026-01-31T13:00:00+01:00", None), Range(1769860800000)),
    ],
)
def test_words(words: tuple[str, str | None], range_: Range) -> None:
    assert Range.of(*words) == range_


@pytest.mark.parametrize(
    "words", [("end", None), ("earliest", "latest"), ("yesterday", None), ("1969-12-31", None), ("", None)]
)
def test_words_that_say_nothing(words: tuple[str, str | None]) -> None:
    with pytest.raises(UsageError) as caught:
        Range.of(*words)
    assert caught.value.remedy
