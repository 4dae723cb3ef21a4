"""What a gate rests on, read again: on a signal, and when a file has changed. What is wrong is not taken over."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.intake.judging import Intake
from jsonschema_tools.intake.tokens import TokenTable
from jsonschema_tools.lookup.streams import Streams
from jsonschema_tools.server.gate import Gate

_TIMES_AS_LONG = 20
"""So many times as long as looking took there is a rest before the next look."""

Signature = tuple[tuple[str, int, int], ...]


class Reloader:
    """Keeps a gate up to date.

    Args:
        gate: the gate.
        make_intake: makes an intake of the streams that count now, and new look-up of schemas. It may take its time.
        streams: the stream configuration, if there is one.
        read_tokens: reads the tokens, if there are any.
        watched: files, and folders of schemas.
        say: tells people.
    """

    def __init__(
        self,
        gate: Gate,
        make_intake: Callable[[], Intake],
        streams: Streams | None,
        read_tokens: Callable[[], TokenTable] | None,
        watched: list[Path],
        say: Callable[[str], None],
    ) -> None:
        self._gate, self._make_intake, self._streams = gate, make_intake, streams
        self._read_tokens, self._watched, self._say = read_tokens, watched, say
        self._lock = asyncio.Lock()
        self._seen = signature(watched)
        self._table = streams.table if streams else None

    async def reload(self) -> None:
        """Read everything again; what is wrong is told, and the old goes on to count."""
        async with self._lock:
            seen = await asyncio.to_thread(signature, self._watched)
            try:
                intake, tokens = await asyncio.to_thread(self._read)
            except (SchemaToolsError, OSError) as error:
                self._gate.counts.reload_failures += 1
                self._say(f"not reloaded, what was read before goes on to count: {error}")
            else:
                self._gate.replace(intake, tokens)
                self._table = self._streams.table if self._streams else None
                # What went is full of cycles, and may be large.
                await asyncio.to_thread(gc.collect)
            self._seen = seen

    async def watch(self, seconds: float) -> None:
        """Look for changes now and then, for ever."""
        while True:
            start = time.monotonic()
            if await asyncio.to_thread(self._has_changed):
                await self.reload()
            await asyncio.sleep(max(seconds, (time.monotonic() - start) * _TIMES_AS_LONG))

    def _has_changed(self) -> bool:
        if self._streams is not None:
            # What comes from a server is fetched again when its time is over.
            self._streams.find("")
            if self._streams.table is not self._table:
                return True
        return signature(self._watched) != self._seen

    def _read(self) -> tuple[Intake, TokenTable | None]:
        tokens = self._read_tokens() if self._read_tokens is not None else None
        if self._streams is not None and not self._streams.refresh() and self._streams.failure is not None:
            raise self._streams.failure
        return self._make_intake(), tokens


def signature(paths: list[Path]) -> Signature:
    """What changes when a file is written, or something below a folder is made, renamed or removed."""
    return tuple(entry for path in paths for entry in _entries(path))


def _entries(path: Path) -> Iterator[tuple[str, int, int]]:
    try:
        found = path.stat()
    except OSError:
        yield str(path), 0, 0
        return
    if path.is_dir():
        for folder, names, _ in os.walk(path):
            names[:] = sorted(name for name in names if not name.startswith("."))
            try:
                yield folder, os.stat(folder).st_mtime_ns, 0  # noqa: PTH116 (quicker)
            except OSError:
                yield folder, 0, 0
    else:
        yield str(path), found.st_mtime_ns, found.st_size
