"""`jst streams tail` and `stat`: what goes through streams."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.traffic import Traffic, Watched
from jsonschema_tools.sources.following import following
from jsonschema_tools.use_cases.watching import time_of
from tests.conftest import Scratch
from tests.intake.processes import eventually
from tests.kafka.mock_cluster import MockCluster
from tests.needs import example_repository

STREAM = "shop.order.placed"


def placed(number: int, **more: Any) -> dict[str, Any]:
    return {
        "$schema": "/shop/order/placed/1.2.0",
        "dt": f"2026-03-01T10:00:{number:02}Z",
        "meta": {"id": f"5e4fe0a2-9d5b-4a6a-9e8c-{number:012}", "stream": STREAM},
        "order_id": number,
        "payment_method": "card",
        **more,
    }


@pytest.fixture(scope="module")
def shop() -> Scratch:
    """The example repository, which nothing here changes."""
    return Scratch(example_repository())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    events = [placed(1), placed(2, order_id="2"), placed(3, meta={**placed(3)["meta"], "domain": "canary"}), placed(4)]
    lines = [json.dumps(event) for event in events]
    (tmp_path / f"{STREAM}.jsonl").write_text(
        "\n".join([*lines[:2], "no JSON", *lines[2:]]) + '\n{"unfinished', "utf-8"
    )
    return tmp_path


def test_the_newest(shop: Scratch, folder: Path) -> None:
    result = shop.jst("streams", "tail", STREAM, "--files", str(folder), "-n", "4", "--no-follow")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split("  ")[1] for line in lines if not line.startswith(" ")] == [
        "refused",
        "refused",
        "valid",
        "valid",
    ]
    assert lines[1].startswith("  /order_id: ")
    assert lines[0].startswith(f"{STREAM}.jsonl@")


def test_as_json(shop: Scratch, folder: Path) -> None:
    arguments = ("--files", str(folder), "--no-follow", "--format", "json")
    found = [json.loads(line) for line in shop.jst("streams", "tail", STREAM, *arguments).stdout.splitlines()]
    assert [each["valid"] for each in found] == [True, False, False, True, True]
    assert found[0]["event"] == placed(1)
    assert found[2]["text"] == "no JSON"
    (error,) = found[1]["errors"]
    assert (error["pointer"], error["kind"]) == ("/order_id", "type")


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        (["meta.domain=canary"], [3]),
        (["order_id=1"], [1]),
        (["order_id=2"], [2]),
        (["payment_method=card", "order_id=4"], [4]),
        (["order_id=9"], []),
        (["meta.nothing=1"], []),
    ],
)
def test_a_filter(shop: Scratch, folder: Path, where: list[str], numbers: list[int]) -> None:
    chosen = [part for each in where for part in ("--where", each)]
    arguments = ("--files", str(folder), "--no-follow", "--format", "json", *chosen)
    lines = shop.jst("streams", "tail", STREAM, *arguments).stdout.splitlines()
    assert [int(json.loads(line)["event"]["order_id"]) for line in lines] == numbers


def test_statistics(shop: Scratch, folder: Path) -> None:
    result = shop.jst("streams", "stat", "--files", str(folder), "--format", "json")
    assert result.exit_code == 0, result.output
    found = {each.pop("stream"): each for each in json.loads(result.stdout)}
    assert found[STREAM] == {
        "events": 4,
        "events_per_second": 1.0,
        "first": "2026-03-01T10:00:01.000Z",
        "last": "2026-03-01T10:00:04.000Z",
        "refused": 1,
        "canaries": 1,
    }
    assert found["shop.cart.changed"]["events"] == 0
    lines = shop.jst("streams", "stat", STREAM, "--files", str(folder)).stdout.splitlines()
    assert [line.split() for line in lines[1:]] == [[STREAM, "4", "1", "2026-03-01T10:00:04.000Z", "1", "1"]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["tail", STREAM], "where the events are"),
        (["tail", STREAM, "--files", ".", "--kafka", "a:1"], "where the events are"),
        (["tail", "shop.order.place", "--files", "."], "Did you mean"),
        (["tail", STREAM, "--files", "."], "cannot be read"),
        (["tail", STREAM, "--files", ".", "--where", "x"], "is not NAME=VALUE"),
        (["stat"], "where the events are"),
        (["stat", "x", "--files", "."], "there is no stream"),
    ],
)
def test_wrong_arguments(shop: Scratch, arguments: list[str], says: str) -> None:
    result = shop.jst("streams", *arguments)
    assert (result.exit_code, result.stdout, says in result.stderr) == (2, "", True), result.output


def test_in_kafka(shop: Scratch) -> None:
    from confluent_kafka import Producer

    with MockCluster() as cluster:
        producer = Producer({"bootstrap.servers": cluster.address})
        for event in (placed(1), placed(2, order_id="2"), placed(3)):
            producer.produce(STREAM, json.dumps(event), partition=0)
        producer.flush()
        arguments = ("--kafka", cluster.address, "--format", "json")
        lines = shop.jst("streams", "tail", STREAM, *arguments, "-n", "2", "--no-follow").stdout.splitlines()
        found = [(each["place"].rpartition("@")[0], each["valid"]) for each in map(json.loads, lines)]
        (traffic,) = json.loads(shop.jst("streams", "stat", STREAM, *arguments).stdout)
    assert len(found) == 2
    assert {place for place, _ in found} == {f"{STREAM}/0"}
    assert (traffic["events"], traffic["refused"]) == (3, 1)


class TestFollowing:
    """Lines of a file that grows."""

    @given(
        st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"").replace(b"\r", b"")), max_size=8),
        st.integers(0, 9),
    )
    def test_the_newest_lines(self, lines: list[bytes], newest: int) -> None:
        import tempfile

        with tempfile.NamedTemporaryFile() as file:
            file.write(b"".join(line + b"\n" for line in lines) + b"rest")
            file.flush()
            found = [line for _, line in following(Path(file.name), newest, lambda: True)]
        wanted = lines[-newest:] if newest else []
        assert found == [line for line in wanted if line.strip()]

    def test_what_comes(self, tmp_path: Path) -> None:
        """A line in two pieces; the file cut; another one in its place."""
        path = tmp_path / "a"
        path.write_bytes(b"1\n2")
        found: list[bytes] = []
        over = threading.Event()

        def follow() -> None:
            found.extend(())
            for _, line in following(path, 1, over.is_set):
                found.append(line)

        thread = threading.Thread(target=follow)
        thread.start()
        eventually(lambda: found == [b"1"])
        with path.open("ab") as file:
            file.write(b"3\n4\n")
        eventually(lambda: found == [b"1", b"23", b"4"])
        (tmp_path / "b").write_bytes(b"5\n")
        (tmp_path / "b").replace(path)
        eventually(lambda: found[-1] == b"5")
        path.write_bytes(b"")
        path.write_bytes(b"")
        threading.Event().wait(0.5)
        path.write_bytes(b"6\n")
        eventually(lambda: found[-1] == b"6")
        over.set()
        thread.join()
        assert found == [b"1", b"23", b"4", b"5", b"6"]

    def test_until_it_is_interrupted(self, shop: Scratch, folder: Path) -> None:
        command = [sys.executable, "-m", "jsonschema_tools", "streams", "tail", STREAM, "--files", str(folder)]
        with subprocess.Popen(command, cwd=shop.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert b"valid" in process.stdout.readline()
            with (folder / f"{STREAM}.jsonl").open("a") as file:
                file.write(f'": 1}}\n{json.dumps(placed(9))}\n')
            assert any(b"000000000009" in line for line in process.stdout)
            process.send_signal(2)
            process.stdout.read()
            assert process.wait() == 130


@pytest.mark.parametrize(
    ("event", "time"),
    [
        ({"dt": "1970-01-01T00:00:01Z"}, 1),
        ({"dt": "1970-01-01T00:00:01Z", "meta": {"dt": "1970-01-01T01:00:02+01:00"}}, 2),
        ({"dt": "1970-01-01T00:00:03"}, 3),
        ({"dt": "tomorrow"}, None),
        ({"dt": 5}, None),
        ([], None),
        (None, None),
    ],
)
def test_times(event: Any, time: float | None) -> None:
    assert time_of(event) == time


def test_a_rate_needs_two_times() -> None:
    traffic = Traffic("a")
    seen = Watched("a@0", b"{}", {}, Verdict(True))
    assert traffic.rate is None
    for second in (5.0, 5.0):
        traffic.add(seen, second)
        assert traffic.rate is None
    traffic.add(seen, 1.0)
    assert traffic.rate == 0.5
