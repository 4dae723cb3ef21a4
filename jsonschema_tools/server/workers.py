"""One process that serves, or several on one socket."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.server.opening import Serving
from jsonschema_tools.server.running import bound, run
from jsonschema_tools.server.tallies import TallyFolder, end_tally
from jsonschema_tools.settings import Config

Started = Callable[[Serving, int, "int | None"], None]
"""Called with what is served, the port, and the number of the worker."""

_SHORT_LIFE_SECONDS = 5.0
_FAILED = 2
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def serve_all(config: Config, *, say: Callable[[str], None], started: Started) -> None:
    """Serve until a signal ends it. Raises what keeps it from beginning."""
    with bound(config.serve) as listening:
        if config.serve.workers == 1:
            _serve(Serving(config, None, say), listening, None, started)
        else:
            with TemporaryDirectory(prefix="jst-serve-") as tallies:
                code = _Workers(config, listening, say, started, Path(tallies)).run()
            sys.exit(code)


def _serve(serving: Serving, listening: socket.socket, worker: int | None, started: Started) -> None:
    port = listening.getsockname()[1]
    run(serving, listening, started=lambda: started(serving, port, worker))


class _Workers:
    """Processes that share a socket. One that dies is replaced, unless it did not live."""

    def __init__(
        self,
        config: Config,
        listening: socket.socket,
        say: Callable[[str], None],
        started: Started,
        tallies: Path,
    ) -> None:
        self._config, self._listening, self._say, self._started = config, listening, say, started
        self._tallies = tallies
        self._processes: dict[int, tuple[int, float]] = {}
        self._stopping = 0

    def run(self) -> int:
        """Start them, pass signals on, and wait for their end; the greatest of their exit codes."""
        # What is wrong with the settings is said once, before there are any.
        Serving(self._config)
        for one in _SIGNALS:
            signal.signal(one, self._pass_on)
        for number in range(self._config.serve.workers):
            self._start(number)
        code = 0
        while self._processes:
            try:
                process, status = os.wait()
            except ChildProcessError:
                break
            code = max(code, self._ended(process, os.waitstatus_to_exitcode(status)))
        return code

    def _start(self, number: int) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if process:
            self._processes[process] = number, time.monotonic()
            return
        code = _FAILED
        try:
            for one in _SIGNALS:
                signal.signal(one, signal.SIG_DFL)
            serving = Serving(self._config, number, self._say, TallyFolder(self._tallies, number))
            _serve(serving, self._listening, number, self._started)
            code = 0
        except SchemaToolsError as error:
            self._say(f"error: {error}")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _ended(self, process: int, code: int) -> int:
        number, since = self._processes.pop(process, (0, 0.0))
        end_tally(self._tallies, number, process)
        if self._stopping:
            # One that was told to end before it could listen to that had taken nothing.
            return 0 if -code in (signal.SIGTERM, signal.SIGINT) else abs(code)
        if time.monotonic() - since < _SHORT_LIFE_SECONDS:
            # It would die again and again.
            self._stopping = 1
            self._signal(signal.SIGTERM)
            return abs(code) or _FAILED
        self._say(f"worker {number} ended with {code}: another one is started")
        self._start(number)
        return 0

    def _pass_on(self, number: int, _frame: Any) -> None:
        if number != signal.SIGHUP:
            self._stopping += 1
        self._signal(number)

    def _signal(self, number: int) -> None:
        for process in list(self._processes):
            try:
                os.kill(process, number)
            except ProcessLookupError:
                continue
