"""Events per processor second of the gate, and of a real EventGate where there is one.

``python -m benchmarks.intake [--eventgate FOLDER] [--kafka HOST:PORT|real|mock] [--rounds 3] [--seconds 4]
[--warm-up 70] [--connections 16]``

FOLDER is one in which EventGate is installed (`npm install`), so that `node node_modules/eventgate/server.js` starts
it; it takes its time to get warm. Each server is a process of its own; rounds are in turn. What is counted is the
processor time of the server's process tree, the median of the rounds; also the 99th percentile of the time to the
answer, and the memory.

With ``--kafka`` events go to Kafka: to brokers that there are, to a real one from Maven Central (Java and Maven are
needed), or to the mock cluster of librdkafka. An EventGate needs node-rdkafka for that, built from source
(`npx node-gyp rebuild` in its folder). Both wait for all in-sync replicas. EventGate asks for the reports of Kafka each
100 ms, so it takes many connections, 128 say, until it has enough to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
BATCHES = (1, 10, 100)

SCHEMA = {
    "title": "bench/page",
    "$id": "/bench/page/1.0.0",
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {
        "$schema": {"type": "string"},
        "meta": {
            "type": "object",
            "properties": {
                "stream": {"type": "string"},
                "id": {"type": "string", "format": "uuid", "maxLength": 36},
                "dt": {"type": "string", "format": "date-time", "maxLength": 128},
                "domain": {"type": "string"},
            },
            "required": ["stream", "dt"],
        },
        "page_id": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
        "page_title": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "performer": {
            "type": "object",
            "properties": {"user_text": {"type": "string"}, "user_is_bot": {"type": "boolean"}},
            "required": ["user_text"],
        },
    },
    "required": ["$schema", "meta", "page_id"],
}
EVENT = {
    "$schema": "/bench/page/1.0.0",
    "meta": {
        "stream": "bench.page",
        "id": "5e1dd101-641c-11e8-ab6c-b083fecf1287",
        "dt": "2026-01-31T12:00:00.000Z",
        "domain": "en.example.org",
    },
    "page_id": 123456,
    "page_title": "Some page of an encyclopedia",
    "tags": ["visualeditor", "mobile"],
    "performer": {"user_text": "Somebody", "user_is_bot": False},
}


OURS = {
    "jst, no sink": ("--output", "none"),
    "jst, no sink, server fields": ("--output", "none", "--server-fields", "wikimedia"),
    "jst, file, fdatasync": ("--output", "a.jsonl"),
}
KAFKA = {
    "jst, Kafka": ("--kafka",),
    "jst, Kafka, server fields": ("--server-fields", "wikimedia", "--kafka"),
}
GOALS = {
    ("jst, no sink", "EventGate, no sink"): (4, 3, 2),
    ("jst, file, fdatasync", "EventGate, file"): (3, 4, 4),
    ("jst, Kafka", "EventGate, Kafka"): (3, 2.5, 3),
    ("jst, Kafka, server fields", "EventGate, Kafka"): (2.5, 2.5, 2.5),
}
"""How many times the events of EventGate ours has to take, for `BATCHES`; p99 not above its, memory at most half."""


class Figures(NamedTuple):
    """Medians: events per processor second, the 99th percentile of the time to the answer in ms, and megabytes."""

    rate: float
    p99: float
    memory: int


class Server:
    """A server at work: where it listens, and what it used."""

    def __init__(self, name: str, process: subprocess.Popen[Any], port: int) -> None:
        self.name, self.process, self.port = name, process, port

    def seconds(self) -> float:
        """Of processor time so far."""
        return sum(used(pid) for pid in tree(self.process.pid))

    def memory(self) -> int:
        """In megabytes."""
        return sum(resident(pid) for pid in tree(self.process.pid))


def tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in tree(int(child)))]


def used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def request(batch: int) -> bytes:
    body = json.dumps(EVENT if batch == 1 else [EVENT] * batch, separators=(",", ":")).encode()
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load(port: int, batch: int, seconds: float, connections: int = 16) -> tuple[int, float]:
    """Send for a while on several connections; how many events were accepted, and the 99th percentile in ms."""
    text, end, times = request(batch), time.monotonic() + seconds, list[float]()

    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        accepted = 0
        while (start := time.monotonic()) < end:
            writer.write(text)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 201"):
                raise SystemExit(f"answered {head!r}")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if length:
                await reader.readexactly(int(length[1]))
            elif b"chunked" in head.lower():
                await reader.readuntil(b"0\r\n\r\n")
            times.append(time.monotonic() - start)
            accepted += batch
        writer.close()
        return accepted

    counts = await asyncio.gather(*(one() for _ in range(connections)))
    return sum(counts), sorted(times)[int(len(times) * 0.99)] * 1000


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def write_schemas(folder: Path) -> None:
    place = folder / "bench" / "page"
    place.mkdir(parents=True)
    (place / "1.0.0").write_text(json.dumps(SCHEMA))


@contextmanager
def jst(folder: Path, port: int, name: str, *options: str) -> Any:
    command = [
        sys.executable,
        "-m",
        "jsonschema_tools",
        "serve",
        str(folder / "schemas"),
        "--port",
        str(port),
        *options,
    ]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    yield from running(Server(name, process, port))


@contextmanager
def eventgate(
    installed: Path, folder: Path, port: int, name: str, output: Path | None, kafka: str | None = None
) -> Any:
    conf: dict[str, Any] = {
        "port": port,
        "interface": "127.0.0.1",
        "user_agent": "benchmark",
        "schema_uri_field": "$schema",
        "schema_base_uris": [str(folder / "schemas")],
        "stream_field": "meta.stream",
        "max_body_size": "4mb",
    }
    if output:
        conf["output_path"] = str(output)
    if kafka:
        of_librdkafka = {"metadata.broker.list": kafka, "queue.buffering.max.ms": 1}
        conf["kafka"] = {"conf": of_librdkafka, "topic_conf": {"request.required.acks": -1}}
    service = {"name": "eventgate", "module": "./node_modules/eventgate/app.js", "conf": conf}
    settings = {"num_workers": 0, "logging": {"level": "fatal"}, "metrics": [{"type": "log"}], "services": [service]}
    path = folder / f"{port}.yaml"
    path.write_text(json.dumps(settings))
    command = ["node", "node_modules/eventgate/server.js", "-c", str(path)]
    process = subprocess.Popen(command, cwd=installed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield from running(Server(name, process, port))


def running(server: Server) -> Any:
    deadline = time.monotonic() + 30
    while True:
        try:
            asyncio.run(load(server.port, 1, 0.05))
            break
        except OSError:
            if server.process.poll() is not None:
                raise SystemExit(f"{server.name} does not start") from None
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


def measured(servers: list[Server], rounds: int, seconds: float, connections: int) -> dict[tuple[str, int], Figures]:
    """The medians of each server and size of a request, printed while they come."""
    print(f"{'server':28}{'batch':>6}{'events/CPU s':>14}{'p99 ms':>9}{'MB':>6}")
    found: dict[tuple[str, int], Figures] = {}
    for batch in BATCHES:
        rates: dict[str, list[float]] = {server.name: [] for server in servers}
        late: dict[str, list[float]] = {server.name: [] for server in servers}
        for _ in range(rounds):
            for server in servers:
                before = server.seconds()
                accepted, percentile = asyncio.run(load(server.port, batch, seconds, connections))
                rates[server.name].append(accepted / (server.seconds() - before))
                late[server.name].append(percentile)
        for server in servers:
            figures = Figures(median(rates[server.name]), median(late[server.name]), server.memory())
            found[server.name, batch] = figures
            print(f"{server.name:28}{batch:6}{figures.rate:14,.0f}{figures.p99:9.1f}{figures.memory:6}", flush=True)
    return found


def compared(found: dict[tuple[str, int], Figures]) -> None:
    """Ours beside EventGate's, and what is wanted."""
    print(f"\n{'':28}{'batch':>6}{'times the events':>18}{'goal':>6}{'p99':>7}{'memory':>8}")
    for (ours, theirs), goals in GOALS.items():
        if (ours, 1) not in found or (theirs, 1) not in found:
            continue
        for batch, goal in zip(BATCHES, goals, strict=True):
            one, other = found[ours, batch], found[theirs, batch]
            p99, memory = one.p99 / other.p99, one.memory / other.memory
            print(f"{ours:28}{batch:6}{one.rate / other.rate:18.1f}{goal:6}{p99:7.2f}{memory:8.2f}")


def started(stack: ExitStack, folder: Path, options: argparse.Namespace) -> list[Server]:
    """The servers, warm."""
    write_schemas(folder / "schemas")
    kafka = brokers(stack, folder, options.kafka)
    ways = {name: (*how, kafka) for name, how in KAFKA.items()} if kafka else OURS
    ours = [stack.enter_context(jst(folder, free_port(), name, *how)) for name, how in ways.items()]
    for server in ours:
        for batch in BATCHES:
            asyncio.run(load(server.port, batch, 1, options.connections))
    if not options.eventgate:
        return ours
    gate = (options.eventgate.absolute(), folder)
    if kafka:
        peers = [stack.enter_context(eventgate(*gate, free_port(), "EventGate, Kafka", None, kafka))]
    else:
        peers = [
            stack.enter_context(eventgate(*gate, free_port(), "EventGate, no sink", None)),
            stack.enter_context(eventgate(*gate, free_port(), "EventGate, file", folder / "b.jsonl")),
        ]
    for peer in peers:
        for batch in BATCHES:
            asyncio.run(load(peer.port, batch, options.warm_up / len(BATCHES), options.connections))
    return ours + peers


def brokers(stack: ExitStack, folder: Path, kafka: str | None) -> str | None:
    """The address of the Kafka that is meant, which runs as long as the stack is open."""
    if kafka == "real":
        from tests.kafka.broker import Kafka

        return stack.enter_context(Kafka(folder / "kafka")).address
    if kafka == "mock":
        from tests.kafka.mock_cluster import MockCluster

        return stack.enter_context(MockCluster()).address
    return kafka


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eventgate", type=Path)
    parser.add_argument("--kafka", metavar="HOST:PORT|real|mock")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--warm-up", type=float, default=70)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        found = measured(started(stack, Path(scratch), options), options.rounds, options.seconds, options.connections)
    if options.eventgate:
        compared(found)


if __name__ == "__main__":
    main()
