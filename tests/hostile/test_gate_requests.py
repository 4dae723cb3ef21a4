"""What a stranger may send to a gate: it answers or hangs up, stays small, and reads nothing outside of its bases."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.intake.conftest import JSON, ask, order, write_schema
from tests.intake.processes import Process, serving

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "intake" / "hostile.yaml").read_text("utf-8"))
EVENT = json.dumps(order()).encode()
OPTIONS = ["--output", "none", "--max-head-seconds", "1", "--max-body-seconds", "1", "--max-body", "1000000"]


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("hostile")
    write_schema(folder, "shop/order", "1.0.0", {"type": "object", "properties": {"id": {"type": "string"}}})
    with serving(folder, *OPTIONS) as started:
        yield started


def wire(case: dict[str, Any]) -> bytes:
    if "wire_repeat" in case:
        head, middle, times, end = case["wire_repeat"]
        return bytes(head + middle * times + end, "latin-1")
    text = bytes(case["wire"], "latin-1")
    return text.replace(b"LEN", str(len(EVENT)).encode()).replace(b"BODY", EVENT)


def exchanged(url: str, text: bytes, *, hang_up: bool = False) -> int:
    """The status of the first answer; 0 where there is none."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=8) as connection:
        try:
            connection.sendall(text)
            if hang_up:
                return 0
            answer = connection.recv(4096)
        except ConnectionError:
            return 0
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def works(gate: Process) -> bool:
    return ask(gate.url, "POST", "/v1/events", EVENT, JSON).status == 201


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_it_answers_or_hangs_up_and_goes_on(case: dict[str, Any], gate: Process) -> None:
    status = exchanged(gate.url, wire(case), hang_up=case.get("hang_up", False))
    assert status in case["statuses"]
    assert works(gate)
    assert not any("Traceback" in line for line in gate.said)


BODIES = {
    "a bomb": (gzip.compress(b" " * 50_000_000), {"content-encoding": "gzip"}),
    "lists in lists": (b"[" * 500_000, {}),
    "objects in objects": (b'{"a":' * 150_000, {}),
    "a string without an end": (b'{"a":"' + b"a" * 900_000, {}),
    "a number of many digits": (b'{"$schema":"/shop/order/1.0.0","id":"a","n":%b}' % (b"9" * 900_000), {}),
    "exponents": (b'{"$schema":"/shop/order/1.0.0","id":"a","n":[%b]}' % b",".join([b"1e999999"] * 80_000), {}),
    "one name many times": (b'{"$schema":"/shop/order/1.0.0",%b"id":"a"}' % (b'"id":"a",' * 90_000), {}),
    "a long $schema": (json.dumps(order(**{"$schema": "/" + "a" * 900_000})).encode(), {}),
    "a long stream": (json.dumps(order(meta={"stream": "a" * 900_000})).encode(), {}),
    "many empty events": (b"[" + b"{}," * 9_000 + b"{}]", {}),
}


@pytest.mark.parametrize("name", BODIES)
def test_large_things_take_little_time(name: str, gate: Process) -> None:
    body, headers = BODIES[name]
    start = time.monotonic()
    reply = ask(gate.url, "POST", "/v1/events", body, JSON | headers)
    assert reply.status in (201, 400, 413)
    assert time.monotonic() - start < 5
    assert works(gate)


URIS = [
    *("/../../etc/passwd/1.0.0", "/%2e%2e/%2e%2e/etc/1.0.0", "file:///etc/1.0.0", "FILE:/etc/1.0.0", "/.git/1.0.0"),
    *("http://127.0.0.1:1/a/1.0.0", "//127.0.0.1/a/1.0.0", "\\\\host\\a\\1.0.0", "/a\0b/1.0.0", "ftp://x/1.0.0"),
    *("/shop/order/1.0.0/../../../etc/1.0.0", "git+file:///x@HEAD/1.0.0", "/proc/self/environ", "data:,{}/1.0.0"),
]


@pytest.mark.parametrize("uri", URIS)
@pytest.mark.parametrize("profile", ["default", "eventgate"])
def test_nothing_else_than_a_schema_is_read(uri: str, profile: str, tmp_path: Path) -> None:
    from jsonschema_tools.server.in_process import local_gate

    write_schema(tmp_path, "shop/order", "1.0.0", {"type": "object"})
    with local_gate(tmp_path, profile=profile) as gate:
        reply = ask(gate.url, "POST", "/v1/events", json.dumps(order(**{"$schema": uri})).encode(), JSON)
        assert reply.status in (400, 500)
        assert b"root:" not in reply.body
        assert not gate.accepted


def resident(process: int) -> int:
    text = Path(f"/proc/{process}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


@pytest.mark.search
@pytest.mark.parametrize("field", ["stream", "schema"])
def test_distinct_names_leave_nothing_behind(field: str, gate: Process) -> None:
    """100,000 of them, in requests of 1,000."""
    number = 0

    def send() -> None:
        nonlocal number
        events = []
        for _ in range(1000):
            number += 1
            other = {"meta": {"stream": f"s{number}"}} if field == "stream" else {"$schema": f"/x{number}/1.0.0"}
            events.append(order(**other))
        body = json.dumps(events).encode()
        assert ask(gate.url, "POST", "/v1/events", body, JSON).status == (201 if field == "stream" else 400)

    for _ in range(30):
        send()
    before = resident(gate.process.pid)
    for _ in range(70):
        send()
    assert resident(gate.process.pid) < before * 1.3
    metrics = ask(gate.url, "GET", "/metrics").body.decode()
    assert len(metrics) < 50_000
    assert 's99999"' not in metrics
