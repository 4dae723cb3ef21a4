"""Servers that never come to an end: no thread and no process waits for them longer than it has to."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jsonschema_tools.lookup.fetching import Fetcher, Unavailable
from tests.conftest import Scratch

pytestmark = pytest.mark.search

DRIPS = {
    "nothing": b"",
    "status line": b"HTTP/1.1 ",
    "headers": b"HTTP/1.1 200 OK\r\nX-Name: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
}


@contextmanager
def dripping(start: bytes) -> Iterator[int]:
    """A server that begins an answer and then sends a byte now and again, for ever; its port."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection:
            try:
                connection.sendall(start)
                while not over.wait(0.02):
                    connection.sendall(b"x" if start else b"")
            except OSError:
                return

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            with socket.socket() as last:
                last.connect(("127.0.0.1", server.getsockname()[1]))


def fetching_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "(answer)" in thread.name]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("start", DRIPS)
def test_no_thread_is_left(start: str, scheme: str) -> None:
    fetcher = Fetcher(lambda _: True, timeout=0.2, size_limit=10**6)
    with dripping(DRIPS[start]) as port:
        for _ in range(3):
            with pytest.raises(Unavailable):
                fetcher.fetch(f"{scheme}://127.0.0.1:{port}/a/1.0.0")
        for _ in range(250):
            if not fetching_threads():
                break
            time.sleep(0.02)
        assert not fetching_threads()


def test_tls_still_works(tmp_path: Path) -> None:
    """A certificate that nobody signed is told as such, so the handshake took place."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*command, "-subj", "/CN=localhost", "-days", "2"], cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    def serve() -> None:
        connection, _ = server.accept()
        with connection, pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(connection, server_side=True).recv(1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(Unavailable) as told:
            Fetcher(lambda _: True, 2, 10**6).fetch(f"https://127.0.0.1:{server.getsockname()[1]}/a")
        thread.join()
    assert told.value.reason == "its certificate is not trusted"


@pytest.mark.parametrize(
    "command", [["materialize-all"], ["resolve", "/x/1.0.0"], ["validate", "events.jsonl", "--jobs", "2"]], ids=" ".join
)
def test_an_interrupt_ends_the_wait(scratch: Scratch, command: list[str]) -> None:
    """The server is asked, and would be waited for for a minute and a half."""
    with dripping(b"HTTP/1.1 200 OK\r\nX: ") as port:
        scratch.write(
            ".jsonschema-tools.yaml",
            f"schemaBasePath: jsonschema\nschemaBaseUris: [http://127.0.0.1:{port}/base]\n",
        )
        scratch.write("jsonschema/a/current.yaml", "title: a\n$id: /a/1.0.0\nallOf: [{$ref: /x/1.0.0}]\n")
        scratch.write("events.jsonl", '{"$schema": "/a/1.0.0"}\n' * 20_000)
        command = [sys.executable, "-m", "jsonschema_tools", *command]
        with subprocess.Popen(command, cwd=scratch.root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
            time.sleep(1.5)
            assert running.poll() is None
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=20) == 130
            assert running.stderr is not None
            assert b"Traceback" not in running.stderr.read()
    assert not (scratch.root / ".git/jst").exists() or os.listdir(scratch.root / ".git/jst") == ["lock"]
