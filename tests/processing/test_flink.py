"""Flink itself, on files: it plans the tables of all streams, reads every example, and writes events that are valid."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Scratch
from tests.needs import NO_CORPUS, WMF_PRIMARY
from tests.processing.engines import missing_flink, pyflink
from tests.processing.repositories import counting, events_of, ordered, placed, seen, streams_of_titles
from tests.tables.histories import histories

pytestmark = pytest.mark.flink

NO_TABLE = "fragment.mediawiki.state.entity.revision_slots"
"""The title whose events are no rows."""

WINDOWS = """\
SELECT CAST(window_start AS TIMESTAMP_LTZ(3)) AS `start`, COUNT(*) AS orders, SUM(order_id) AS ids
FROM TABLE(TUMBLE(TABLE shop_order_placed, DESCRIPTOR(event_time), INTERVAL '5' MINUTES))
GROUP BY window_start, window_end
"""


@pytest.fixture(autouse=True)
def _needs() -> None:
    if reason := missing_flink():
        pytest.skip(reason)


def flink(scratch: Scratch, *arguments: str, query: str) -> subprocess.CompletedProcess[str]:
    """`jst flink run`, in a process of its own, as a user runs it."""
    scratch.write("query.sql", query)
    command = [sys.executable, "-m", "jsonschema_tools", "flink", "run", "-f", "query.sql", "--python", str(pyflink())]
    return subprocess.run([*command, *arguments], cwd=scratch.root, check=False, capture_output=True, text=True)


def rows(output: str) -> list[int]:
    """How many rows each query gave."""
    return [int(number) for number in re.findall(r"^(\d+) rows? in set$|^Empty set", output, re.MULTILINE)]


def cells(output: str) -> list[tuple[str, ...]]:
    """The rows of a table that Flink has printed, without their kind of change."""
    lines = (line for line in output.splitlines() if line.startswith("| +I |"))
    return [tuple(cell.strip() for cell in line.strip("|").split("|"))[1:] for line in lines]


def test_every_example_of_a_real_repository_is_read(tmp_path: Path) -> None:
    """Each title is a stream; its file has the examples of all its versions."""
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    scratch = Scratch(Path(shutil.copytree(WMF_PRIMARY, tmp_path / "copy", symlinks=True)))
    scratch.git("init", "--quiet")
    titles = histories(scratch.root / "jsonschema")
    scratch.write("streams.yaml", yaml.safe_dump({"streams": streams_of_titles(titles)}))
    scratch.commit()
    events = {name: texts for name, texts in events_of(titles).items() if name != NO_TABLE}
    folder = tmp_path / "events"
    folder.mkdir()
    for stream, texts in events.items():
        (folder / f"{stream}.jsonl").write_text("".join(f"{text}\n" for text in texts), "utf-8")
    tables = {stream: re.sub(r"\W", "_", stream) for stream in events}
    query = ";\n".join(f"SELECT * FROM {table}" for table in tables.values())
    done = flink(scratch, "--files", str(folder), "--streams", "streams.yaml", query=query)
    assert done.returncode == 0, done.stderr
    assert dict(zip(tables, rows(done.stdout), strict=True)) == {stream: len(texts) for stream, texts in events.items()}
    assert sum(map(len, events.values())) > 50


def test_windows_are_what_counting_gives(counted: Scratch, tmp_path: Path) -> None:
    """A window by the time of the events; what is late beyond the watermark is in none."""
    events = ordered(600, every=timedelta(seconds=3))
    events.insert(500, placed(1, datetime(2026, 1, 1, tzinfo=UTC)))
    (tmp_path / "shop.order.placed.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in events), "utf-8")
    done = flink(counted, "--files", str(tmp_path), query=WINDOWS)
    assert done.returncode == 0, done.stderr
    found = {start: (int(orders), int(ids)) for start, orders, ids in cells(done.stdout)}
    late = {"2026-01-01 00:00:00.000": (1, 1)}
    # A file is read in one piece, whose watermark may come after all of it: the late event is counted or not.
    assert {**counting(events), **late} == {**found, **late}
    assert len(found) >= 6


def test_what_a_job_writes_is_valid(counted: Scratch, tmp_path: Path) -> None:
    events = ordered(600, every=timedelta(seconds=3))
    (tmp_path / "shop.order.placed.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in events), "utf-8")
    done = flink(counted, "--files", str(tmp_path), "--sink", "shop.order.counted", query=WINDOWS)
    assert done.returncode == 0, done.stderr
    written = [*(tmp_path / "shop.order.counted").iterdir()]
    result = counted.jst("validate", *map(str, written))
    assert result.exit_code == 0, result.stdout
    lines = [json.loads(line) for path in written for line in path.read_text("utf-8").splitlines()]
    assert {(line["$schema"], line["meta"]["stream"]) for line in lines} == {
        ("/shop/order/counted/1.0.0", "shop.order.counted")
    }
    assert len({line["meta"]["id"] for line in lines}) == len(lines)
    found = {line["start"].replace("T", " ").replace("Z", ".000"): (line["orders"], line["ids"]) for line in lines}
    assert found == counting(events)
    # And it is a stream like any other, which is read in its turn.
    again = flink(counted, "--files", str(tmp_path), query="SELECT SUM(orders) AS n FROM shop_order_counted")
    assert again.returncode == 0, again.stderr
    assert again.stdout.rstrip().splitlines()[-3].split("|")[2].strip() == "600"


def test_a_time_that_not_every_event_has(counted: Scratch, tmp_path: Path) -> None:
    """One inside of a struct. Kafka's time is in test_streams.py."""
    events = [seen(number, with_time=number % 2 == 0) for number in range(100)]
    (tmp_path / "shop.page.seen.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in events), "utf-8")
    script = counted.jst("flink", "shop.page.seen", "--files", str(tmp_path))
    assert "COALESCE(`meta`.`dt`, TO_TIMESTAMP_LTZ(0, 3))" in script.stdout
    assert "meta.dt is not in every event" in script.stderr
    query = WINDOWS.replace("shop_order_placed", "shop_page_seen").replace("SUM(order_id)", "SUM(number)")
    done = flink(counted, "--files", str(tmp_path), query=query)
    assert done.returncode == 0, done.stderr
    found = {start: int(orders) for start, orders, _ in cells(done.stdout)}
    # Those without a time are too late, unless they come before all others.
    assert {start: orders for start, orders in found.items() if start > "2000"} == {"2026-03-01 10:00:00.000": 50}


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        ({}, False),
        ({"dt": "2026-01-01T00:00:00.123456Z"}, False),
        ({"dt": "2026-01-01T02:00:00+02:00"}, True),
        ({"dt": "2026-01-01t00:00:00z"}, True),
        ({"order_id": 3.0}, False),
        ({"unknown": {"a": 1}}, False),
        ({"note": None}, False),
    ],
)
def test_valid_events_that_are_not_portable(
    counted: Scratch, tmp_path: Path, change: dict[str, Any], fails: bool
) -> None:
    """What docs/stream-processing.md says of them: an event that Flink cannot read ends the job, and nothing is lost
    in silence."""
    event = {**placed(1, datetime(2026, 1, 1, tzinfo=UTC)), **change}
    (tmp_path / "shop.order.placed.jsonl").write_text(f"{json.dumps(event)}\n", "utf-8")
    done = flink(counted, "--files", str(tmp_path), query="SELECT order_id, dt FROM shop_order_placed")
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    assert ("error: " in done.stderr) == fails


def test_what_is_wrong_with_a_query_is_one_line(counted: Scratch, tmp_path: Path) -> None:
    (tmp_path / "shop.order.placed.jsonl").write_text("", "utf-8")
    done = flink(counted, "--files", str(tmp_path), query="SELECT FOO(dt) FROM shop_order_placed")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: No match found for function signature FOO")
    assert done.stderr.count("\n") == 1


def test_check_only_plans(counted: Scratch, tmp_path: Path) -> None:
    done = flink(counted, "--files", str(tmp_path), "--check", query=WINDOWS)
    assert done.returncode == 0, done.stderr
    assert "== Optimized Execution Plan ==" in done.stdout


def test_a_python_without_pyflink(counted: Scratch, tmp_path: Path) -> None:
    for python, says in ((sys.executable, "has no PyFlink"), ("/none/python", "cannot be run")):
        command = ["flink", "run", "--files", str(tmp_path), "-f", "-", "--python", python]
        result = counted.jst(*command, stdin=b"SELECT 1 AS a")
        assert result.exit_code == 2
        assert says in result.stderr
    assert os.environ["JST_TEST_PYFLINK"]
