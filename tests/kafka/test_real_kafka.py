"""A gate and a real Apache Kafka: `pytest -m kafka`."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from jsonschema_tools.server.in_process import LocalGate, local_gate
from tests.hostile.test_gate_kills import Load
from tests.intake.conftest import order, post
from tests.intake.processes import eventually
from tests.kafka.broker import Kafka, missing
from tests.kafka.reading import messages

pytestmark = pytest.mark.kafka

AUTHORIZER = (
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\nallow.everyone.if.no.acl.found=true"
)


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker for all tests here; each has topics of its own."""
    if reason := missing():
        pytest.skip(reason)
    with Kafka(tmp_path_factory.mktemp("kafka"), settings=AUTHORIZER) as found:
        yield found


def gate_of(kafka: Kafka, schemas: Path, options: dict[str, object] | None = None, **settings: object) -> LocalGate:
    options = {"bootstrap.servers": kafka.address} | (options or {})
    return local_gate(schemas, kafka=options, spool=str(schemas.parent / "spool"), **settings)


def test_too_large_for_the_topic(kafka: Kafka, schemas: Path) -> None:
    """An event that the topic does not take fails alone, though librdkafka sends it with others."""
    kafka.create("shop.small", max_message_bytes="3000")
    small = [order(meta={"stream": "shop.small"}, id=str(number)) for number in range(40)]
    large = order(meta={"stream": "shop.small"}, note="x" * 5000)
    with gate_of(kafka, schemas, {"linger.ms": 50}) as gate:
        reply = post(gate, [*small[:20], large, *small[20:]])
    assert reply.status == 207
    assert [(event["index"], event["status"], event["retry"]) for event in reply.json["events"]] == [
        (20, "refused", False)
    ]
    found = {json.loads(message.value)["id"] for message in messages(kafka.address, "shop.small")}
    assert found == {event["id"] for event in small}


def test_a_topic_that_the_gate_may_not_write_to(kafka: Kafka, schemas: Path) -> None:
    kafka.create("shop.closed")
    kafka.deny("shop.closed")
    with gate_of(kafka, schemas) as gate:
        reply = post(gate, [order(), order(meta={"stream": "shop.closed"})])
    assert reply.status == 207
    [event] = reply.json["events"]
    assert (event["index"], event["status"], event["retry"]) == (1, "failed", False)
    assert event["errors"][0]["message"] == "shop.closed: the gate may not write to the topic"


def test_a_time_that_the_topic_does_not_take(kafka: Kafka, schemas: Path) -> None:
    """Kafka refuses messages from the future: the event is told, and not those beside it."""
    kafka.create("shop.timely", message_timestamp_after_max_ms="60000")
    timely = order(meta={"stream": "shop.timely"}, dt="2020-01-31T12:00:00Z")
    with gate_of(kafka, schemas, {"linger.ms": 50}) as gate:
        reply = post(gate, [timely, timely | {"dt": "2999-01-31T12:00:00Z"}, timely])
    assert (reply.status, reply.json["accepted"]) == (207, 2)
    [event] = reply.json["events"]
    assert (event["index"], event["status"], event["errors"][0]["obstacle"]) == (1, "refused", "not-taken")
    assert [message.timestamp for message in messages(kafka.address, "shop.timely")] == [1580472000000] * 2


def test_too_few_replicas(tmp_path: Path, schemas: Path) -> None:
    """Kafka answers, but does not take the events of one topic: the other one is not held up."""
    if reason := missing():
        pytest.skip(reason)
    with Kafka(tmp_path / "kafka", brokers=2) as kafka:
        kafka.create("shop.order")
        kafka.create("shop.safe", replicas=2, min_insync_replicas="2")
        safe = order(meta={"stream": "shop.safe"})
        other = order()
        with gate_of(kafka, schemas, {"message.timeout.ms": 1500}) as gate:
            eventually(lambda: post(gate, [safe, other]).status == 201)
            leader = kafka.leader("shop.order")
            kafka.brokers[1].kill()
            eventually(lambda: [post(gate, safe).status for _ in range(3)] == [503] * 3, 30)
            took = []
            for _ in range(30):
                start = time.monotonic()
                assert post(gate, safe).status == 503
                took.append(time.monotonic() - start)
                if leader == 1:
                    assert post(gate, other).status == 201
            assert sorted(took)[27] < 0.1
            kafka.brokers[1].start()
            kafka.brokers[1].wait()
            eventually(lambda: post(gate, safe).status == 201, 40)


@pytest.mark.parametrize("keeps", ["refuse", "spool"])
def test_an_outage(kafka: Kafka, schemas: Path, keeps: str) -> None:
    """SIGSTOP, SIGCONT: what was answered is there."""
    stream = f"shop.outage.{keeps}"
    kafka.create(stream)
    answered: list[str] = []
    with gate_of(kafka, schemas, {"message.timeout.ms": 1000}, on_outage=keeps) as gate:

        def send(number: int) -> int:
            status = post(gate, order(id=str(number), meta={"stream": stream})).status
            if status in (201, 202):
                answered.append(str(number))
            return status

        eventually(lambda: send(0) == 201)
        [broker] = kafka.brokers
        broker.signal(signal.SIGSTOP)
        try:
            statuses = Counter(send(number) for number in range(1, 60))
        finally:
            broker.signal(signal.SIGCONT)
        assert statuses == {503 if keeps == "refuse" else 202: 59}
        start = time.monotonic()
        eventually(lambda: send(100) == 201)
        assert time.monotonic() - start < 3
        if keeps == "spool":
            assert [send(number) for number in range(101, 110)] == [201] * 9
    found = [json.loads(message.value)["id"] for message in messages(kafka.address, stream)]
    assert set(answered) <= set(found)
    kept = [number for number in dict.fromkeys(found) if number in answered]
    assert kept == sorted(kept, key=int)


def test_a_broker_that_is_killed(tmp_path: Path, schemas: Path) -> None:
    """SIGKILL under load, and another start: every 201 is in the log, in order for each sender."""
    if reason := missing():
        pytest.skip(reason)
    with Kafka(tmp_path / "kafka") as kafka:
        with gate_of(kafka, schemas) as gate:
            kafka.create("shop.order")
            eventually(lambda: post(gate, order(id="0-0")).status == 201)
            load = Load(gate.url, "/v1/events", 201)
            time.sleep(1)
            [broker] = kafka.brokers
            broker.kill()
            time.sleep(2)
            broker.start()
            broker.wait()
            before = len(load.answered)
            eventually(lambda: len(load.answered) > before + 100, 60)
        load.join()
        found = [json.loads(message.value)["id"] for message in messages(kafka.address, "shop.order", 60)]
    assert set(load.answered) <= set(found)
    assert os.environ.get("JST_CI") is None or len(load.answered) > 500
