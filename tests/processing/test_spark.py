"""Spark itself, on files: the windows that Flink gives, every example, and valid events that it cannot read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Scratch
from tests.needs import NO_CORPUS, WMF_PRIMARY
from tests.processing.engines import missing_spark, pyspark
from tests.processing.repositories import counting, events_of, ordered, placed, streams_of_titles
from tests.processing.test_flink import NO_TABLE
from tests.tables.histories import histories

pytestmark = pytest.mark.spark

ODD: list[tuple[dict[str, Any], bool]] = [
    ({"dt": "2026-01-01T00:00:00.123456Z"}, True),
    ({"dt": "2026-01-01T02:00:00+02:00"}, True),
    ({"dt": "2026-01-01t00:00:00z"}, False),
    ({"order_id": 3.0}, False),
    ({"unknown": {"a": 1}}, True),
    ({"note": None}, True),
]
"""Changes of an event that is valid all the same, and whether Spark reads it."""


@pytest.fixture(autouse=True)
def _needs() -> None:
    if reason := missing_spark():
        pytest.skip(reason)


def run(jobs: list[tuple[str, str, Any]]) -> list[Any]:
    """What each job gives: rows, or an error."""
    command = [str(pyspark()), str(Path(__file__).with_name("spark_job.py")), json.dumps(jobs)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return answers


def module(scratch: Scratch, folder: Path, *arguments: str) -> str:
    """The file of the module that `jst spark` prints for the streams in a folder."""
    result = scratch.jst("spark", "--files", str(folder), *arguments)
    assert result.exit_code == 0, result.output
    path = folder / "module.py"
    path.write_text(result.stdout, "utf-8")
    return str(path)


def test_windows_and_events_that_are_not_portable(counted: Scratch, tmp_path: Path) -> None:
    events = ordered(600, every=timedelta(seconds=3))
    jobs: list[tuple[str, str, Any]] = []
    for number, batch in enumerate(
        [events, *([{**placed(1, datetime(2026, 1, 1, tzinfo=UTC)), **odd}] for odd, _ in ODD)]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "shop.order.placed.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in batch), "utf-8")
        query = "windows" if number == 0 else ["order_id", "dt"]
        jobs.append((module(counted, folder), "shop_order_placed", query))
    windows, *odd = run(jobs)
    assert {start: (count, total) for start, count, total in windows} == counting(events)
    assert [isinstance(each, list) for each in odd] == [reads for _, reads in ODD], odd


def test_every_example_of_a_real_repository_is_read(tmp_path: Path) -> None:
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
    path = module(scratch, folder, "--streams", "streams.yaml")
    answers = run([(path, re.sub(r"\W", "_", stream), ["*"]) for stream in events])
    assert [len(each) if isinstance(each, list) else each for each in answers] == [*map(len, events.values())]
