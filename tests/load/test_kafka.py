"""`jst load --kafka` (librdkafka's mock cluster): the offsets are the target's, and killed at random nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from click.testing import Result

from tests.conftest import Scratch
from tests.kafka.mock_cluster import MockCluster
from tests.kafka.writing import write
from tests.load.events import lines, order
from tests.load.reading import KINDS, rows_of, word
from tests.load.stores import STORES
from tests.needs import example_repository

TOPIC = "shop.order.placed"
EVENTS = 8000
KILLS = max(1, int(os.environ.get("JST_KILLS", "10")) // 10)


@pytest.fixture
def topic() -> Iterator[MockCluster]:
    with MockCluster() as cluster:
        cluster.create(TOPIC, 2)
        yield cluster


def fill(cluster: MockCluster, numbers: range) -> None:
    for partition in (0, 1):
        texts = [lines(order(number)) for number in numbers if number % 2 == partition]
        write(cluster.address, TOPIC, texts, partition=partition)


def words(cluster: MockCluster, place: Path, *more: str) -> list[str]:
    options = ["--kafka", cluster.address, "--topic", TOPIC, "--to", f"sqlite:{place}", "--format", "json"]
    return ["load", *options, *more]


def command(cluster: MockCluster, place: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "jsonschema_tools", *words(cluster, place, *more)]


def load(cluster: MockCluster, place: Path, *more: str) -> Result:
    return Scratch(example_repository()).jst(*words(cluster, place, *more))


def numbers(place: Path) -> list[int]:
    return sorted(row["order_id"] for row in rows_of("sqlite", place, "shop_order_placed"))


@pytest.mark.search
def test_the_offsets_are_the_targets(topic: MockCluster, tmp_path: Path) -> None:
    place, refused = tmp_path / "rows.db", tmp_path / "refused.jsonl"
    fill(topic, range(1, 8))
    write(topic.address, TOPIC, [None, b"no"])
    done = load(topic, place, "--until", "end", "--refused", str(refused))
    assert (done.exit_code, numbers(place)) == (1, list(range(1, 8))), done.stderr
    assert json.loads(refused.read_bytes())["source"] == f"{TOPIC}/0@4"
    fill(topic, range(8, 11))
    again = load(topic, place, "--until", "end", "--refused", str(refused))
    assert (again.exit_code, numbers(place)) == (0, list(range(1, 11))), again.stderr
    assert json.loads(again.stdout)["summary"] == {"events": 3, "valid": 3, "refused": 0}
    assert refused.read_bytes().count(b"\n") == 1


@pytest.mark.search
def test_what_came_is_committed_at_the_end(topic: MockCluster, tmp_path: Path) -> None:
    place = tmp_path / "rows.db"
    fill(topic, range(1, 4))
    with subprocess.Popen(
        command(topic, place, "--batch", "1"), cwd=example_repository(), stdout=subprocess.PIPE
    ) as run:
        deadline = time.monotonic() + 30
        while rows_so_far(place) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        run.send_signal(signal.SIGTERM)
        said, _ = run.communicate(timeout=30)
    assert (run.returncode, json.loads(said)["summary"]["events"]) == (0, 3)
    assert numbers(place) == [1, 2, 3]


def rows_so_far(place: Path) -> int:
    """How many rows there are; none where there is no table yet."""
    if not place.exists():
        return 0
    with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM shop_order_placed").fetchone()[0])
        except sqlite3.Error:
            return 0


@pytest.mark.parametrize("more", [("--group", "g"), ("events.jsonl",), ("--input", "json")])
def test_what_does_not_go_together(topic: MockCluster, tmp_path: Path, more: tuple[str, ...]) -> None:
    place = tmp_path / "rows.db"
    done = load(topic, place, *more)
    assert done.exit_code == 2
    assert not place.exists()


@pytest.mark.search
def test_killed_at_any_moment(topic: MockCluster, tmp_path: Path) -> None:
    """``JST_KILLS=100`` kills it ten times."""
    place, random = tmp_path / "rows.db", Random(1)
    fill(topic, range(1, 20_001))
    for _ in range(KILLS):
        size = str(20 + random.randrange(20))
        with subprocess.Popen(command(topic, place, "--batch", size), cwd=example_repository()) as run:
            before, deadline = rows_so_far(place), time.monotonic() + 30
            while rows_so_far(place) == before < 20_000 and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(random.uniform(0.0, 0.1))
            run.kill()
        found = numbers(place)
        assert len(found) == len(set(found))
    done = load(topic, place, "--until", "end")
    assert (done.exit_code, numbers(place)) == (0, list(range(1, 20_001))), done.stderr


@pytest.mark.search
@pytest.mark.parametrize("kind", KINDS)
def test_every_target_is_killed(kind: str, topic: MockCluster, tmp_path: Path) -> None:
    """``JST_KILLS=100`` kills each ten times. What is there cannot be looked at in between: moments are of the clock."""
    name, found = STORES[kind]
    place, random, refused = tmp_path / name, Random(kind), tmp_path / "refused.jsonl"
    options = ["--kafka", topic.address, "--topic", TOPIC, "--to", word(kind, place), "--refused", str(refused)]
    call = [sys.executable, "-m", "jsonschema_tools", "load", *options]
    fill(topic, range(1, EVENTS + 1))
    write(topic.address, TOPIC, [b"no"] * 20)
    kills = 0
    while kills < KILLS:
        size = str(EVENTS // 40 + random.randrange(20))
        with subprocess.Popen([*call, "--batch", size], cwd=example_repository(), stdout=subprocess.DEVNULL) as run:
            deadline = time.monotonic() + 5
            before = sum(map(_size, tmp_path.rglob("*")))
            # It has begun to write, or has nothing left to do.
            while time.monotonic() < deadline:
                if sum(map(_size, tmp_path.rglob("*"))) != before:
                    break
                time.sleep(0.02)
            time.sleep(random.uniform(0.0, 0.5))
            run.kill()
            kills += 1
    done = subprocess.run([*call, "--until", "end"], cwd=example_repository(), capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert sorted(row["order_id"] for row in found(place, "shop_order_placed")) == list(range(1, EVENTS + 1))
    assert sorted(json.loads(line)["source"] for line in refused.read_bytes().splitlines()) == sorted(
        f"{TOPIC}/0@{offset}" for offset in range(EVENTS // 2, EVENTS // 2 + 20)
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
