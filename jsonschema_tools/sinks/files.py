"""Events into a file, or a file for each stream: an event counts as written once it is on disk.

While one group of events is written, those that come meanwhile gather to the next: one `fdatasync` is for all of them.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.sinks.event_files import EventFile
from jsonschema_tools.sinks.file_names import stream_file
from jsonschema_tools.sinks.model import Written

_MOST_OPEN = 200
_LONGEST_REST = 0.005
"""Seconds in which events gather before they are written."""
_RESTS = 4
"""That is at most so many times as long as the last write took."""


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
        self._thread = _Thread()
        self._group: _Group | None = None
        self._is_writing = False
        self._rest: asyncio.TimerHandle | None = None
        self._wanted = 0
        self.notes: list[str] = []
        """What has to be said of the files: lines that were torn, files that were put aside."""

    async def open(self) -> None:
        """Open the file; in a folder, mend what a crash left. Raises `OSError` or `UsageError`."""
        await self._thread.call(self._open)

    async def write(self, records: Sequence[AcceptedEvent]) -> Sequence[Written]:
        """Write the events; return once they are as safe as ``fsync`` says."""
        group = self._group
        if group is None:
            group = self._group = _Group(asyncio.get_running_loop().create_future())
        group.requests += 1
        if self._by_stream:
            for record in records:
                group.add(stream_file(self._path, record.stream), line(record.body))
        else:
            group.add(self._path, lines([record.body for record in records]))
        if not self._is_writing:
            # What else comes in this round of the loop is written with it.
            self._is_writing = True
            asyncio.get_running_loop().call_soon(self._write_group)
        elif self._rest is not None and group.requests >= self._wanted:
            self._end_rest()
        failures = await group.done
        if not failures:
            return [None] * len(records)
        if not self._by_stream:
            return [failures.get(self._path)] * len(records)
        return [failures.get(stream_file(self._path, record.stream)) for record in records]

    async def close(self) -> None:
        """Write what was taken, and close."""
        while self._group is not None:
            await self._group.done
        await self._thread.call(self._close)
        self._thread.end()

    def _write_group(self) -> None:
        self._rest, group, self._group = None, self._group, None
        if group is None:
            self._is_writing = False
        else:
            group.began = time.monotonic()
            self._thread.do(partial(self._append, group.parts), partial(self._written, group))

    def _written(self, group: _Group, failures: dict[Path, str]) -> None:
        if not group.done.done():
            group.done.set_result(failures)
        # Where several write at once, a rest lets more of them gather: each `fdatasync` is for all of these. It ends
        # as soon as there are as many as there were.
        waiting = self._group.requests if self._group is not None else 0
        self._wanted = group.requests + waiting
        if self._wanted == 1:
            self._write_group()
            return
        rest = min(_LONGEST_REST, _RESTS * (time.monotonic() - group.began))
        self._rest = asyncio.get_running_loop().call_later(rest, self._write_group)

    def _end_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
            asyncio.get_running_loop().call_soon(self._write_group)

    def _append(self, parts: dict[Path, list[bytes]]) -> dict[Path, str]:
        failures: dict[Path, str] = {}
        for path, texts in parts.items():
            try:
                text = b"".join(texts)
                self._file(path, len(text)).append(text, sync=self._fsync == "always")
            except Exception as error:
                failures[path] = f"{path.name}: {_reason(error)}"
        if self._fsync == "interval" and time.monotonic() >= self._synced_at + self._fsync_seconds:
            self._synced_at = time.monotonic()
            failures |= self._synced(parts)
        return failures

    def _synced(self, parts: Iterable[Path]) -> dict[Path, str]:
        """Have all files on disk. Where one fails, nobody knows of the events of these ``parts``."""
        try:
            for file in self._files.values():
                file.sync()
        except OSError as error:
            return dict.fromkeys(parts, _reason(error))
        return {}

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


class _Thread:
    """A thread that does one thing after the other, and tells the loop: an executor takes several times as long."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def do(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do something that raises nothing; ``then`` is called by the loop with what it returns."""
        loop = asyncio.get_running_loop()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="events", daemon=True)
            self._thread.start()
        self._work.put(lambda: loop.call_soon_threadsafe(then, work()))

    async def call(self, work: Callable[[], None]) -> None:
        """Do something, and wait for it. Raises what it raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def guarded() -> BaseException | None:
            try:
                work()
            except BaseException as error:
                return error
            return None

        def told(error: BaseException | None) -> None:
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        self.do(guarded, told)
        await done

    def end(self) -> None:
        """Let the thread end."""
        self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


class _Group:
    """Lines that are written together, by file, for so many ``requests``; ``done`` is why those of a file failed."""

    def __init__(self, done: asyncio.Future[dict[Path, str]]) -> None:
        self.parts: dict[Path, list[bytes]] = {}
        self.done = done
        self.requests = 0
        self.began = 0.0

    def add(self, path: Path, text: bytes) -> None:
        self.parts.setdefault(path, []).append(text)


def lines(bodies: Sequence[bytes]) -> bytes:
    """The texts of events, each on a line of its own."""
    text = b"\n".join(bodies) + b"\n"
    if text.count(b"\n") == len(bodies) and b"\r" not in text:
        return text
    return b"".join([line(body) for body in bodies])


def line(body: bytes) -> bytes:
    """The text of an event on a line of its own: line breaks in JSON stand between tokens only."""
    if b"\n" in body or b"\r" in body:
        body = body.strip().replace(b"\n", b" ").replace(b"\r", b" ")
    return body + b"\n"


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
