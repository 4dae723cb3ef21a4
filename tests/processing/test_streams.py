"""From the gate through a real Kafka and a real Flink to a stream of results: `pytest -m flink`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jsonschema_tools.server.in_process import LocalGate, local_gate
from tests.conftest import Scratch
from tests.intake.conftest import post
from tests.intake.processes import eventually
from tests.kafka.broker import Kafka, missing
from tests.kafka.reading import messages
from tests.needs import example_repository
from tests.processing.engines import NO_CONNECTOR, connector, missing_flink, pyflink
from tests.processing.repositories import ordered, placed
from tests.processing.test_flink import WINDOWS, cells

pytestmark = pytest.mark.flink

RESULTS = "shop.order.counted"


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker for all tests here."""
    if reason := missing_flink() or missing() or (NO_CONNECTOR if connector() is None else None):
        pytest.skip(reason)
    with Kafka(tmp_path_factory.mktemp("kafka")) as found:
        yield found


class Job:
    """`jst flink run` on Kafka, in a process of its own."""

    def __init__(self, scratch: Scratch, kafka: Kafka, query: str, *arguments: str) -> None:
        scratch.write("query.sql", query)
        options = [
            "--kafka",
            kafka.address,
            "--from",
            "earliest",
            "--jar",
            str(connector()),
            "--python",
            str(pyflink()),
        ]
        command = [sys.executable, "-m", "jsonschema_tools", "flink", "run", "-f", "query.sql", *options, *arguments]
        self._log = scratch.root / "job.log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=scratch.root, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def said(self) -> str:
        """What it has printed."""
        return self._log.read_text("utf-8")

    def __enter__(self) -> Job:
        return self

    def __exit__(self, *_error: object) -> None:
        print(self.said)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def send(gate: LocalGate, events: list[dict[str, Any]]) -> None:
    for first in range(0, len(events), 500):
        assert post(gate, json.dumps(events[first : first + 500]).encode()).status == 201


def results(kafka: Kafka) -> dict[str, tuple[int, int]]:
    """What the job has written: the last result of each window."""
    lines = (json.loads(message.value) for message in messages(kafka.address, RESULTS))
    return {line["start"]: (line["orders"], line["ids"]) for line in lines}


def counted_by_duckdb(events: list[dict[str, Any]], folder: Path) -> dict[str, tuple[int, int]]:
    path = folder / "events.jsonl"
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events), "utf-8")
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT strftime(time_bucket(INTERVAL '5 minutes', dt::TIMESTAMP), '%Y-%m-%dT%H:%M:%SZ'), "
            "count(*), sum(order_id)::BIGINT FROM read_json(?, columns={'dt': 'VARCHAR', 'order_id': 'BIGINT'}) "
            "GROUP BY 1",
            [str(path)],
        ).fetchall()
    return {start: (orders, ids) for start, orders, ids in found}


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that is whole."""
    whole = [path.parent for path in folder.glob("*/chk-*/_metadata")]
    return max(whole, key=lambda path: int(path.name.removeprefix("chk-")), default=None)


def test_from_http_to_a_stream_of_results(counted: Scratch, kafka: Kafka, tmp_path: Path) -> None:
    """Ten thousand events; a job that is killed in the middle, and goes on from its checkpoint; an event that comes too
    late."""
    for topic in ("shop.order.placed", RESULTS):
        kafka.create(topic)
    # Kafka removes what is older than it keeps records, and refuses what is an hour ahead.
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=7)
    events = ordered(10_000, every=timedelta(seconds=1), start=start)
    late = placed(1, start)
    # What is after the last window closes it.
    closing = [placed(10_000 + number, start + timedelta(hours=5)) for number in (1, 2)]
    kept = tmp_path / "checkpoints"
    checkpoints = (
        "--set", "execution.checkpointing.interval=1s", "--set", f"execution.checkpointing.dir={kept.as_uri()}",
        "--set", "execution.checkpointing.externalized-checkpoint-retention=RETAIN_ON_CANCELLATION",
    )  # fmt: skip
    settings = ("--sink", RESULTS, "--group", "counting", *checkpoints)
    with local_gate(
        counted.root / "jsonschema", counted.root / "streams.yaml", kafka={"bootstrap.servers": kafka.address}
    ) as gate:
        eventually(lambda: post(gate, json.dumps(events[0]).encode()).status == 201)
        with Job(counted, kafka, WINDOWS, *settings) as job:
            send(gate, events[1:6000])
            eventually(lambda: len(results(kafka)) >= 19 or job.process.poll() is not None, seconds=120)
            there = newest_checkpoint(kept)
            eventually(lambda: newest_checkpoint(kept) != there, seconds=60)
            assert job.process.poll() is None, job.said
        send(gate, events[6000:9000])
        before = len(messages(kafka.address, RESULTS))
        recovery = ("--set", f"execution.state-recovery.path={newest_checkpoint(kept)}")
        with Job(counted, kafka, WINDOWS, *settings, *recovery) as job:
            expected = counted_by_duckdb(events, tmp_path)
            eventually(lambda: len(results(kafka)) >= 29 or job.process.poll() is not None, seconds=120)
            # Its window is closed: it is in none.
            send(gate, [late, *events[9000:], *closing])
            eventually(lambda: results(kafka) == expected or job.process.poll() is not None, seconds=120)
            assert job.process.poll() is None, job.said
    assert results(kafka) == expected
    # What was counted before the kill was not counted anew.
    assert len(messages(kafka.address, RESULTS)) == before + len(expected) - 19
    result = counted.jst("validate", "--kafka", kafka.address, "--stream", RESULTS, "--until", "end")
    assert result.exit_code == 0, result.output
    assert f"{before + len(expected) - 19} valid, 0 refused" in result.output


def test_a_new_field_is_released_while_a_job_runs(tmp_path: Path, kafka: Kafka) -> None:
    """The job goes on; the new script has the column, which is null in old events."""
    scratch = Scratch(
        Path(shutil.copytree(example_repository().parent, tmp_path / "a", symlinks=True)) / "example-repo"
    )
    topic = "new.field"
    kafka.create(topic)
    streams = scratch.read("streams.yaml").replace("message_key_fields", f"topics: [{topic}]\n    message_key_fields")
    scratch.write("streams.yaml", streams)
    now = datetime.now(UTC)
    query = "SELECT order_id FROM shop_order_placed"

    def sent(event: dict[str, Any]) -> None:
        options = {"bootstrap.servers": kafka.address}
        with local_gate(scratch.root / "jsonschema", scratch.root / "streams.yaml", kafka=options) as gate:
            assert post(gate, json.dumps(event).encode()).status == 201

    sent(placed(1, now))
    with Job(scratch, kafka, query, "shop.order.placed") as job:
        eventually(lambda: orders(job) == {("1",)} or job.process.poll() is not None, seconds=90)
        current = scratch.read("jsonschema/shop/order/placed/current.yaml").replace("1.2.0", "1.3.0")
        new = "      gift:\n        description: Whether it is a gift.\n        type: boolean\n      note:\n"
        scratch.write("jsonschema/shop/order/placed/current.yaml", current.replace("      note:\n", new))
        assert scratch.jst("materialize").exit_code == 0
        scratch.commit()
        sent({**placed(2, now), "$schema": "/shop/order/placed/1.3.0", "gift": True})
        eventually(lambda: orders(job) == {("1",), ("2",)} or job.process.poll() is not None, seconds=60)
        assert job.process.poll() is None, job.said
    query = "SELECT order_id, gift FROM shop_order_placed"
    with Job(scratch, kafka, query, "shop.order.placed", "--group", "new") as job:
        wanted = {("1", "<NULL>"), ("2", "TRUE")}
        eventually(lambda: orders(job) == wanted or job.process.poll() is not None, seconds=90)
        assert orders(job) == wanted, job.said


def orders(job: Job) -> set[tuple[str, ...]]:
    """The rows that a job has printed."""
    return set(cells(job.said))


def test_the_time_of_kafka(counted: Scratch, kafka: Kafka) -> None:
    """The third kind of time: a window closes because later messages come."""
    # Nothing comes into the second partition, for which no window waits.
    kafka.create("shop.cart.changed", partitions=2)
    query = """\
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE shop_cart_changed, DESCRIPTOR(event_time),
INTERVAL '1' SECOND)) GROUP BY window_start, window_end"""
    event = {
        "$schema": "/shop/cart/changed/1.0.0",
        "dt": "2026-03-01T10:00:00Z",
        "meta": {"id": "5e4fe0a2-9d5b-4a6a-9e8c-1f2b8a3c4d5e", "stream": "shop.cart.changed"},
        "cart_id": "a",
        "quantities": {"9780261103252": 1},
    }
    with local_gate(
        counted.root / "jsonschema", counted.root / "streams.yaml", kafka={"bootstrap.servers": kafka.address}
    ) as gate:
        options = ("shop.cart.changed", "--event-time", "kafka", "--watermark", "1 SECOND", "--idle", "2 SECOND")
        with Job(counted, kafka, query, *options) as job:
            deadline = time.monotonic() + 120
            while "| +I |" not in job.said:
                event["dt"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
                assert post(gate, json.dumps(event).encode()).status == 201
                assert time.monotonic() < deadline
                assert job.process.poll() is None
                time.sleep(0.2)
