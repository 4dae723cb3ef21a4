"""SIGTERM while Kafka does not answer: a gate ends in the time that it has, and keeps what it answered."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from tests.intake.conftest import JSON, ask, order
from tests.intake.processes import eventually, serving
from tests.kafka.mock_cluster import MockCluster

TEN_MINUTES = 600_000


def test_the_whole_has_a_limit(schemas: Path, cluster: MockCluster) -> None:
    """A request that waits for Kafka, and an event that was answered: both for ten minutes if they might."""
    settings = {"kafka": {"bootstrap.servers": cluster.address, "message.timeout.ms": TEN_MINUTES}}
    (schemas / ".jsonschema-tools.yaml").write_text(json.dumps({"schemaBasePath": ".", "serve": settings}))
    cluster.create("shop.order")
    cluster.down()
    with serving(schemas, "--max-drain-seconds", "1", "--spool", "kept") as gate:
        text = json.dumps(order(id="hasty")).encode()
        assert ask(gate.url, "POST", "/v1/events?hasty", text, JSON).status == 202

        def wait_for_kafka() -> None:
            try:
                ask(gate.url, "POST", "/v1/events", text, JSON)
            except OSError:
                return

        waiting = threading.Thread(target=wait_for_kafka)
        waiting.start()
        eventually(lambda: b"jst_kafka_events_waiting 2.0" in ask(gate.url, "GET", "/metrics").body)
        assert gate.stop() == 0, gate.said
        waiting.join()
    [kept] = (schemas / "kept").glob("*.spool")
    assert b'"hasty"' in kept.read_bytes()
