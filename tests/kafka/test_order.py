"""What a sender was answered with 201, one after the other, is in the topic in that order, whatever Kafka does meanwhile
(librdkafka's mock cluster): timeouts, too few replicas, errors that end a producer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from random import Random

import pytest

from jsonschema_tools.server.in_process import LocalGate
from tests.intake.conftest import order, post
from tests.intake.processes import eventually
from tests.kafka.mock_cluster import NOT_ENOUGH_REPLICAS, OUT_OF_ORDER, MockCluster
from tests.kafka.reading import messages

REQUEST_TIMED_OUT = 7
SENDERS = 3


def faults(random: Random) -> list[int]:
    """What Kafka answers the next requests with."""
    kinds = [OUT_OF_ORDER, NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT]
    return [random.choice(kinds) for _ in range(random.randrange(1, 3))]


def sent(gate: LocalGate, sender: int, count: int) -> None:
    """Send events, each until it is taken."""
    for number in range(count):
        body = order(id=f"{sender}-{number}")
        eventually(lambda body=body: post(gate, body).status == 201)


def in_order(gate: LocalGate, cluster: MockCluster, trouble: Callable[[], None], count: int) -> None:
    """Have several senders send during trouble, and look at what is in the topic."""
    threads = [threading.Thread(target=sent, args=(gate, number, count)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        trouble()
    for thread in threads:
        thread.join()
    found = [json.loads(message.value)["id"].split("-") for message in messages(cluster.address, "shop.order")]
    for sender in range(SENDERS):
        of_sender = dict.fromkeys(int(number) for who, number in found if int(who) == sender)
        assert list(of_sender) == list(range(count))


def test_errors_of_kafka(gates: Callable[..., LocalGate], cluster: MockCluster) -> None:
    cluster.create("shop.order")
    gate = gates(kafka={"message.timeout.ms": 700, "retry.backoff.ms": 10, "retry.backoff.max.ms": 50})
    random, wait = Random(7), threading.Event()

    def trouble() -> None:
        cluster.fail(*faults(random))
        wait.wait(0.4)

    in_order(gate, cluster, trouble, 50)


@pytest.mark.search
@pytest.mark.parametrize("seed", range(8))
def test_outages(gates: Callable[..., LocalGate], cluster: MockCluster, seed: int) -> None:
    """Connections that end while messages are under way, too."""
    cluster.create("shop.order")
    gate = gates(kafka={"message.timeout.ms": 400, "retry.backoff.ms": 10, "retry.backoff.max.ms": 50})
    random, wait = Random(seed), threading.Event()

    def trouble() -> None:
        if random.random() < 0.5:
            cluster.fail(*faults(random))
        else:
            cluster.down()
            wait.wait(random.random() / 2)
            cluster.up()
        wait.wait(0.3 + random.random())

    in_order(gate, cluster, trouble, 50)
