"""A schema repository on a real HTTP server on the loopback interface, with faults to switch on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Fault = Callable[["Handler"], object]
"""Answers a request in its own way."""


def status(code: int, body: bytes = b"sorry") -> Fault:
    """Answer with a status code."""
    return lambda handler: handler.answer(code, body)


def redirect(location: str, code: int = 302) -> Fault:
    """Send the client elsewhere."""
    return lambda handler: handler.answer(code, b"moved", Location=location)


def headers(body: bytes, **fields: str) -> Fault:
    """Answer 200 with header fields of choice; ``_`` stands for ``-``."""
    return lambda handler: handler.answer(200, body, **{name.replace("_", "-"): v for name, v in fields.items()})


def raw(content: bytes) -> Fault:
    """Send bytes that need not be HTTP, then hang up."""
    return lambda handler: handler.send(content)


def silent(handler: Handler) -> None:
    """Accept the request and say nothing."""
    handler.server.stopped.wait()


def endless(handler: Handler) -> None:
    """A body without an end."""
    handler.send(b"HTTP/1.0 200 OK\r\n\r\n")
    while handler.send(b"# more\n" * 10_000):
        pass


def dripping(start: bytes) -> Fault:
    """After the start one byte at a time, each soon enough for a time-out of a single read."""

    def drip(handler: Handler) -> None:
        handler.send(start)
        while not handler.server.stopped.wait(0.02) and handler.send(b"x"):
            pass

    return drip


class Handler(BaseHTTPRequestHandler):
    """Serves ``documents``, unless the path has a fault."""

    server: _Server

    def do_GET(self) -> None:
        served = self.server.served
        served.requests.append(self.path)
        fault = served.faults.get(self.path, served.faults.get("*"))
        body = served.documents.get(self.path)
        if fault is not None:
            fault(self)
        elif body is not None:
            self.answer(200, body)
        else:
            self.answer(404, b"none")

    def answer(self, code: int, body: bytes, **fields: str) -> None:
        self.send_response_only(code)
        for name, value in {"Content-Length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.send(body)

    def send(self, content: bytes) -> bool:
        """Whether the client took it."""
        try:
            self.wfile.write(content)
        except OSError:
            return False
        return not self.server.stopped.is_set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, served: SchemaServer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.served = served
        self.stopped = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what the tests are about."""


class SchemaServer:
    """``documents`` and ``faults`` are by path (``*``: every path), ``requests`` are the paths asked for so far."""

    def __init__(self, documents: dict[str, bytes] | None = None) -> None:
        self.documents = documents or {}
        self.faults: dict[str, Fault] = {}
        self.requests: list[str] = []
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def host(self) -> str:
        """``address:port``."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Kill the server: from now on it refuses connections."""
        if not self._server.stopped.is_set():
            self._server.stopped.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
