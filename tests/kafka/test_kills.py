"""A gate that sends to Kafka, under load, killed or told to end, with and without an outage: what was answered is there.

``JST_KILLS=500`` does each fifty times; by default it is a tenth.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.hostile.test_gate_kills import ROUNDS, Load
from tests.intake.conftest import write_schema
from tests.intake.processes import eventually, serving
from tests.kafka.mock_cluster import MockCluster
from tests.kafka.reading import Reader

pytestmark = pytest.mark.search


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_schema(tmp_path, "shop/order", "1.0.0", {"type": "object", "properties": {"id": {"type": "string"}}})
    return tmp_path


@pytest.fixture
def cluster() -> Iterator[MockCluster]:
    with MockCluster() as found:
        found.create("shop.order")
        yield found


@pytest.fixture
def reader(cluster: MockCluster) -> Iterator[Reader]:
    with Reader(cluster.address, "shop.order") as found:
        yield found


class Run:
    """A gate with senders: what they were answered, and what is in the topic in the end."""

    def __init__(
        self, folder: Path, reader: Reader, cluster: MockCluster, on_outage: str, outage: bool, seed: int
    ) -> None:
        self._reader = reader
        self._folder, self._cluster, self._outage, self._random = folder, cluster, outage, Random(seed)
        settings = f"schemaBasePath: .\nserve: {{onOutage: {on_outage}, kafka: {{message.timeout.ms: 700}}}}\n"
        (folder / ".jsonschema-tools.yaml").write_text(settings)
        self._options = ["--kafka", cluster.address, "--spool", str(folder / "spool")]

    def end(self, number: signal.Signals, *paths: str) -> list[list[str]]:
        """End the gate with a signal; the ids that were answered with 201 or 202, for each path."""
        with serving(self._folder, *self._options) as gate:
            # The mock cluster keeps the last five megabytes of a topic: nobody may get that far ahead of the reader.
            loads = [Load(gate.url, path, 201, 202, name=path[-1], size=5, pause=0.01) for path in paths]
            # On a busy machine the first answers take their time.
            eventually(lambda: all(len(load.answered) > 10 for load in loads), 30)
            time.sleep(self._random.random())
            if self._outage:
                self._cluster.down()
                time.sleep(3 * self._random.random())
            if self._outage and self._random.random() < 0.5:
                # Kafka comes back, and what was kept is being sent.
                self._cluster.up()
                time.sleep(self._random.random())
            gate.process.send_signal(number)
            code = gate.process.wait(40)
            for load in loads:
                load.join()
        if number is signal.SIGTERM:
            assert code == 0
        return [load.answered for load in loads]

    def lost(self, answered: set[str]) -> set[str]:
        """What of the answered ones is not in the topic once another gate has sent what was kept."""
        self._cluster.up()
        with serving(self._folder, *self._options) as gate:
            eventually(lambda: not list((self._folder / "spool").glob("*.spool")), 30)
            assert gate.stop() == 0
        deadline = time.monotonic() + 10
        while True:
            lost = answered - {json.loads(value)["id"] for value in list(self._reader.values)}
            if not lost or time.monotonic() > deadline:
                assert not lost, (len(lost), len(self._reader.values), self._reader.errors)
                return lost
            time.sleep(0.1)


@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("outage", [False, True], ids=["quiet", "outage"])
@pytest.mark.parametrize("on_outage", ["refuse", "spool"])
def test_a_kill(folder: Path, reader: Reader, cluster: MockCluster, on_outage: str, outage: bool, seed: int) -> None:
    run = Run(folder, reader, cluster, on_outage, outage, seed)
    [answered] = run.end(signal.SIGKILL, "/v1/events")
    assert len(answered) > 10
    assert not run.lost(set(answered))


@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("outage", [False, True], ids=["quiet", "outage"])
@pytest.mark.parametrize("on_outage", ["refuse", "spool"])
def test_an_end_in_order(
    folder: Path, reader: Reader, cluster: MockCluster, on_outage: str, outage: bool, seed: int
) -> None:
    """No 202 is lost either, be it for the spool or for ``?hasty``."""
    run = Run(folder, reader, cluster, on_outage, outage, seed)
    answered, hasty = run.end(signal.SIGTERM, "/v1/events", "/v1/events?hasty")
    assert len(answered) > 10
    assert len(hasty) > 10
    assert not run.lost(set(answered) | set(hasty))
