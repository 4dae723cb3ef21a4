"""What is answered when Kafka does not take an event: each case of the table, on librdkafka's mock cluster."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.server.in_process import LocalGate
from jsonschema_tools.sinks.breaker import Breaker, State
from jsonschema_tools.sinks.kafka_options import producer_options
from tests.intake.conftest import Reply, ask, order, post
from tests.intake.processes import eventually
from tests.kafka.mock_cluster import OUT_OF_ORDER, TOPIC_AUTHORIZATION_FAILED, MockCluster
from tests.kafka.reading import messages

QUICK = {"message.timeout.ms": 700}


def failed(reply: Reply) -> dict[str, Any]:
    [event] = reply.json["events"]
    [error] = event["errors"]
    return {"status": event["status"], "retry": event["retry"], "obstacle": error["obstacle"], "said": error["message"]}


def metric(gate: LocalGate, name: str) -> float:
    text = ask(gate.url, "GET", "/metrics").body.decode()
    [line] = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return float(line.split()[1])


def test_an_outage(gates: Callable[..., LocalGate], cluster: MockCluster) -> None:
    """Timeouts first; then answers at once, and 201 soon after Kafka is back."""
    gate = gates(kafka=QUICK)
    eventually(lambda: post(gate, order(id="before")).status == 201)
    cluster.down()
    for _ in range(3):
        start = time.monotonic()
        reply = post(gate, order(id="lost"))
        assert 0.5 < time.monotonic() - start < 4
        assert (reply.status, reply.headers["retry-after"]) == (503, "5")
        assert failed(reply) | {"said": ""} == {
            "status": "failed", "retry": True, "obstacle": "not-written", "said": "",
        }  # fmt: skip
        assert failed(reply)["said"].startswith("shop.order: Kafka has not confirmed it in time")
    took = []
    for _ in range(50):
        start = time.monotonic()
        reply = post(gate, order(id="refused"))
        took.append(time.monotonic() - start)
        assert reply.status == 503
        assert failed(reply)["said"].startswith("shop.order: Kafka does not take events now")
    assert sorted(took)[48] < 0.1
    assert metric(gate, "jst_kafka_topics_stopped") == 1
    assert metric(gate, "jst_kafka_breaker_opened_total") == 1
    cluster.up()
    start = time.monotonic()
    eventually(lambda: post(gate, order(id="after")).status == 201)
    assert time.monotonic() - start < 3
    assert metric(gate, "jst_kafka_topics_stopped") == 0
    found = [json.loads(message.value)["id"] for message in messages(cluster.address, "shop.order")]
    assert {"before", "after"} <= set(found) <= {"before", "lost", "after"}


def test_eventgate_answers_500(gates: Callable[..., LocalGate], cluster: MockCluster) -> None:
    gate = gates(kafka=QUICK, profile="eventgate")
    cluster.down()
    reply = post(gate, order())
    assert reply.status == 500
    assert "Kafka has not confirmed it in time" in reply.json["error"][0]["context"]["message"]


def test_an_event_that_is_too_large(gates: Callable[..., LocalGate], cluster: MockCluster) -> None:
    gate = gates(kafka={"message.max.bytes": 2000})
    reply = post(gate, [order(), order(note="x" * 3000), order()])
    assert (reply.status, reply.json["accepted"], reply.json["events"][0]["index"]) == (207, 2, 1)
    assert failed(reply) == {
        "status": "refused",
        "retry": False,
        "obstacle": "not-taken",
        "said": "shop.order: the event is larger than Kafka takes",
    }
    assert post(gate, order(note="x" * 3000)).status == 400
    assert len(messages(cluster.address, "shop.order")) == 2


def test_a_topic_that_the_gate_may_not_write_to(gates: Callable[..., LocalGate], cluster: MockCluster) -> None:
    gate = gates()
    cluster.create("shop.closed")
    cluster.fail_topic("shop.closed", TOPIC_AUTHORIZATION_FAILED)
    closed = order(meta={"stream": "shop.closed"})
    reply = post(gate, closed)
    assert reply.status == 500
    assert failed(reply) == {
        "status": "failed",
        "retry": False,
        "obstacle": "not-written",
        "said": "shop.closed: the gate may not write to the topic",
    }
    assert post(gate, [order(), closed]).status == 207


def test_a_full_queue(gates: Callable[..., LocalGate], cluster: MockCluster) -> None:
    gate = gates(kafka={"queue.buffering.max.messages": 10, **QUICK})
    cluster.down()
    reply = post(gate, [order(id=str(number)) for number in range(100)])
    assert reply.status == 503
    said = {event["errors"][0]["message"].partition(" (")[0] for event in reply.json["events"]}
    assert said == {
        "shop.order: Kafka has not confirmed it in time",
        "shop.order: more events wait for Kafka than the gate holds",
    }
    assert all(event["retry"] for event in reply.json["events"])


def test_a_fatal_error(gates: Callable[..., LocalGate], cluster: MockCluster) -> None:
    """The producer is replaced: what comes next is written."""
    gate = gates()
    assert post(gate, order(id="before")).status == 201
    cluster.fail(OUT_OF_ORDER)
    reply = post(gate, order(id="failed"))
    assert (reply.status, failed(reply)["retry"]) == (503, True)
    assert post(gate, order(id="after")).status == 201
    found = [json.loads(message.value)["id"] for message in messages(cluster.address, "shop.order")]
    assert sorted(found) == ["after", "before"]
    assert metric(gate, "jst_kafka_producers_replaced_total") == 1


def test_topics_that_cannot_be_made(gates: Callable[..., LocalGate], cluster: MockCluster, tmp_path: Path) -> None:
    """Many wait for one answer of Kafka, and not one after the other; then the topic is stopped as ever."""
    (tmp_path / "streams.yaml").write_text("shop.order: {schema_title: shop/order}\n")
    gate = gates(tmp_path / "streams.yaml", create_topics=True, kafka={"message.timeout.ms": 1000})
    cluster.down()
    with ThreadPoolExecutor(30) as threads:
        replies = list(threads.map(lambda number: post(gate, order(id=str(number))), range(30)))
    assert {reply.status for reply in replies} == {503}
    assert metric(gate, "jst_kafka_breaker_opened_total") == 1


def test_one_topic_that_is_stopped_does_not_stop_others() -> None:
    breaker = Breaker(2)
    breaker.failed("a")
    assert not breaker.refused(["a", "b"])
    breaker.failed("a")
    assert breaker.refused(["a", "b"]) == {"a"}
    breaker.answers("a")
    assert not breaker.refused(["a"])
    assert breaker.topics(State.TRIAL) == ["a"]
    assert breaker.refused(["a", "b"]) == {"a"}
    breaker.failed("a")
    assert (breaker.topics(State.OPEN), breaker.opened) == (["a"], 2)
    breaker.answers("a")
    breaker.refused(["a"])
    breaker.succeeded("a")
    assert breaker.is_quiet


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"bootstrap.servers": "a:1", "acks": 1}, "acks cannot be 1"),
        ({"bootstrap.servers": "a:1", "enable.idempotence": False}, "enable.idempotence cannot be False"),
        ({"bootstrap.servers": "a:1", "transactional.id": "x"}, "transactional.id cannot be 'x'"),
        ({"linger.ms": 1}, "names no broker"),
    ],
)
def test_options_that_would_make_201_untrue(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as raised:
        producer_options(options)
    assert raised.value.remedy


def test_an_option_that_librdkafka_does_not_have(schemas: Path) -> None:
    (schemas / ".jsonschema-tools.yaml").write_text("schemaBasePath: .\nserve: {kafka: {linger.mss: 1}}\n")
    command = [sys.executable, "-m", "jsonschema_tools", "serve", "--port", "0", "--kafka", "127.0.0.1:1"]
    done = subprocess.run(command, check=False, cwd=schemas, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("error: serve: kafka: No such configuration property")
    assert "linger.mss" in done.stderr
    assert "remedy: Correct the option" in done.stderr
