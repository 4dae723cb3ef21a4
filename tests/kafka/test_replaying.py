"""`jst replay` and `jst canary` into Kafka and out of it (librdkafka's mock cluster)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jsonschema_tools.posting import Answer
from jsonschema_tools.sources.kafka_records import KafkaRecord
from jsonschema_tools.use_cases import replay as replaying
from tests.conftest import Scratch
from tests.gate_server import GateServer
from tests.intake.conftest import order
from tests.kafka.mock_cluster import NOT_ENOUGH_REPLICAS, OUT_OF_ORDER, MockCluster
from tests.kafka.reading import messages
from tests.kafka.writing import write
from tests.needs import example_repository

REQUEST_TIMED_OUT = 7
QUICK = ("--kafka-option", "session.timeout.ms=2000", "--kafka-option", "heartbeat.interval.ms=100")


@pytest.fixture
def shop(schemas: Path) -> Scratch:
    shop = Scratch(schemas.parent)
    shop.write(".jsonschema-tools.yaml", "schemaBasePath: schemas\nstreams: streams.yaml\n")
    shop.write(
        "streams.yaml",
        "shop.order: {schema_title: shop/order, topic_prefixes: [north.], message_key_fields: {id: id}}\n",
    )
    return shop


@pytest.fixture
def gate() -> Iterator[GateServer]:
    with GateServer() as server:
        yield server


def events(*ids: object) -> list[bytes]:
    return [json.dumps(order(id=each)).encode() for each in ids]


def test_files_into_kafka(shop: Scratch, cluster: MockCluster) -> None:
    """Validated, by the streams of the repository, with topic and key; the same command goes on."""
    cluster.create("north.shop.order")
    shop.write("events.jsonl", b"\n".join(events("1", 2, "3")) + b"\n")
    command = ("replay", "events.jsonl", "--to", f"kafka:{cluster.address}")
    result = shop.jst(*command)
    assert result.exit_code == 1
    assert "events.jsonl:1: 201" in result.stdout
    assert "events.jsonl:2: 400: /id: " in result.stdout
    assert "2 events accepted, 1 refused" in result.stderr
    with (shop.root / "events.jsonl").open("ab") as file:
        file.write(events("4")[0] + b"\n" + json.dumps(order(meta={"stream": "x"})).encode() + b"\n")
    result = shop.jst(*command)
    assert result.stdout.splitlines() == [
        "events.jsonl:4: 201",
        "events.jsonl:5: 400: the event: there is no stream 'x'",
    ]
    found = messages(cluster.address, "north.shop.order")
    assert [message.value for message in found] == events("1", "3", "4")
    assert found[0].key == b'{"id":"1"}'


@pytest.mark.search
def test_kafka_that_does_not_take_them(shop: Scratch, cluster: MockCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "_WAITS", (0.0,))
    cluster.create("north.shop.order")
    shop.write("events.jsonl", b"\n".join(events("1", "2")) + b"\n")
    command = ("replay", "events.jsonl", "--to", f"kafka:{cluster.address}", "--kafka-option", "message.timeout.ms=50")
    cluster.down()
    result = shop.jst(*command)
    assert result.exit_code == 1
    assert result.stdout.startswith("events.jsonl:1: 503: north.shop.order: ")
    assert "the same command goes on where this one ended" in result.stderr


def test_out_of_kafka_into_a_gate(shop: Scratch, cluster: MockCluster, gate: GateServer) -> None:
    write(cluster.address, "north.shop.order", [*events("1", "2"), None, *events("3")])
    command = ("replay", "--kafka", cluster.address, "--to", gate.url, "--group", "again", "--until", "end", *QUICK)
    result = shop.jst(*command, "--max", "2")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == ["north.shop.order/0@0: 201", "north.shop.order/0@1: 201"]
    result = shop.jst(*command, "-q")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 event accepted, 0 refused" in result.stderr
    assert gate.bodies == events("1", "2", "3")


@pytest.mark.search
def test_out_of_kafka_into_kafka(shop: Scratch, cluster: MockCluster) -> None:
    write(cluster.address, "old", events(*map(str, range(250))))
    cluster.create("north.shop.order")
    to = ("--to", f"kafka:{cluster.address}")
    result = shop.jst("replay", "--kafka", cluster.address, "--topic", "old", *to, "--until", "end")
    assert result.exit_code == 0, result.output
    assert [message.value for message in messages(cluster.address, "north.shop.order")] == events(*map(str, range(250)))
    result = shop.jst("replay", "--kafka", cluster.address, "--topic", "old", *to)
    assert result.exit_code == 2
    assert "the end is to be said" in result.stderr


@pytest.mark.sampled(3)
@pytest.mark.parametrize("code", [NOT_ENOUGH_REPLICAS, OUT_OF_ORDER, REQUEST_TIMED_OUT])
def test_order_into_kafka(shop: Scratch, cluster: MockCluster, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Kafka does not take at first is sent again before what comes behind it."""
    monkeypatch.setattr(replaying, "_WAITS", (0.0, 0.0, 0.1, 0.2))
    ids = list(map(str, range(300)))
    write(cluster.address, "old", events(*ids))
    cluster.create("north.shop.order")
    cluster.fail(0, 0, code, code, 0, code)
    options = ("--kafka-option", "batch.num.messages=7", "--kafka-option", "message.timeout.ms=500")
    to = ("--to", f"kafka:{cluster.address}", "--until", "end")
    result = shop.jst("replay", "--kafka", cluster.address, "--topic", "old", *to, *options)
    assert result.exit_code == 0, result.output
    found = [json.loads(message.value)["id"] for message in messages(cluster.address, "north.shop.order")]
    assert list(dict.fromkeys(found)) == ids


class Unsteady:
    """Takes five events at a time, then is away for as many tries."""

    url = "test:"

    def __init__(self, tries: int) -> None:
        self.taken: list[bytes] = []
        self._tries, self._away = tries, 0

    def post(self, event: bytes) -> Answer:
        raise NotImplementedError

    def post_all(self, events: list[bytes]) -> Iterator[Answer]:
        if self._away:
            self._away -= 1
            yield Answer(503, again=True)
            return
        self._away = self._tries
        for event in events[:5]:
            self.taken.append(event)
            yield Answer(201)
        yield Answer(503, again=True)


@pytest.mark.parametrize(("tries", "ends"), [(0, False), (2, False), (4, True)])
def test_what_is_done(tries: int, ends: bool) -> None:
    """Records that are not taken are posted again, in order; in the end those behind them are not done."""
    records = [KafkaRecord("t", number % 2, number // 2, None, None, b"%d" % number) for number in range(12)]
    target, done, waits = Unsteady(tries), list[object](), list[float]()
    found = list(replaying.replay_records([records], target, done=done.append, sleep=waits.append))
    taken = [b"%d" % number for number in range(5 if ends else 12)]
    assert target.taken == taken
    assert [one.event for one in found if one.answer.accepted] == taken
    assert found[-1].answer.again == ends
    assert done == [{("t", 0): 3, ("t", 1): 2} if ends else {("t", 0): 6, ("t", 1): 6}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "kafka:"], "names no broker"),
        (["--to", "http://x", "--topic", "y"], "need --kafka"),
        (["--to", "http://x", "--kafka", "x:1", "file"], "--kafka excludes FILEs"),
    ],
)
def test_what_cannot_be(shop: Scratch, arguments: list[str], said: str) -> None:
    result = shop.jst("replay", *(arguments if "--kafka" in arguments else ["events.jsonl", *arguments]))
    assert result.exit_code == 2
    assert said in result.stderr


def test_canaries_into_kafka(tmp_path: Path, cluster: MockCluster) -> None:
    shop = Scratch(Path(shutil.copytree(example_repository(), tmp_path / "shop", symlinks=True)))
    result = shop.jst("canary", "--to", f"kafka:{cluster.address}")
    assert result.exit_code == 0, result.output
    names = [line.removesuffix(": 201") for line in result.stdout.splitlines()]
    assert names
    topics = shop.jst("streams", "topics", names[0]).stdout.split()
    [found] = messages(cluster.address, topics[0])
    assert json.loads(found.value)["meta"]["domain"] == "canary"
