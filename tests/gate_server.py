"""A real HTTP server on the loopback interface that takes events as a gate does, and answers as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Answering = Callable[["GateHandler", Any], object]
"""Answers the request that has brought an event."""


def answered(status: int, body: object = None, **fields: str) -> Answering:
    """Answer with a status code and JSON."""
    content = b"" if body is None else json.dumps(body).encode()
    return lambda handler, _event: handler.answer(status, content, **fields)


class GateHandler(BaseHTTPRequestHandler):
    """Keeps what it is sent; answers 201, or as the next of ``answers`` does."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        gate = self.server.gate
        body = self.rfile.read(int(self.headers["Content-Length"]))
        gate.requests.append((self.path, dict(self.headers)))
        answering = gate.answers.pop(0) if gate.answers else answered(201)
        gate.bodies.append(body)
        answering(self, body)

    def answer(self, status: int, body: bytes, **fields: str) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **fields}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """Say nothing and end the connection."""
        self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, gate: GateServer) -> None:
        super().__init__(("127.0.0.1", 0), GateHandler)
        self.gate = gate
        self.connections = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what the tests are about."""


class GateServer:
    """``bodies`` are the events that came, ``requests`` path and headers of each; ``answers`` those of the next ones."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.answers: list[Answering] = []
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def events(self) -> list[Any]:
        return [json.loads(body) for body in self.bodies]

    @property
    def connections(self) -> int:
        return self._server.connections

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
