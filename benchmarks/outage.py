"""What a gate answers while its Kafka is away: ``python -m benchmarks.outage [--seconds 6]``.

A real broker (Java and Maven are needed) is stopped with SIGSTOP under load, and goes on. Printed: how many answers of
which status, and the 99th percentile of the time to them, before, at the first timeouts, with the breaker open, and
afterwards; how long after SIGCONT the first 201 comes; the memory of the gate, also while ten times what librdkafka
queues is offered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.intake import Server, free_port, jst, load, request, write_schemas
from tests.kafka.broker import Kafka

CONNECTIONS = 16
QUEUE = 20_000
OPTIONS = {"queue.buffering.max.messages": QUEUE}


class Answers:
    """Answers to requests, with the time of each: when it came, and how long it took."""

    def __init__(self) -> None:
        self.all: list[tuple[float, int, float]] = []

    def said(self, name: str, server: Server, start: float, end: float) -> None:
        """Print those that came between two moments."""
        found = [(status, took) for at, status, took in self.all if start <= at < end]
        counts = dict(Counter(status for status, _ in found))
        times = sorted(took for _, took in found)
        p99 = times[int(len(times) * 0.99)] * 1000 if times else 0
        print(f"{name:34}{counts!s:34}p99 {p99:8.1f} ms {server.memory():5} MB", flush=True)

    def first(self, status: int, after: float) -> float:
        """How long after a moment the first answer of a status came, in seconds."""
        return min(at for at, found, _ in self.all if found == status and at > after) - after


async def sending(port: int, answers: Answers, batch: int, end: asyncio.Event) -> None:
    """Send on one connection until the end, whatever is answered."""
    text = request(batch)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not end.is_set():
        start = time.monotonic()
        writer.write(text)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        now = time.monotonic()
        answers.all.append((now, int(head.split()[1]), now - start))
        await asyncio.sleep(0.005)
    writer.close()


async def outage(server: Server, broker: Any, seconds: float, batch: int) -> None:
    """Stop the broker for a while under load, and print what was answered."""
    answers, end = Answers(), asyncio.Event()
    senders = [asyncio.create_task(sending(server.port, answers, batch, end)) for _ in range(CONNECTIONS)]
    start = time.monotonic()
    await asyncio.sleep(3)
    stopped = time.monotonic()
    answers.said("before", server, start, stopped)
    broker.signal(signal.SIGSTOP)
    await asyncio.sleep(7)
    opened = time.monotonic()
    answers.said("the first seven seconds without", server, stopped, opened)
    await asyncio.sleep(seconds)
    back = time.monotonic()
    answers.said("with the breaker open", server, opened, back)
    broker.signal(signal.SIGCONT)
    await asyncio.sleep(6)
    end.set()
    await asyncio.gather(*senders)
    print(f"the first 201 came {answers.first(201, back):.2f} s after Kafka went on")
    answers.said("three seconds later", server, back + 3, time.monotonic())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_schemas(folder / "schemas")
        with Kafka(folder / "kafka") as kafka:
            settings = {"schemaBasePath": ".", "serve": {"kafka": OPTIONS}}
            (folder / "schemas" / ".jsonschema-tools.yaml").write_text(json.dumps(settings))
            for batch in (1, 10 * QUEUE // CONNECTIONS):
                limits = ("--max-events", "100000", "--max-body", "100000000")
                with jst(folder, free_port(), "jst", "--kafka", kafka.address, *limits) as server:
                    print(f"\n{CONNECTIONS} connections, {batch} events a request, a queue of {QUEUE}")
                    asyncio.run(load(server.port, 1, 1))
                    asyncio.run(outage(server, kafka.brokers[0], options.seconds, batch))


if __name__ == "__main__":
    main()
