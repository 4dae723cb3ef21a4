"""Events to Kafka (librdkafka's mock cluster): 201 says that Kafka has them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from jsonschema_tools.server.in_process import LocalGate
from tests.intake.conftest import order, post
from tests.kafka.mock_cluster import MockCluster
from tests.kafka.reading import messages


def test_topic_key_and_time(gates: Callable[..., LocalGate], cluster: MockCluster, tmp_path: Path) -> None:
    streams = tmp_path / "streams.yaml"
    streams.write_text(
        "defaults: {topic_prefixes: [north., south.], schema_title: shop/order}\n"
        "streams: {shop.order: {message_key_fields: {id: id}}}\n"
    )
    gate = gates(streams, topic_prefix="south.")
    dt = "2026-01-31T12:00:00.5Z"
    text = json.dumps(order(dt=dt, big=1)).replace('"big": 1', '"big": 9007199254740993').encode()
    assert post(gate, text).status == 201
    [found] = messages(cluster.address, "south.shop.order")
    assert (found.value, found.key, found.timestamp) == (text, b'{"id":"4711"}', 1769860800500)


def test_a_batch_keeps_its_order(gates: Callable[..., LocalGate], cluster: MockCluster) -> None:
    cluster.create("shop.order")
    gate = gates()
    assert post(gate, [order(id=str(number)) for number in range(500)]).status == 201
    found = messages(cluster.address, "shop.order")
    assert [json.loads(message.value)["id"] for message in found] == [str(number) for number in range(500)]


def test_headers(gates: Callable[..., LocalGate], cluster: MockCluster) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    gate = gates(kafka_headers=("traceparent", "$schema", "X-Nothing"))
    assert post(gate, order(), Traceparent=trace).status == 201
    assert post(gate, order()).status == 201
    schema = ("$schema", b"/shop/order/1.0.0")
    found = {message.headers for message in messages(cluster.address, "shop.order")}
    assert found == {(schema, ("traceparent", trace.encode())), (schema,)}
