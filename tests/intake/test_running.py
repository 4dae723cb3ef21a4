"""A gate as a process: signals, workers, files, settings."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest
import yaml

from tests.intake.conftest import JSON, ask, order, write_schema
from tests.intake.processes import eventually, serving

EVENT = json.dumps(order()).encode()


def send(url: str, body: bytes = EVENT, path: str = "/v1/events") -> int:
    return ask(url, "POST", path, body, JSON).status


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def in_flight(url: str) -> bool:
    """Whether a gate works on a request."""
    return b"\njst_requests_in_flight 1.0\n" in ask(url, "GET", "/metrics").body


def test_what_was_taken_is_finished(schemas: Path, tmp_path: Path) -> None:
    with serving(schemas, "--output", str(tmp_path / "e.jsonl")) as gate:
        host, _, port = gate.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as connection:
            head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(EVENT)}\r\n\r\n"
            connection.sendall(head.encode() + EVENT[:10])
            eventually(lambda: in_flight(gate.url))
            gate.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            connection.sendall(EVENT[10:])
            assert connection.recv(1000).startswith(b"HTTP/1.1 201")
        assert gate.process.wait(60) == 0
    assert lines(tmp_path / "e.jsonl") == [EVENT]


@pytest.mark.search
def test_a_second_signal_ends_it_at_once(schemas: Path, tmp_path: Path) -> None:
    with serving(schemas, "--output", "none") as gate:
        host, _, port = gate.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(
                b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
            )
            eventually(lambda: in_flight(gate.url))
            gate.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            assert gate.process.poll() is None
            start = time.monotonic()
            assert gate.stop() != 0
            assert time.monotonic() - start < 10  # of the thirty that it would wait


@pytest.mark.search
def test_each_worker_writes_a_file_of_its_own(schemas: Path, tmp_path: Path) -> None:
    with serving(schemas, "--workers", "2", "--output", str(tmp_path / "e.jsonl")) as gate:
        for _ in range(40):
            assert send(gate.url) == 201
        assert any("events.N.jsonl" in line or "e.N.jsonl" in line for line in gate.said)
        assert gate.stop() == 0
    assert sum(len(lines(path)) for path in tmp_path.glob("e.?.jsonl")) == 40


def counted(url: str, name: str) -> float:
    """The sum of a metric over its labels."""
    text = ask(url, "GET", "/metrics").body.decode()
    return sum(
        float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith((name + " ", name + "{"))
    )


def test_whichever_worker_is_asked_answers_for_all(schemas: Path) -> None:
    with serving(schemas, "--workers", "3", "--output", "none") as gate:
        for _ in range(40):
            assert send(gate.url) == 201
        for _ in range(5):
            assert send(gate.url, b"{}") == 400
        assert send(gate.url, b"{") == 400
        produced, took = "eventgate_events_produced_total", "express_router_request_duration_seconds_count"

        def said() -> set[tuple[float, ...]]:
            names = (produced, "eventgate_validation_errors_total", took, "jst_refused_requests_total")
            return {tuple(counted(gate.url, name) for name in names) for _ in range(12)}

        eventually(lambda: said() == {(40.0, 5.0, 46.0, 1.0)})
        assert gate.stop() == 0


@pytest.mark.search
def test_a_worker_that_dies_is_replaced(schemas: Path, tmp_path: Path) -> None:
    with serving(schemas, "--workers", "2", "--output", "none") as gate:
        assert all(send(gate.url) == 201 for _ in range(20))
        time.sleep(5.5)
        children = Path(f"/proc/{gate.process.pid}/task/{gate.process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

        def again() -> set[str]:
            return {*Path(f"/proc/{gate.process.pid}/task/{gate.process.pid}/children").read_text().split()}

        eventually(lambda: len(again()) == 2 and children[0] not in again())
        assert all(send(gate.url) == 201 for _ in range(10))
        # What the dead one counted goes on to count.
        eventually(lambda: {counted(gate.url, "eventgate_events_produced_total") for _ in range(8)} == {30.0})
        assert gate.stop() == 0


def test_a_torn_last_line_is_cut_off_and_said(schemas: Path, tmp_path: Path) -> None:
    output = tmp_path / "e.jsonl"
    output.write_bytes(EVENT + b"\n" + EVENT[:20])
    with serving(schemas, "--output", str(output)) as gate:
        assert send(gate.url) == 201
        assert gate.stop() == 0
        assert any("20 bytes of a torn last line" in line for line in gate.said)
    assert lines(output) == [EVENT, EVENT]


@pytest.mark.search
def test_two_gates_do_not_share_a_file(schemas: Path, tmp_path: Path) -> None:
    output = str(tmp_path / "e.jsonl")
    with serving(schemas, "--output", output), serving(schemas, "--output", output) as second:
        assert second.process.wait(60) == 2
        assert any("another process writes to" in line for line in second.said)


@pytest.mark.search
def test_a_port_that_is_taken_is_said(schemas: Path) -> None:
    with serving(schemas, "--output", "none") as gate:
        port = gate.url.rpartition(":")[2]
        with serving(schemas, "--output", "none", "--port", port) as second:
            assert second.process.wait(60) == 2
            assert any(f"cannot listen on 127.0.0.1:{port}" in line for line in second.said)


def test_standard_output(schemas: Path) -> None:
    with serving(schemas, "--output", "-") as gate:
        assert send(gate.url, json.dumps(order(), indent=1).encode()) == 201
        assert gate.process.stdout is not None
        assert json.loads(gate.process.stdout.readline()) == order()


def test_one_file_a_stream(schemas: Path, tmp_path: Path) -> None:
    with serving(schemas, "--output", f"{tmp_path}/out/") as gate:
        for stream in ("shop.order", "../up", ".hidden", "ä", "x" * 300):
            assert send(gate.url, json.dumps(order(meta={"stream": stream})).encode()) == 201
        assert gate.stop() == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"shop.order.jsonl", "..%2Fup.jsonl".replace("..", "%2E."), "%2Ehidden.jsonl", "%C3%A4.jsonl"} < names
    assert len(names) == 5
    assert not list(tmp_path.glob("up*"))


@pytest.mark.search
def test_files_are_put_aside(schemas: Path, tmp_path: Path) -> None:
    with serving(schemas, "--output", str(tmp_path / "e.jsonl"), "--rotate-bytes", str(3 * len(EVENT) + 10)) as gate:
        for _ in range(10):
            assert send(gate.url) == 201
        assert gate.stop() == 0
    assert sorted(len(lines(path)) for path in tmp_path.glob("e*.jsonl")) == [1, 3, 3, 3]


def test_a_bad_stream_file_is_not_taken_over(schemas: Path, tmp_path: Path) -> None:
    streams = tmp_path / "streams.yaml"
    streams.write_text("streams: {shop.order: {schema_title: shop/order}}\n")
    with serving(schemas, "--output", "none", "--streams", str(streams), "--reload-seconds", "0.2") as gate:
        other = json.dumps(order(meta={"stream": "other"})).encode()
        assert (send(gate.url), send(gate.url, other)) == (201, 400)
        streams.write_text("streams: {shop.order: 5}\n")
        eventually(lambda: any("not reloaded" in line for line in gate.said))
        assert send(gate.url) == 201
        streams.write_text("streams: {other: {schema_title: shop/order}}\n")
        eventually(lambda: (send(gate.url), send(gate.url, other)) == (400, 201))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("told", ["watched", "signal"])
def test_a_new_version_and_a_pin_need_no_restart(schemas: Path, tmp_path: Path, told: str) -> None:
    streams = tmp_path / "streams.yaml"
    streams.write_text("streams: {shop.order: {schema_title: shop/order}}\n")
    seconds = "0.2" if told == "watched" else "0"
    with serving(schemas, "--output", "none", "--streams", str(streams), "--reload-seconds", seconds) as gate:

        def refresh() -> None:
            if told == "signal":
                gate.process.send_signal(signal.SIGHUP)

        new = json.dumps(order(**{"$schema": "/shop/order/1.2.0"})).encode()
        assert send(gate.url, new) == 400
        write_schema(schemas, "shop/order", "1.2.0", {"type": "object"})
        refresh()
        eventually(lambda: send(gate.url, new) == 201)
        streams.write_text('streams: {shop.order: {schema_title: shop/order, schema_versions: ["1.0.0", "1.1.0"]}}\n')
        refresh()
        eventually(lambda: (send(gate.url), send(gate.url, new)) == (201, 400))


def test_the_settings_of_an_eventgate(schemas: Path, tmp_path: Path) -> None:
    conf = {
        "interface": "127.0.0.1",
        "schema_base_uris": [str(schemas)],
        "max_body_size": "1kb",
        "output_path": "out.jsonl",
        "stream_field": ["meta.stream", "stream"],
        "hasty_timeout": 5,
        "test_events": [order()],
    }
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"services": [{"name": "eventgate", "conf": conf}]}))
    with serving(tmp_path, "--eventgate-config", str(path), cwd=tmp_path) as gate:
        assert any("hasty_timeout is not heeded" in line for line in gate.said)
        assert ask(gate.url, "GET", "/v1/_test/events").status == 201
        assert send(gate.url, json.dumps(order(id="x" * 2000)).encode()) == 500
        assert ask(gate.url, "GET", "/_info/name").json == {"name": "eventgate"}
        assert gate.stop() == 0
    assert len(lines(tmp_path / "out.jsonl")) == 1
