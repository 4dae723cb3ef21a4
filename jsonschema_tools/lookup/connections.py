"""The connections of one fetch over HTTP, so that it can be ended from outside."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from http.client import HTTPResponse
    from urllib.request import OpenerDirector


class Line:
    """The connections of one fetch, which another thread may cut."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._is_cut = False
        self._lock = threading.Lock()

    def opened(self, connection: socket.socket) -> None:
        """Know of a connection. Raises `TimeoutError` when it comes too late."""
        with self._lock:
            # One of our own: TLS takes the other away.
            self._sockets.append(connection.dup())
            if self._is_cut:
                raise TimeoutError

    def cut(self) -> None:
        """End every wait for these connections."""
        import socket

        with self._lock:
            self._is_cut = True
            for connection in self._sockets:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """The fetch is over."""
        with self._lock:
            while self._sockets:
                self._sockets.pop().close()


def opener() -> OpenerDirector:
    """What opens URLs, hands out redirects and errors like any answer, and notes connections in the request's line."""
    from urllib.request import HTTPErrorProcessor, HTTPHandler, HTTPSHandler, Request, build_opener

    class AsTheyAre(HTTPErrorProcessor):
        def http_response(self, request: Request, response: HTTPResponse) -> HTTPResponse:
            return response

        https_response = http_response

    class Noted(HTTPSHandler, HTTPHandler):
        def do_open(self, http_class: Any, req: Any, **settings: Any) -> HTTPResponse:
            def made(host: str, **more: Any) -> Any:
                connection = http_class(host, **more)
                connect = connection._create_connection

                def connected(*arguments: Any) -> socket.socket:
                    opened: socket.socket = connect(*arguments)
                    req.line.opened(opened)
                    return opened

                connection._create_connection = connected
                return connection

            return super().do_open(made, req, **settings)

    return build_opener(AsTheyAre, Noted)
