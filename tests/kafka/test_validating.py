"""`jst validate --kafka` (librdkafka's mock cluster): topics of streams, reports, and what an interrupted run commits."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from jsonschema_tools.sinks.line_file import LineFile
from tests.conftest import Scratch
from tests.intake.conftest import order
from tests.intake.processes import eventually
from tests.kafka.mock_cluster import MockCluster
from tests.kafka.writing import write

TO_END = ("--until", "end")


@pytest.fixture
def shop(schemas: Path) -> Scratch:
    """A repository with the stream shop.order in two topics, and one that Kafka does not have."""
    shop = Scratch(schemas.parent)
    shop.write(".jsonschema-tools.yaml", "schemaBasePath: schemas\nstreams: streams.yaml\n")
    shop.write(
        "streams.yaml",
        "shop.order: {schema_title: shop/order, topic_prefixes: [north., south.]}\n"
        "shop.gone: {schema_title: shop/order}\n",
    )
    return shop


@pytest.fixture
def topics(cluster: MockCluster) -> MockCluster:
    """Two good events and a bad one, a tombstone, and something that is no JSON in another topic."""
    write(cluster.address, "north.shop.order", [text(id="1"), text(id=2), text(id="3")])
    write(cluster.address, "south.shop.order", [None, b"\x00\x00\x00\x00\x01", b" "])
    return cluster


def text(**fields: object) -> bytes:
    return json.dumps(order(**fields)).encode()


def test_topics_of_streams(shop: Scratch, topics: MockCluster) -> None:
    result = shop.jst("validate", "--kafka", topics.address, *TO_END, "--errors", "errors.jsonl")
    assert result.exit_code == 1, result.output
    blocks = re.findall(r"^(\S+): refused", result.stdout, re.MULTILINE)
    assert sorted(blocks) == ["north.shop.order/0@1", "south.shop.order/0@1", "south.shop.order/0@2"]
    assert "5 events, 2 valid, 3 refused" in result.stdout
    assert "Kafka has no topic shop.gone" in result.stderr
    assert "at the end" in result.stderr
    lines = [json.loads(line) for line in shop.read("errors.jsonl").splitlines()]
    found = {line["source"]: (line["line"], line.get("event", line.get("text"))) for line in lines}
    assert found["north.shop.order/0@1"] == (None, order(id=2))
    assert found["south.shop.order/0@1"] == (None, "\0\0\0\0\x01")


@pytest.mark.sampled(3)
@pytest.mark.parametrize("format_", ["json", "github", "junit"])
def test_formats(shop: Scratch, topics: MockCluster, format_: str) -> None:
    options = ("--topic", "north.shop.order", "--format", format_)
    result = shop.jst("validate", "--kafka", topics.address, *TO_END, *options)
    assert result.exit_code == 1
    if format_ == "json":
        report = json.loads(result.stdout)
        assert report["summary"] == {"events": 3, "valid": 2, "refused": 1}
        [refused] = report["refused"]
        assert (refused["source"], refused["line"], refused["stream"]) == ("north.shop.order/0@1", None, "shop.order")
    elif format_ == "github":
        assert "::error title=refused by /shop/order/1.0.0::north.shop.order/0@1: /id: " in result.stdout
    else:
        assert "north.shop.order/0@1: /id: " in result.stdout


@pytest.mark.search
def test_a_schema_to_come(shop: Scratch, topics: MockCluster) -> None:
    """What breaks by a change that is not released yet."""
    latest = shop.root / "schemas/shop/order"
    (latest / "2.0.0").write_text(
        (latest / "1.1.0").read_text().replace("1.1.0", "2.0.0").replace("required:\n- id", "required:\n- id\n- count")
    )
    (latest / "latest").symlink_to("2.0.0")
    options = ("--topic", "north.shop.order", *TO_END, "--against-latest")
    result = shop.jst("validate", "--kafka", topics.address, *options)
    assert result.exit_code == 1
    assert result.stdout.count("refused by /shop/order/latest") == 3


@pytest.mark.search
def test_a_group_goes_on(shop: Scratch, topics: MockCluster) -> None:
    command = ("validate", "--kafka", topics.address, "--topic", "north.shop.order", "--group", "checks")
    options = ("--errors", "errors.jsonl", "--kafka-option", "session.timeout.ms=2000")
    result = shop.jst(*command, *options, "--max", "2")
    assert "2 events, 1 valid, 1 refused" in result.stdout, result.output
    write(topics.address, "north.shop.order", [text(id=4)])
    result = shop.jst(*command, *options, *TO_END)
    assert "2 events, 1 valid, 1 refused" in result.stdout, result.output
    sources = [json.loads(line)["source"] for line in shop.read("errors.jsonl").splitlines()]
    assert sources == ["north.shop.order/0@1", "north.shop.order/0@3"], "the file goes on, too"
    result = shop.jst(*command, *options, *TO_END)
    assert (result.exit_code, result.stdout) == (0, "0 events, 0 valid, 0 refused\n")


@pytest.mark.search
@pytest.mark.parametrize(
    ("number", "format_"),
    [
        (signal.SIGTERM, "text"),
        *(
            pytest.param(*case, marks=pytest.mark.search)
            for case in [(signal.SIGINT, "text"), (signal.SIGTERM, "json")]
        ),
    ],
)
def test_an_interrupted_run(shop: Scratch, topics: MockCluster, number: signal.Signals, format_: str) -> None:
    """It commits what it has reported, and says so."""
    options = ["--kafka", topics.address, "--topic", "north.shop.order", "--group", "g", "--format", format_]
    quick = ["--kafka-option", "session.timeout.ms=2000", "--kafka-option", "heartbeat.interval.ms=100"]
    command = [sys.executable, "-m", "jsonschema_tools", "validate", *options, *quick, "--errors", "errors.jsonl"]
    process = subprocess.Popen(command, cwd=shop.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    errors = shop.root / "errors.jsonl"
    eventually(lambda: errors.exists() and errors.read_bytes())
    process.send_signal(number)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "interrupted; what was reported is committed, and the same command goes on there" in said
    assert ("3 events, 2 valid, 1 refused" in out) if format_ == "text" else json.loads(out)["summary"]["events"] == 3
    done = subprocess.run([*command, *TO_END], cwd=shop.root, check=False, capture_output=True, text=True)
    assert "0 events" in done.stdout if format_ == "text" else json.loads(done.stdout)["summary"]["events"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--topic", "x"], "need --kafka"),
        (["--kafka", "localhost:1", "events.jsonl"], "--kafka excludes FILEs"),
        (["--kafka", "localhost:1", "--topic", "x", "--from", "monday"], "no time of ISO 8601"),
        (["--kafka", "localhost:1", "--topic", "x", "--until", "latest"], "no time of ISO 8601"),
        (["--kafka", "localhost:1", "--topic", "x", "--kafka-option", "no.such=1"], "no.such"),
        (["--kafka", "localhost:1", "--topic", "x", "--kafka-option", "acks"], "is not NAME=VALUE"),
        (["--kafka", "", "--topic", "x"], "need --kafka"),
    ],
)
def test_what_cannot_be(shop: Scratch, arguments: list[str], said: str) -> None:
    result = shop.jst("validate", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_streams_that_are_not_there(shop: Scratch, topics: MockCluster) -> None:
    result = shop.jst("validate", "--kafka", topics.address, "--stream", "shop.gone", *TO_END)
    assert result.exit_code == 2
    assert "Kafka has none of the topics of the streams" in result.stderr
    result = shop.jst("validate", "--kafka", topics.address, "--stream", "shop.ordr", *TO_END)
    assert "there is no stream 'shop.ordr'" in result.stderr
    (shop.root / ".jsonschema-tools.yaml").write_text("schemaBasePath: schemas\n")
    result = shop.jst("validate", "--kafka", topics.address, *TO_END)
    assert "--topic says what to read" in result.stderr


@pytest.mark.search
def test_topics_of_a_regular_expression(shop: Scratch, topics: MockCluster) -> None:
    shop.write("streams.yaml", "/^shop\\./: {schema_title: shop/order, topic_prefixes: [north., south.]}\n")
    result = shop.jst("validate", "--kafka", topics.address, *TO_END)
    assert "5 events, 2 valid, 3 refused" in result.stdout, result.output


@pytest.mark.search
@pytest.mark.parametrize("seed", range(4))
def test_a_run_that_is_killed(shop: Scratch, cluster: MockCluster, seed: int) -> None:
    """However often: every refused record is reported, and each line is whole."""
    random = Random(seed)
    cluster.create("north.shop.order")
    events = [text(id=number if number % 10 == 0 else str(number), note="x" * 300) for number in range(4000)]
    write(cluster.address, "north.shop.order", events)
    options = ["--kafka", cluster.address, "--topic", "north.shop.order", "--group", "g", "--errors", "errors.jsonl"]
    quick = ["--kafka-option", "session.timeout.ms=2000", "--kafka-option", "heartbeat.interval.ms=100"]
    slow = ["--kafka-option", "fetch.message.max.bytes=20000"]
    command = [sys.executable, "-m", "jsonschema_tools", "validate", *options, *quick]
    for _ in range(4):
        process = subprocess.Popen([*command, *slow], cwd=shop.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with suppress(subprocess.TimeoutExpired):
            process.wait(1 + 2 * random.random())
        process.kill()
        process.communicate()
    subprocess.run([*command, *TO_END], cwd=shop.root, check=False, capture_output=True, timeout=60)
    lines = [json.loads(line) for line in shop.read("errors.jsonl").splitlines()]
    assert {line["event"]["id"] for line in lines} == set(range(0, 4000, 10))


def test_what_a_crash_has_torn(shop: Scratch, topics: MockCluster) -> None:
    """The file goes on behind its last whole line; one process writes to it."""
    shop.write("errors.jsonl", '{"whole": 1}\n{"sour')
    command = ("validate", "--kafka", topics.address, "--topic", "north.shop.order", "--group", "g", *TO_END)
    result = shop.jst(*command, "--errors", "errors.jsonl", "--kafka-option", "session.timeout.ms=2000")
    assert result.exit_code == 1
    first, second = [json.loads(line) for line in shop.read("errors.jsonl").splitlines()]
    assert (first, second["source"]) == ({"whole": 1}, "north.shop.order/0@1")
    with LineFile(shop.root / "errors.jsonl", "--errors"):
        result = shop.jst(*command, "--errors", "errors.jsonl")
    assert result.exit_code == 2
    assert "remedy: Stop it, or give this one another --errors." in result.stderr
