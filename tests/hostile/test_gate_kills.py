"""A gate under load that is killed, or told to end: what was answered is in the file, and no line is torn.

``JST_KILLS=500`` does each fifty times; by default it is a tenth.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from tests.intake.conftest import JSON, order, write_schema
from tests.intake.processes import eventually, serving

pytestmark = pytest.mark.search

ROUNDS = max(1, int(os.environ.get("JST_KILLS", "50")) // 10)
SENDERS = 4


class Load:
    """Sends events, each with an id of its own, from several threads until the gate is gone.

    ``answered`` are the ids of those whose answer was one of the statuses; ``name`` tells several of them apart.
    ``pause`` is how many seconds a thread waits before its next request.
    """

    def __init__(
        self, url: str, path: str, *statuses: int, name: str = "", size: int = 500, pause: float = 0.0
    ) -> None:
        self.answered: list[str] = []
        self.other: list[int] = []
        self._address, self._path, self._statuses = urlsplit(url), path, statuses
        self._name, self._note, self._pause = name, "é" * size, pause
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)

    def _send(self, sender: int) -> None:
        connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=10)
        count = 0
        try:
            while True:
                ids = [f"{self._name}{sender}-{count + each}" for each in range(1 + count % 5)]
                count += len(ids)
                body = json.dumps([order(id=one, note=self._note) for one in ids], indent=count % 2)
                connection.request("POST", self._path, body, JSON)
                reply = connection.getresponse()
                status = reply.status
                reply.read()
                if status in self._statuses:
                    self.answered += ids
                else:
                    self.other.append(status)
                time.sleep(self._pause)
        except (OSError, http.client.HTTPException):
            connection.close()


def written(path: Path) -> list[str]:
    text = path.read_bytes()
    assert text.endswith(b"\n") or not text
    return [json.loads(line)["id"] for line in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_schema(tmp_path, "shop/order", "1.0.0", {"type": "object", "properties": {"id": {"type": "string"}}})
    return tmp_path


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_201_is_in_the_file_after_a_kill(folder: Path, seed: int) -> None:
    output = folder / "events.jsonl"
    with serving(folder, "--output", str(output)) as gate:
        load = Load(gate.url, "/v1/events", 201)
        eventually(lambda: len(load.answered) > 10)
        time.sleep(Random(seed).random())
        gate.process.send_signal(signal.SIGKILL)
        load.join()
    with serving(folder, "--output", str(output)) as gate:
        gate.stop()
    found = written(output)
    assert set(load.answered) <= set(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_202_is_in_the_file_after_an_end_in_order(folder: Path, seed: int) -> None:
    output = folder / "events.jsonl"
    with serving(folder, "--output", str(output)) as gate:
        load = Load(gate.url, "/v1/events?hasty", 202)
        eventually(lambda: len(load.answered) > 10)
        time.sleep(Random(seed).random())
        assert gate.stop() == 0
        load.join()
    assert set(load.answered) <= set(written(output))
    assert set(load.other) <= {503}
