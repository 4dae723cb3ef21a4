"""Events on standard output, one on each line."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.sinks.files import line
from jsonschema_tools.sinks.model import Written


class ConsoleSink:
    """Writes to a descriptor; a reader that is slow makes events wait."""

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor = descriptor
        self._thread = ThreadPoolExecutor(1, "events")

    async def open(self) -> None:
        """Nothing is to be opened."""

    async def write(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Write the events."""
        text = b"".join([line(record.body) for record in records])
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._write, text)
        except OSError as error:
            return [f"standard output: {error.strerror}"] * len(records)
        return [None] * len(records)

    async def close(self) -> None:
        """Write what was taken."""
        await asyncio.to_thread(self._thread.shutdown)

    def _write(self, text: bytes) -> None:
        left = memoryview(text)
        while left:
            left = left[os.write(self._descriptor, left) :]


class NoSink:
    """Events are judged only."""

    async def open(self) -> None:
        """Nothing is to be opened."""

    async def write(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Take them, and forget them."""
        return [None] * len(records)

    async def close(self) -> None:
        """Nothing is to be closed."""
