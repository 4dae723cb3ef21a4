"""`jst load` is killed at random moments: no row is lost, none is there twice, nor is a refused line.

``JST_KILLS=400`` kills each target forty times; by default it is a tenth.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.load.events import lines, order
from tests.load.reading import KINDS, word
from tests.load.stores import STORES, Rows
from tests.load.test_jobs import WITH_WORKERS
from tests.needs import example_repository

pytestmark = pytest.mark.search

KILLS = max(1, int(os.environ.get("JST_KILLS", "40")) // 10)
EVENTS = 6000
BATCH = {"iceberg": 160}
"""Events in a commit, where they are not 40: pyiceberg takes its time for each."""
CLICK = "/legacy/newsletter_click/1.0.0"


def write_events(path: Path) -> set[int]:
    """A file of events of two tables, of which each tenth is refused; the numbers of those that are."""
    refused = {number for number in range(1, EVENTS + 1) if number % 10 == 0}
    path.write_bytes(lines(*(_event(number, number in refused) for number in range(1, EVENTS + 1))))
    return refused


def _event(number: int, is_refused: bool) -> dict[str, Any]:
    placed = order(number, **({"payment_method": number} if is_refused else {}))
    if is_refused or number % 3:
        return placed
    return {"$schema": CLICK, "meta": placed["meta"], "dt": placed["dt"], "linkNumber": number}


def loaded(rows_of: Callable[[str], Rows]) -> list[int]:
    """The numbers of the events in both tables."""
    clicks = [row["linkNumber"] for row in rows_of("legacy_newsletter_click")]
    return sorted([row["order_id"] for row in rows_of("shop_order_placed")] + clicks)


def told(refused_file: Path) -> list[int]:
    """The numbers of the events that are in a file of refused ones, in order."""
    return [json.loads(line)["event"]["order_id"] for line in refused_file.read_bytes().splitlines()]


def start(kind: str, place: Path, refused: Path, events: Path, batch: int, jobs: int) -> subprocess.Popen[bytes]:
    command = [*WITH_WORKERS, str(events), "--to", word(kind, place)]
    options = ["--refused", str(refused), "--batch", str(batch), "--format", "json", "--jobs", str(jobs)]
    return subprocess.Popen(
        [*command, *options], cwd=example_repository(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_moment(kind: str, jobs: int, tmp_path: Path) -> None:
    name, rows_of = STORES[kind]
    events, refused_file = tmp_path / "events.jsonl", tmp_path / "refused.jsonl"
    refused = write_events(events)
    random, done, kills = Random(kind), 0, 0
    while kills < KILLS:
        place = tmp_path / str(done) / name
        place.parent.mkdir(exist_ok=True)
        # Other batches in each run: what a killed one left goes, whatever they are.
        process = start(kind, place, refused_file, events, BATCH.get(kind, 40) + random.randrange(20), jobs)
        deadline = time.monotonic() + 60
        while not refused_file.exists() or refused_file.stat().st_size < 1:
            assert process.poll() is None or refused_file.exists(), process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.005)
        try:
            process.wait(random.uniform(0.0, 0.8))
        except subprocess.TimeoutExpired:
            process.kill()
            kills += 1
        said, _ = process.communicate()
        assert b"Traceback" not in said, said
        if process.returncode in (0, 1):
            check(rows_of, place, refused_file, refused)
            refused_file.unlink()
            done += 1
        else:
            assert process.returncode == -9, said
    # The last one that was killed may have come to its end before.
    place = tmp_path / str(done) / name
    place.parent.mkdir(exist_ok=True)
    process = start(kind, place, refused_file, events, BATCH.get(kind, 40), jobs)
    said, _ = process.communicate()
    assert process.returncode in (0, 1), said
    check(rows_of, place, refused_file, refused)


def check(rows_of: Callable[[Path, str], Rows], place: Path, refused_file: Path, refused: set[int]) -> None:
    assert loaded(partial(rows_of, place)) == [number for number in range(1, EVENTS + 1) if number not in refused]
    assert told(refused_file) == sorted(refused)
