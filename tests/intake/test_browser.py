"""A real browser: it opens the page of the gate, and a page of another origin sends events.

Run with ``pytest -m browser``; Chromium has to be installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.intake.conftest import order
from tests.intake.processes import Process, serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>a page of another origin</title><script type="module">
const gate = %(gate)s, events = %(events)s;
const send = async (event, type) => {
  const reply = await fetch(gate, {method: "POST", headers: {"content-type": type}, body: JSON.stringify(event)});
  return {status: reply.status, body: await reply.text()};
};
const found = {beacon: navigator.sendBeacon(gate, JSON.stringify(events.beacon))};
found.json = await send(events.json, "application/json").catch(String);
found.text = await send(events.text, "text/plain").catch(String);
found.refused = await send(events.refused, "application/json").catch(String);
await fetch("/found", {method: "POST", body: JSON.stringify(found)});
</script>"""


class Pages(ThreadingHTTPServer):
    """Serves one page, and keeps what it says it has found."""

    def __init__(self, page: str) -> None:
        self.page, self.found = page.encode(), list[Any]()
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        self._answer(self.server.page)

    def do_POST(self) -> None:
        self.server.found.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def pages(page: str) -> Iterator[Pages]:
    with Pages(page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def command(folder: Path, *arguments: str) -> list[str]:
    """Chromium without a window, and with a profile of its own; root may not use its sandbox."""
    assert CHROMIUM is not None
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
    return [CHROMIUM, *options, f"--user-data-dir={folder / 'profile'}", *arguments]


@contextmanager
def opened(folder: Path, url: str) -> Iterator[None]:
    """A browser that has a page open."""
    browser = subprocess.Popen(
        command(folder, "--remote-debugging-port=0", url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        browser.terminate()
        browser.wait(20)


def waited_for(pages: Pages, seconds: float = 60) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while not pages.found and time.monotonic() < end:
        time.sleep(0.1)
    assert pages.found, "the page has not come to its end"
    found: dict[str, Any] = pages.found[0]
    return found


@pytest.fixture(params=["default", "eventgate"])
def gate(request: pytest.FixtureRequest, schemas: Path, tmp_path: Path) -> Iterator[Process]:
    with serving(schemas, "--profile", request.param, "--output", str(tmp_path / "events.jsonl")) as started:
        yield started


def test_it_shows_the_page_of_the_gate(gate: Process, tmp_path: Path) -> None:
    shown = subprocess.run(
        command(tmp_path, "--dump-dom", f"{gate.url}/?doc"), capture_output=True, text=True, timeout=90, check=True
    )
    assert "<h1>" in shown.stdout
    assert "POST /v1/events" in shown.stdout


def test_a_page_of_another_origin_sends_events(gate: Process, tmp_path: Path) -> None:
    events = {name: order(id=name) for name in ("beacon", "json", "text")} | {"refused": order(id=5)}
    page = PAGE % {"gate": json.dumps(f"{gate.url}/v1/events"), "events": json.dumps(events)}
    with pages(page) as server, opened(tmp_path, f"http://127.0.0.1:{server.server_port}/"):
        found = waited_for(server)
    assert gate.stop() == 0
    written = [json.loads(line)["id"] for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert sorted(written) == ["beacon", "json", "text"]
    assert found["beacon"] is True
    assert (found["json"]["status"], found["text"]["status"], found["refused"]["status"]) == (201, 201, 400)
    assert "id" in found["refused"]["body"]


def test_no_other_origin_where_none_may(schemas: Path, tmp_path: Path) -> None:
    """A browser asks before it sends JSON, and does not send it; a text it sends, but shows no answer."""
    events = {name: order(id=name) for name in ("beacon", "json", "text", "refused")}
    with serving(schemas, "--cors", "", "--output", str(tmp_path / "events.jsonl")) as gate:
        page = PAGE % {"gate": json.dumps(f"{gate.url}/v1/events"), "events": json.dumps(events)}
        with pages(page) as server, opened(tmp_path, f"http://127.0.0.1:{server.server_port}/"):
            found = waited_for(server)
        assert gate.stop() == 0
    written = [json.loads(line)["id"] for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert sorted(written) == ["beacon", "text"]
    assert all("Failed to fetch" in found[name] for name in ("json", "text", "refused"))
