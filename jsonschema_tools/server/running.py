"""A gate on a socket: uvicorn, signals, start and end."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from jsonschema_tools.errors import UsageError
from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.opening import Serving
from jsonschema_tools.server.protocol import protocol_class
from jsonschema_tools.server.tallies import publish
from jsonschema_tools.settings import ServeSettings

_BACKLOG = 2048
_KILLED = 137


def bound(settings: ServeSettings) -> socket.socket:
    """A socket that listens where the settings say. Raises `UsageError`."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}",
            remedy="Stop what listens there, or choose another --port (0 is any free one).",
        ) from error


def run(serving: Serving, listening: socket.socket, *, started: Callable[[], None]) -> None:
    """Serve until a signal ends it. ``started`` is called when the sink is open. Raises what keeps it from opening."""
    from uvloop import new_event_loop

    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(serving, listening, started=started))


async def serve(
    serving: Serving,
    listening: socket.socket,
    *,
    started: Callable[[], None],
    stopping: Callable[[Callable[[], None]], None] | None = None,
) -> None:
    """What `run` does, on a loop that there is. ``stopping`` is given what ends it; without, signals do."""
    gate, loop = serving.gate, asyncio.get_running_loop()
    server = _server(serving.application, gate.settings)
    await gate.open()
    reloader = serving.reloader()
    stop = _Stop(gate, server)
    if stopping is not None:
        stopping(stop)
    else:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: gate.in_background(reloader.reload()))
    seconds = gate.settings.reload_seconds
    watching = loop.create_task(reloader.watch(seconds)) if seconds else None
    ended = asyncio.Event()
    publishing = loop.create_task(publish(serving.tally, serving.tallies, ended)) if serving.tallies else None
    started()
    await server.serve(sockets=[listening])
    if watching is not None:
        watching.cancel()
    try:
        await gate.finish(stop.seconds)
    finally:
        ended.set()
        serving.close()
        if publishing is not None:
            await publishing


class _Stop:
    """The first signal ends the gate in order, the second one at once."""

    def __init__(self, gate: Gate, server: Any) -> None:
        self._gate, self._server = gate, server
        self._until: float | None = None

    @property
    def seconds(self) -> float:
        """How much is left of the time for ending."""
        whole = self._gate.settings.limits.drain_seconds
        return whole if self._until is None else max(0.0, self._until - time.monotonic())

    def __call__(self) -> None:
        if self._gate.admission.draining:
            os._exit(_KILLED)
        self._gate.admission.draining = True
        self._until = time.monotonic() + self._gate.settings.limits.drain_seconds
        self._server.should_exit = True


def _server(application: Any, settings: ServeSettings) -> Any:
    from uvicorn import Config, Server

    class OwnSignals(Server):
        """A server that leaves signals to us."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    limits = settings.limits
    return OwnSignals(
        Config(
            application,
            http=protocol_class(limits),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            timeout_keep_alive=int(limits.idle_seconds),
            timeout_graceful_shutdown=math.ceil(limits.drain_seconds),
        )
    )
