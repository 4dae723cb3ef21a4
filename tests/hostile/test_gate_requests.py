"""What a stranger may send to a gate: it answers or hangs up, stays small, and reads nothing outside of its bases."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.intake.conftest import JSON, ask, order, write_schema
from tests.intake.processes import Process, eventually, serving

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "intake" / "hostile.yaml").read_text("utf-8"))
WIRE = [case for part in CASES["wire"] for case in part["cases"]]
EVENT = json.dumps(order(), separators=(",", ":"))
OPTIONS = ("--max-head-seconds", "1", "--max-body-seconds", "1", "--max-body", "1000000")
PROPERTIES = {
    "id": {"type": "string", "maxLength": 40},
    "count": {"type": "integer", "minimum": 1},
    "code": {"type": "string", "pattern": "^(a+)+$", "maxLength": 100_000},
    "tags": {"type": "array", "uniqueItems": True, "maxItems": 50_000},
}
STREAMS = """\
streams:
  shop.order: {schema_title: shop/order}
  shop_order_1.0.0: {schema_title: shop/order}
  keyed: {schema_title: shop/order, message_key_fields: {id: n}}
  /^many\\./: {schema_title: shop/order}
"""


class Trap:
    """A server that nobody may call; ``calls`` counts who did."""

    def __init__(self) -> None:
        self.calls = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    made = Trap()
    yield made
    made.close()


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a base, and a schema beside it that no event may have."""
    folder = tmp_path_factory.mktemp("hostile")
    schema = {"type": "object", "properties": PROPERTIES, "required": ["id"]}
    write_schema(folder / "base", "shop/order", "1.0.0", schema)
    write_schema(folder / "outside", "secret", "1.0.0", {"type": "object", "description": "a secret"})
    (folder / "base" / "linked").symlink_to("../outside")
    (folder / "streams.yaml").write_text(STREAMS)
    return folder


@pytest.fixture(scope="module")
def gate(bases: Path) -> Iterator[Process]:
    """A gate with a stream configuration."""
    with serving(bases / "base", "--streams", str(bases / "streams.yaml"), "--output", "none", *OPTIONS) as started:
        yield started


@pytest.fixture(scope="module")
def fetching_gate(bases: Path, trap: Trap) -> Iterator[Process]:
    """One that has a server among its bases."""
    uris = f"{bases / 'base'},http://{trap.address}/"
    options = ("--schema-base-uris", uris, "--streams", str(bases / "streams.yaml"), "--output", "none", *OPTIONS)
    with serving(bases / "base", *options) as started:
        yield started


@pytest.fixture(scope="module")
def open_gate(bases: Path) -> Iterator[Process]:
    """One without: any stream is taken, and any schema looked up."""
    with serving(bases / "base", "--output", "none", *OPTIONS) as started:
        yield started


def written(text: str) -> bytes:
    """A text of the cases as it is sent."""
    return filled(text).encode("latin-1")


def filled(text: str, trap: Trap | None = None) -> str:
    """A text of the cases with its expressions evaluated."""
    names: dict[str, Any] = {
        "post": "POST /v1/events HTTP/1.1\r\nHost: x\r\n",
        "json": "Content-Type: application/json\r\n",
        "event": EVENT,
        "length": str(len(EVENT)),
        "get": "GET {} HTTP/1.1\r\nHost: x\r\n\r\n".format,
        "trap": trap.address if trap else "127.0.0.1:1",
    }
    # The expressions are ours: they stand in a file beside this one.
    return re.sub("<<(.*?)>>", lambda found: str(eval(found[1], names)), text, flags=re.DOTALL)


def exchanged(url: str, text: bytes, case: dict[str, Any]) -> bytes:
    """Send it, and return all that comes back until an answer is there, or as many as there have to be."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=8) as connection:
        try:
            _send(connection, text, case.get("drip", 0))
            if case.get("half_close"):
                connection.shutdown(socket.SHUT_WR)
        except ConnectionError:
            pass
        found, wanted = b"", case.get("answers", 1)
        while not case.get("hang_up") and found.count(b"HTTP/1.1 ") < wanted:
            try:
                more = connection.recv(65536)
            except ConnectionError:
                break
            found += more
            if not more:
                break
        if "until_closed" in case:
            assert _closes(connection, case["until_closed"]), "it goes on to read"
        return found


def _send(connection: socket.socket, text: bytes, drip: float) -> None:
    if not drip:
        connection.sendall(text)
        return
    head, end, rest = text.rpartition(b"\r\n\r\n")
    connection.sendall(head + end)
    connection.setblocking(True)
    for one in rest:
        connection.sendall(bytes([one]))
        time.sleep(drip)
        connection.settimeout(0.001)
        try:
            if connection.recv(1, socket.MSG_PEEK):
                return
        except TimeoutError:
            pass
        finally:
            connection.settimeout(8)


def _closes(connection: socket.socket, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            connection.sendall(b"a")
            time.sleep(0.02)
        except ConnectionError:
            return True
    return False


def works(gate: Process) -> bool:
    return ask(gate.url, "POST", "/v1/events", EVENT.encode(), JSON).status == 201


def check_well(gate: Process, trap: Trap) -> None:
    """It takes events, has said nothing odd, and called nobody."""
    calls, trap.calls = trap.calls, 0
    assert calls == 0
    assert works(gate)
    assert not any("Traceback" in line or "Exception" in line for line in gate.said)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("case", WIRE, ids=[case["name"] for case in WIRE])
def test_it_answers_or_hangs_up_and_goes_on(case: dict[str, Any], gate: Process, trap: Trap) -> None:
    found = exchanged(gate.url, filled(case["text"], trap).encode("latin-1"), case)
    status = int(found.split(b" ", 2)[1]) if found.startswith(b"HTTP/1.1 ") else 0
    assert status in case["statuses"]
    if "answers" in case:
        assert found.count(b"HTTP/1.1 ") == case["answers"]
    assert b"a secret" not in found
    assert b"root:" not in found
    check_well(gate, trap)


def encoded(case: dict[str, Any], text: bytes) -> tuple[bytes, dict[str, str]]:
    """The body of a case and its headers."""
    headers = dict(JSON)
    if "type" in case:
        headers["content-type"] = filled(case["type"])
    if "encoding" in case:
        headers["content-encoding"] = filled(case["encoding"])
    for _ in range(int(case.get("gzip", 0))):
        text, headers["content-encoding"] = gzip.compress(text, 6), "gzip"
    if "deflate" in case:
        text, headers["content-encoding"] = zlib.compress(text), "deflate"
    text = text[: case["cut"]] if "cut" in case else text
    text += written(case.get("behind", "")) + (text if "twice" in case else b"")
    return text, headers


@pytest.mark.sampled(4)
@pytest.mark.parametrize("profile", ["default", "open"])
@pytest.mark.parametrize("case", CASES["bodies"], ids=[case["name"] for case in CASES["bodies"]])
def test_bodies_take_little_time(
    case: dict[str, Any], profile: str, fetching_gate: Process, open_gate: Process, trap: Trap
) -> None:
    asked = fetching_gate if profile == "default" else open_gate
    body, headers = encoded(case, written(case["text"]))
    start = time.monotonic()
    reply = ask(asked.url, "POST", "/v1/events", body, headers)
    assert reply.status in (case["statuses"] if profile == "default" else {201, 207, *case["statuses"]})
    assert time.monotonic() - start < 20
    check_well(asked, trap)


@pytest.mark.parametrize("name", CASES["schemas"])
def test_nothing_else_than_a_schema_is_read(name: str, fetching_gate: Process, open_gate: Process, trap: Trap) -> None:
    uri = filled(name, trap)
    for asked in (fetching_gate, open_gate):
        reply = ask(asked.url, "POST", "/v1/events", json.dumps(order(**{"$schema": uri})).encode(), JSON)
        assert reply.status == 400
        assert b"root:" not in reply.body
        assert b"a secret" not in reply.body
        check_well(asked, trap)


@pytest.mark.parametrize("name", CASES["schemas"])
def test_nothing_else_is_read_for_eventgate(name: str, eventgate: Process, trap: Trap) -> None:
    uri = filled(name, trap)
    reply = ask(eventgate.url, "POST", "/v1/events", json.dumps(order(**{"$schema": uri})).encode(), JSON)
    assert reply.status in (201, 500)
    assert reply.status == 500 or uri.partition("#")[0].partition("?")[0] == "/shop/order/1.0.0"
    assert b"root:" not in reply.body
    check_well(eventgate, trap)


@pytest.fixture(scope="module")
def eventgate(bases: Path) -> Iterator[Process]:
    with serving(bases / "base", "--output", "none", "--profile", "eventgate", *OPTIONS) as started:
        yield started


def resident(process: int) -> int:
    text = Path(f"/proc/{process}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


@pytest.mark.search
@pytest.mark.parametrize(
    ("kind", "status"), [("stream", 201), ("schema", 400), ("unknown", 400), ("of a pattern", 201), ("media type", 415)]
)
def test_distinct_names_leave_nothing_behind(
    kind: str, status: int, gate: Process, open_gate: Process, trap: Trap
) -> None:
    """100,000 of them, in requests of 1,000."""
    asked = gate if kind in ("unknown", "of a pattern") else open_gate
    prefix = "many.s" if kind == "of a pattern" else "s"
    number = 0

    def send() -> None:
        nonlocal number
        events, headers = [], JSON
        for _ in range(1000):
            number += 1
            other = {"$schema": f"/x{number}/1.0.0"} if kind == "schema" else {"meta": {"stream": f"{prefix}{number}"}}
            events.append(order(**other))
        if kind == "media type":
            headers = {"content-type": f"application/x{number}"}
        assert ask(asked.url, "POST", "/v1/events", json.dumps(events).encode(), headers).status == status

    for _ in range(30):
        send()
    before = resident(asked.process.pid)
    for _ in range(70):
        send()
    assert resident(asked.process.pid) < before * 1.1
    metrics = ask(asked.url, "GET", "/metrics").body.decode()
    assert len(metrics) < 50_000
    assert not re.search(r"[sx]9999\d", metrics)
    check_well(asked, trap)


def test_all_is_given_back(gate: Process, open_gate: Process, fetching_gate: Process) -> None:
    """At the end of the others: no request and no byte counts as in flight."""
    for asked in (gate, open_gate, fetching_gate):
        eventually(lambda at=asked.url: b"\njst_requests_in_flight 0.0\n" in ask(at, "GET", "/metrics").body)  # type: ignore[misc]
        metrics = ask(asked.url, "GET", "/metrics").body.decode()
        assert "\njst_bytes_in_flight 0.0\n" in metrics
        assert 'status="500"' not in metrics
