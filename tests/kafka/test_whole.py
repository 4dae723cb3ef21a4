"""A repository, a gate, a real Apache Kafka, and those that read from it: `pytest -m kafka`."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.errors import UsageError
from jsonschema_tools.kafka.topics import Topics
from jsonschema_tools.server.in_process import local_gate
from jsonschema_tools.sources.kafka import KafkaSource
from jsonschema_tools.sources.kafka_range import Range
from jsonschema_tools.sources.kafka_records import KafkaRecord, positions_after
from tests.conftest import Scratch
from tests.intake.conftest import JSON, ask, order, post
from tests.intake.processes import eventually, serving
from tests.kafka.broker import Cluster, missing
from tests.kafka.writing import write
from tests.needs import example_repository

pytestmark = pytest.mark.kafka


@pytest.fixture
def shop(schemas: Path, broker: Cluster) -> Scratch:
    """A repository with the stream shop.order, which has two topics of this test."""
    shop = Scratch(schemas.parent)
    prefix = f"{broker.run}.{schemas.parent.name}"
    shop.write(".jsonschema-tools.yaml", "schemaBasePath: schemas\nstreams: streams.yaml\n")
    stream = {"schema_title": "shop/order", "topic_prefixes": [f"{prefix}.north.", f"{prefix}.south."]}
    wanted = {"partitions": 3, "replication_factor": 1, "retention_ms": 3_600_000}
    shop.write("streams.yaml", yaml.safe_dump({"shop.order": stream | wanted, "/^shop[.]x/": stream}))
    return shop


def topics(shop: Scratch) -> list[str]:
    return shop.jst("streams", "topics", "shop.order").stdout.split()


def read(source: KafkaSource) -> list[KafkaRecord]:
    found = []
    for batch in source.batches():
        found += batch
        source.done(positions_after(batch))
    return found


def values(records: list[KafkaRecord]) -> list[int]:
    return [int(record.value or b"") for record in records]


def test_topics(shop: Scratch, broker: Cluster) -> None:
    """Missing, made, as wanted, and then wanted otherwise."""
    names = topics(shop)
    command = ("streams", "topics", "--kafka", broker.address)
    wanted = "(partitions 3, replication_factor 1, retention_ms 3600000)"
    result = shop.jst(*command)
    assert (result.exit_code, result.stdout.splitlines()) == (1, [f"{name}: missing {wanted}" for name in names])
    assert "--create makes those that are missing" in result.stderr
    result = shop.jst(*command, "--create")
    assert (result.exit_code, result.stdout.splitlines()) == (0, [f"{name}: created {wanted}" for name in names])
    result = shop.jst(*command, "shop.order", "--create")
    assert (result.exit_code, result.stdout.splitlines()) == (0, [f"{name}: as wanted" for name in names])
    text = shop.read("streams.yaml").replace("partitions: 3", "partitions: 4").replace("3600000", "-1")
    shop.write("streams.yaml", text)
    result = shop.jst(*command, "--create")
    said = "partitions is 3, wanted is 4, retention_ms is 3600000, wanted is -1"
    assert (result.exit_code, result.stdout.splitlines()) == (1, [f"{name}: {said}" for name in names])
    result = shop.jst(*command, "--format", "json")
    [first, _] = json.loads(result.stdout)
    assert first["found"] == {"partitions": 3, "replication_factor": 1, "retention_ms": 3_600_000}
    assert first["differences"] == ["partitions", "retention_ms"]


def test_topics_that_kafka_does_not_make(shop: Scratch, broker: Cluster) -> None:
    text = shop.read("streams.yaml").replace("replication_factor: 1", "replication_factor: 99")
    shop.write("streams.yaml", text)
    result = shop.jst("streams", "topics", "--kafka", broker.address, "--create")
    assert result.exit_code == 1
    assert f"the topic '{topics(shop)[0]}' is not made" in result.stderr


def test_a_gate_makes_topics(shop: Scratch, broker: Cluster) -> None:
    """As their stream wants them, before the first event; a cluster that does not want to is told of."""
    kafka = {"bootstrap.servers": broker.address}
    settings: dict[str, Any] = {"kafka": kafka, "spool": str(shop.root / "spool"), "create_topics": True}
    with local_gate(shop.root / "schemas", shop.root / "streams.yaml", **settings) as gate:
        assert post(gate, [order(id=str(number)) for number in range(5)]).status == 201
    [north, _] = topics(shop)
    result = shop.jst("streams", "topics", "--kafka", broker.address)
    assert result.stdout.splitlines()[0] == f"{north}: as wanted"
    text = shop.read("streams.yaml").replace("replication_factor: 1", "replication_factor: 99")
    shop.write("streams.yaml", text.replace(f"{north.removesuffix('shop.order')}", f"{broker.run}.other."))
    with local_gate(shop.root / "schemas", shop.root / "streams.yaml", **settings) as gate:
        reply = post(gate, order())
    assert (reply.status, reply.json["events"][0]["retry"]) == (503, True)
    assert "replication factor" in reply.json["events"][0]["errors"][0]["message"].lower()


def test_the_whole_way(tmp_path: Path, broker: Cluster) -> None:
    """Events come in by HTTP, are in Kafka, and valid; then a change of a schema says what it would break."""
    shop = Scratch(Path(shutil.copytree(example_repository(), tmp_path / "shop", symlinks=True)))
    prefix = f"{broker.run}.whole."
    streams = yaml.safe_load((shop.root / "streams.yaml").read_text())
    streams["defaults"]["topic_prefixes"] = [prefix]
    shop.write("streams.yaml", yaml.safe_dump(streams))
    kafka = ("--kafka", broker.address)
    assert shop.jst("streams", "topics", *kafka, "--create").exit_code == 0
    events = shop.jst("canary", "-n").stdout.splitlines()
    with serving(shop.root, *kafka, cwd=shop.root) as gate:
        for text in events * 5:
            eventually(lambda text=text: ask(gate.url, "POST", "/v1/events", text.encode(), JSON).status == 201)
        assert gate.stop() == 0
    validate = ("validate", *kafka, "--until", "end")
    result = shop.jst(*validate)
    assert result.exit_code == 0, result.output
    assert f"{len(events) * 5} events, {len(events) * 5} valid, 0 refused" in result.stdout
    name = json.loads(events[0])["meta"]["stream"]
    title = streams["streams"][name]["schema_title"]
    current = shop.root / "jsonschema" / title / "current.yaml"
    document: Any = yaml.safe_load(current.read_text())
    document.setdefault("properties", {})["new_field"] = {"type": "string", "description": "New.", "maxLength": 10}
    document.setdefault("required", []).append("new_field")
    current.write_text(yaml.safe_dump(document, sort_keys=False))
    bumped = shop.jst("bump", title)
    assert bumped.exit_code == 0, bumped.output
    result = shop.jst(*validate, "--against-latest", "--stream", name)
    assert result.exit_code == 1, result.output
    assert "5 events, 0 valid, 5 refused" in result.stdout
    assert f"{prefix}{name}/" in result.stdout


def test_what_came_is_what_kafkas_own_consumer_reads(broker: Cluster, schemas: Path) -> None:
    """A consumer of another make."""
    if reason := missing():
        pytest.skip(reason)
    topic = f"{broker.run}.console"
    broker.create(topic)
    texts = [json.dumps(order(id=str(number), note="é\n", meta={"stream": topic})) for number in range(300)]
    with local_gate(schemas, kafka={"bootstrap.servers": broker.address}, spool=str(schemas.parent / "spool")) as gate:
        eventually(lambda: post(gate, texts[0].encode()).status == 201)
        assert post(gate, f"[{','.join(texts[1:])}]".encode()).status == 201
    found = broker.consumed(topic)
    assert set(found) == set(texts)
    assert list(dict.fromkeys(found)) == texts


@pytest.fixture
def timed(broker: Cluster, tmp_path: Path) -> str:
    """A topic with records of 12:00, 12:01 and so on, by number."""
    topic = f"{broker.run}.{tmp_path.name}"
    broker.create(topic, partitions=2)
    for minute in range(10):
        moment = 1_769_860_800_000 + minute * 60_000
        write(broker.address, topic, [b"%d" % minute], partition=minute % 2, timestamp=moment)
    return topic


@pytest.mark.parametrize(
    ("start", "until", "found"),
    [
        ("2026-01-31T12:03:00Z", "end", [3, 4, 5, 6, 7, 8, 9]),
        ("2026-01-31T12:03:30Z", "2026-01-31T12:06:00Z", [4, 5]),
        ("earliest", "2026-01-31T12:02:00+00:00", [0, 1]),
        ("2026-01-31T13:00:00Z", "end", []),
        ("earliest", "2026-01-31T13:00:00Z", list(range(10))),
        ("latest", "end", []),
    ],
)
def test_times(broker: Cluster, timed: str, start: str, until: str, found: list[int]) -> None:
    options = {"bootstrap.servers": broker.address}
    with KafkaSource(options, [timed], range_=Range.of(start, until)) as source:
        assert sorted(values(read(source))) == found


def test_a_topic_that_there_is_not(broker: Cluster) -> None:
    """To ask for it does not make it, also where a cluster makes topics for those who write."""
    options, topic = {"bootstrap.servers": broker.address}, f"{broker.run}.nowhere"
    with pytest.raises(UsageError, match="cannot be read"):
        KafkaSource(options, [topic])
    assert topic not in Topics(options).names()


def test_until_a_time_to_come(broker: Cluster, timed: str) -> None:
    """It ends where the first record of that time is, or once that time has come."""
    options = {"bootstrap.servers": broker.address}
    until = int(time.time() * 1000) + 3000
    with KafkaSource(options, [timed], range_=Range(until=until)) as source:
        batches = source.batches()
        found = list(next(batches))
        write(broker.address, timed, [b"10"], partition=0)
        write(broker.address, timed, [b"11", b"12"], partition=1, timestamp=until)
        for batch in batches:
            found += batch
    assert sorted(values(found)) == list(range(11))


@pytest.mark.parametrize("protocol", ["classic", "cooperative", "consumer"])
def test_members_come_and_go(broker: Cluster, tmp_path: Path, protocol: str) -> None:
    """Everything is read, and what is done is not read again: whatever the way in which partitions change hands."""
    ways: dict[str, dict[str, Any]] = {
        "classic": {"heartbeat.interval.ms": 200},
        "cooperative": {"heartbeat.interval.ms": 200, "partition.assignment.strategy": "cooperative-sticky"},
        "consumer": {"group.protocol": "consumer"},
    }
    topic = f"{broker.run}.{tmp_path.name}"
    broker.create(topic, partitions=4)
    options = {"bootstrap.servers": broker.address, **ways[protocol]}
    found: list[KafkaRecord] = []

    def step(member: KafkaSource, batches: Any) -> int:
        batch = next(batches)
        found.extend(batch)
        member.done(positions_after(batch))
        return len(batch)

    def opened() -> tuple[KafkaSource, Any]:
        member = KafkaSource(options, [topic], group=topic)
        return member, member.batches(20, 0.1)

    def until(true: Callable[[], bool], *members: tuple[KafkaSource, Any]) -> None:
        deadline = time.monotonic() + 60
        while not true():
            assert time.monotonic() < deadline
            for member in members:
                step(*member)

    first = opened()
    written = _written(broker, topic, 0)
    until(lambda: len(found) >= written, first)
    second = opened()
    until(lambda: len(second[0].lag()) == 2 and len(first[0].lag()) == 2, first, second)
    written = _written(broker, topic, written)
    until(lambda: len(found) >= written, first, second)
    first[0].close()
    written = _written(broker, topic, written)
    until(lambda: len(found) >= written, second)
    second[0].close()
    assert sorted(values(found)) == list(range(written))
    assert first[0].lost + second[0].lost == 0
    with KafkaSource(options, [topic], group=topic, range_=Range(until="end")) as source:
        assert read(source) == []


def _written(broker: Cluster, topic: str, start: int) -> int:
    for partition in range(4):
        write(broker.address, topic, [b"%d" % (start + partition * 50 + n) for n in range(50)], partition=partition)
    return start + 200
