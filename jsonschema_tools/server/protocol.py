"""HTTP/1.1 as uvicorn speaks it, with the limits that it leaves to others: on a request's head, and on its time."""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema_tools.settings import Limits

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_LONG_URI = b"HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_GRACE_SECONDS = 1.0
WHOLE = "jst.whole"
"""In the scope of a request whose body is there already, and has not to be waited for."""

_FULL = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"


WHOLE_ANSWER = "jst.whole_answer"
"""The extension of ASGI by which `write_whole` finds the connection of a request."""


def write_whole(cycle: Any, head: bytes, body: bytes) -> bool:
    """Write an answer at once, which takes a third of the time of two messages. Whether that could be done.

    ``head`` has all headers but those that every answer of the server has.
    """
    if cycle.disconnected or cycle.response_started or cycle.flow.write_paused:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    common = b"".join([b"%b: %b\r\n" % header for header in cycle.default_headers])
    end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
    cycle.transport.write(b"".join((head, common, end, body)))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


@cache
def protocol_class(limits: Limits) -> type[HttpToolsProtocol]:
    """The protocol with these limits."""
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class LimitedProtocol(HttpToolsProtocol):
        """A connection whose requests have bounded heads that come in bounded time."""

        _head_size = 0
        _in_head = True
        _waiting: TimerHandle | None = None
        _receiving: TimerHandle | None = None

        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > limits.connections:
                self._end(_FULL)
                return
            self._expect_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            self._stop_receiving()
            super().connection_lost(exc)

        def eof_received(self) -> bool:  # type: ignore[override]
            # Who has sent a whole request, and closed its half, still waits for the answer.
            busy: Any = self.cycle
            if busy is None or busy.response_complete or busy.more_body or not self._in_head:
                return False
            busy.keep_alive = False
            return True

        def data_received(self, data: bytes) -> None:
            if self._in_head:
                self._head_size += len(data)
            if self.transport.is_closing():
                return
            super().data_received(data)
            if not self._in_head:
                self._expect_body()
            elif self._head_size > limits.header:
                self._end(_LONG_URI if len(self.url_so_far) > limits.uri else _TOO_LARGE)
            elif self._head_size and self._waiting is None:
                self._expect_head()

        def send_400_response(self, msg: str) -> None:
            busy: Any = self.cycle
            if self.pipeline:
                self.transport.close()
            elif busy is None or busy.response_complete or busy.more_body:
                super().send_400_response(msg)
            else:
                # What is wrong came behind a good request, which has its own answer.
                busy.keep_alive = False
                self.transport.pause_reading()

        @property
        def url_so_far(self) -> bytes:
            return getattr(self, "url", b"")

        def on_headers_complete(self) -> None:
            # What came counts the beginning of the body, too: only a lot is looked at closely.
            may_be_large = self._head_size > limits.header
            self._in_head, self._head_size = False, 0
            self._stop_waiting()
            if len(self.url) > limits.uri:
                self._end(_LONG_URI)
            elif may_be_large and sum(len(name) + len(value) + 4 for name, value in self.headers) > limits.header:
                self._end(_TOO_LARGE)
            else:
                super().on_headers_complete()
                self.scope["extensions"] = {WHOLE_ANSWER: self.cycle}  # type: ignore[dict-item]

        def on_message_complete(self) -> None:
            self._in_head = True
            self._stop_receiving()
            scope: Any = self.scope
            scope[WHOLE] = True
            if not self.transport.is_closing():
                super().on_message_complete()

        def on_body(self, body: bytes) -> None:
            if not self.transport.is_closing():
                super().on_body(body)

        def _expect_head(self) -> None:
            self._waiting = self.loop.call_later(limits.head_seconds, self._end, _SLOW)

        def _stop_waiting(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

        def _expect_body(self) -> None:
            # Whoever reads the body has its own deadline: this one is for what nobody reads, as it is refused already.
            if self._receiving is None and not self.transport.is_closing():
                self._receiving = self.loop.call_later(limits.body_seconds + _GRACE_SECONDS, self.transport.close)

        def _stop_receiving(self) -> None:
            if self._receiving is not None:
                self._receiving.cancel()
                self._receiving = None

        def _end(self, answer: bytes) -> None:
            self._stop_waiting()
            self._stop_receiving()
            busy: Any = self.cycle
            if not self.transport.is_closing():
                if busy is None or busy.response_complete:
                    self.transport.write(answer)
                self.transport.close()

    return LimitedProtocol
