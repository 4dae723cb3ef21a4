"""A gate in this process, on a thread of its own: for tests of what sends events."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from jsonschema_tools.events.model import EventError
from jsonschema_tools.intake.model import AcceptedEvent, Outcome
from jsonschema_tools.server.opening import Serving, check_installed
from jsonschema_tools.server.running import bound, serve
from jsonschema_tools.settings import Config
from jsonschema_tools.sinks.model import EventSink


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event that the gate did not accept, and what is wrong with it."""

    event: Any
    errors: tuple[EventError, ...]


class LocalGate:
    """A real server at ``url``; ``accepted`` are the events that it accepted, ``refused`` those that it did not.

    Use it as a context manager. It listens on a free port, and writes no file unless a sink of the settings does.
    """

    def __init__(self, config: Config, sink: EventSink | None = None) -> None:
        check_installed()
        config = replace(config, serve=replace(config.serve, port=0, output="none", host="127.0.0.1"))
        self.serving = Serving(config)
        self.gate = self.serving.gate
        if sink is not None:
            self.gate.sink, self.gate.sinks[0], self.gate.writes_nothing = sink, sink, False
        self.gate.told.append(self._take)
        self.accepted: list[Any] = []
        self.refused: list[RefusedEvent] = []
        self._listening = bound(config.serve)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._started = threading.Event()
        self._end: Callable[[], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="gate", daemon=True)

    def clear(self) -> None:
        """Forget the events so far."""
        self.accepted.clear()
        self.refused.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._loop is not None and self._end is not None:
            self._loop.call_soon_threadsafe(self._end)
        self._thread.join()
        self._listening.close()

    def _run(self) -> None:
        from uvloop import new_event_loop

        try:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                self._loop = runner.get_loop()
                runner.run(serve(self.serving, self._listening, started=self._started.set, stopping=self._keep_end))
        finally:
            self._started.set()

    def _keep_end(self, end: Callable[[], None]) -> None:
        self._end = end

    def _take(self, accepted: Sequence[AcceptedEvent], outcomes: Sequence[Outcome]) -> None:
        self.accepted.extend(json.loads(record.body) for record in accepted)
        self.refused.extend(RefusedEvent(_event(outcome.raw), outcome.errors) for outcome in outcomes)


def _event(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw


def local_gate(base: Path | str, streams: Path | str | None = None, **settings: Any) -> LocalGate:
    """The gate of a repository and a file of streams; ``settings`` are those of `ServeSettings`."""
    from jsonschema_tools.repository.configuration import load_config

    config = load_config(Path(base), overrides={"streams": str(streams)} if streams else None)
    return LocalGate(replace(config, serve=replace(config.serve, **settings)))
