"""A gate under load for a long time, with refused events and reloads: it stays as small as it was, and loses nothing.

``JST_ENDURANCE=600`` takes ten minutes; by default it is half a minute.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random
from statistics import median
from urllib.parse import urlsplit

import pytest

from tests.intake.conftest import JSON, ask, order, write_schema
from tests.intake.processes import serving

pytestmark = pytest.mark.search

SECONDS = float(os.environ.get("JST_ENDURANCE", "30"))
RELOAD_SECONDS = min(10.0, SECONDS / 10)
SENDERS = 4
REFUSED = 0.05
NAMES = 1000
STREAMS = "streams:\n  shop.order: {schema_title: shop/order}\n  /^many\\./: {schema_title: shop/order}\n"


class Load:
    """Sends events from several threads for a while; one in twenty is refused."""

    def __init__(self, url: str, end: float) -> None:
        self.statuses: Counter[int] = Counter()
        self.accepted = self.refused = 0
        self.broken: list[str] = []
        self._address, self._end, self._lock = urlsplit(url), end, threading.Lock()
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _send(self, sender: int) -> None:
        chance = Random(sender)
        connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=20)
        try:
            while time.monotonic() < self._end:
                body = json.dumps([_event(chance) for _ in range(chance.choice((1, 1, 10, 100)))])
                connection.request("POST", "/v1/events", body, JSON)
                reply = connection.getresponse()
                told = json.loads(reply.read())
                with self._lock:
                    self.statuses[reply.status] += 1
                    self.accepted += told.get("accepted", 0)
                    self.refused += len(told.get("events", []))
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.broken.append(repr(error))
        finally:
            connection.close()


def _event(chance: Random) -> dict[str, object]:
    stream = chance.choice(("shop.order", f"many.{chance.randrange(NAMES)}"))
    good = order(meta={"stream": stream}, count=chance.randrange(1, 10**9), note="é" * chance.randrange(200))
    if chance.random() >= REFUSED:
        return good
    slip = chance.choice(({"count": 0}, {"id": 5}, {"$schema": "/shop/other/1.0.0"}, {"meta": {"stream": "none"}}))
    return good | slip


def resident(process: int) -> int:
    text = Path(f"/proc/{process}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


def lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


def test_it_stays_small_and_loses_nothing(tmp_path: Path) -> None:
    properties = {"id": {"type": "string", "maxLength": 40}, "count": {"type": "integer", "minimum": 1}}
    write_schema(tmp_path / "base", "shop/order", "1.0.0", {"type": "object", "properties": properties})
    (tmp_path / "streams.yaml").write_text(STREAMS)
    output, errors = tmp_path / "events.jsonl", tmp_path / "refused.jsonl"
    options = ("--streams", str(tmp_path / "streams.yaml"), "--output", str(output), "--errors", str(errors))
    with serving(tmp_path / "base", *options) as gate:
        start = time.monotonic()
        load = Load(gate.url, start + SECONDS)
        sizes: list[int] = []
        reloads = 0
        while time.monotonic() < start + SECONDS:
            time.sleep(RELOAD_SECONDS / 10)
            sizes.append(resident(gate.process.pid))
            if time.monotonic() > start + (reloads + 1) * RELOAD_SECONDS:
                gate.process.send_signal(signal.SIGHUP)
                reloads += 1
        load.join()
        lost = ask(gate.url, "GET", "/metrics").body.decode().partition("\njst_refused_events_lost_total ")[2]
        assert gate.stop() == 0
    before, after = _median(sizes, 0.2, 0.3), _median(sizes, 0.9, 1.0)
    print(f"{load.accepted} accepted, {load.refused} refused, {dict(load.statuses)}, {reloads} reloads")
    print(f"memory {before} kB, at the end {after} kB ({after / before - 1:+.1%}), at most {max(sizes)} kB")
    assert not load.broken
    assert set(load.statuses) <= {201, 207, 400}
    assert reloads >= 8
    assert 0.03 < load.refused / (load.refused + load.accepted) < 0.07
    assert lines(output) == load.accepted
    assert lines(errors) + float(lost.partition("\n")[0]) == load.refused
    assert after < before * 1.1
    assert not any("Traceback" in line for line in gate.said)


def _median(sizes: list[int], start: float, end: float) -> float:
    return median(sizes[int(len(sizes) * start) : max(int(len(sizes) * end), int(len(sizes) * start) + 1)])
