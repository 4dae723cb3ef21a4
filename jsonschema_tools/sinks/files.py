"""Events into a file, or a file for each stream: an event counts as written once it is on disk.

While one group of events is written, those that come meanwhile gather to the next: one `fdatasync` is for all of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.sinks.event_files import EventFile
from jsonschema_tools.sinks.file_names import stream_file
from jsonschema_tools.sinks.model import Written

_MOST_OPEN = 200


class FileSink:
    """A file sink.

    Args:
        path: the file, or with ``by_stream`` the folder.
        by_stream: a file for each stream.
        fsync: ``always`` before a write counts, at an ``interval``, or ``never``.
        fsync_seconds: that interval.
        rotate_bytes: put a file aside before it gets larger; 0: never.
        rotate_seconds: put a file aside when it is older; 0: never.
    """

    def __init__(
        self,
        path: Path,
        *,
        by_stream: bool = False,
        fsync: str = "always",
        fsync_seconds: float = 1.0,
        rotate_bytes: int = 0,
        rotate_seconds: float = 0.0,
    ) -> None:
        self._path, self._by_stream = path, by_stream
        self._fsync, self._fsync_seconds = fsync, fsync_seconds
        self._rotate_bytes, self._rotate_seconds = rotate_bytes, rotate_seconds
        self._files: dict[Path, EventFile] = {}
        self._synced_at = 0.0
        self._thread = ThreadPoolExecutor(1, "events")
        self._group: _Group | None = None
        self._writing: asyncio.Task[None] | None = None
        self.notes: list[str] = []
        """What has to be said of the files: lines that were torn, files that were put aside."""

    async def open(self) -> None:
        """Open the file; in a folder, mend what a crash left. Raises `OSError` or `UsageError`."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    async def write(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Write the events; return once they are as safe as ``fsync`` says."""
        group = self._group
        if group is None:
            group = self._group = _Group(asyncio.get_running_loop().create_future())
        if self._by_stream:
            for record in records:
                group.add(stream_file(self._path, record.stream), line(record.body))
        else:
            group.add(self._path, b"".join([line(record.body) for record in records]))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_groups())
        failures = await group.done
        if not failures:
            return [None] * len(records)
        if not self._by_stream:
            return [failures.get(self._path)] * len(records)
        return [failures.get(stream_file(self._path, record.stream)) for record in records]

    async def close(self) -> None:
        """Write what was taken, and close."""
        while self._writing is not None:
            await asyncio.wait([self._writing])
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    async def _write_groups(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while (group := self._group) is not None:
                self._group = None
                failures = await loop.run_in_executor(self._thread, partial(self._append, group.parts))
                if not group.done.done():
                    group.done.set_result(failures)
        finally:
            self._writing = None

    def _append(self, parts: dict[Path, list[bytes]]) -> dict[Path, str]:
        failures: dict[Path, str] = {}
        for path, texts in parts.items():
            try:
                text = b"".join(texts)
                self._file(path, len(text)).append(text, sync=self._fsync == "always")
            except Exception as error:
                failures[path] = f"{path.name}: {getattr(error, 'strerror', None) or error}"
        if self._fsync == "interval" and time.monotonic() >= self._synced_at + self._fsync_seconds:
            self._synced_at = time.monotonic()
            for file in self._files.values():
                file.sync()
        return failures

    def _file(self, path: Path, more: int) -> EventFile:
        file = self._files.get(path)
        if file is not None and self._is_full(file, more):
            del self._files[path]
            self.notes.append(f"{path} was put aside as {file.set_aside().name}")
            file = None
        if file is None:
            while len(self._files) >= _MOST_OPEN:
                self._files.pop(next(iter(self._files))).close()
            file = self._files[path] = self._opened(path)
        return file

    def _is_full(self, file: EventFile, more: int) -> bool:
        if not file.size:
            return False
        large = self._rotate_bytes and file.size + more > self._rotate_bytes
        return bool(large or (self._rotate_seconds and time.time() - file.opened_at > self._rotate_seconds))

    def _opened(self, path: Path) -> EventFile:
        file = EventFile(path)
        if file.cut:
            self.notes.append(f"{path}: {file.cut} bytes of a torn last line were cut off")
        return file

    def _open(self) -> None:
        if not self._by_stream:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._files[self._path] = self._opened(self._path)
            return
        self._path.mkdir(parents=True, exist_ok=True)
        for path in sorted(self._path.glob("*.jsonl")):
            self._opened(path).close()

    def _close(self) -> None:
        while self._files:
            self._files.popitem()[1].close(sync=self._fsync != "never")


class _Group:
    """Lines that are written together, by file; ``done`` is why those of a file failed."""

    def __init__(self, done: asyncio.Future[dict[Path, str]]) -> None:
        self.parts: dict[Path, list[bytes]] = {}
        self.done = done

    def add(self, path: Path, text: bytes) -> None:
        self.parts.setdefault(path, []).append(text)


def line(body: bytes) -> bytes:
    """The text of an event on a line of its own: line breaks in JSON stand between tokens only."""
    if b"\n" in body or b"\r" in body:
        body = body.strip().replace(b"\n", b" ").replace(b"\r", b" ")
    return body + b"\n"
