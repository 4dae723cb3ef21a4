"""Events that wait on disk for Kafka: files of lines, each written to in one run of a gate, the oldest sent first.

An event counts as kept once it is on disk; a file is removed once all of its events are sent. So a gate that is killed
sends some of them twice, and leaves out none.
"""

from __future__ import annotations

import fcntl
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jsonschema_tools.errors import UsageError
from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.sinks.event_files import EventFile
from jsonschema_tools.sinks.spool_lines import restored, spooled

_LARGEST = 8_000_000


@dataclass(slots=True)
class Segment:
    """A file of waiting events; ``topics`` counts those that are not sent, ``size`` is in bytes."""

    path: Path
    topics: Counter[str] = field(default_factory=Counter)
    is_damaged: bool = False
    size: int = 0


class Spool:
    """A folder of segments. Its methods block, and are called on one thread, but for ``waiting`` and ``bytes``.

    ``waiting`` is how many events of a topic wait, or are about to; ``bytes`` is how large the segments are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.segments: list[Segment] = []
        self.waiting: Counter[str] = Counter()
        self.notes: list[str] = []
        self.bytes = 0
        self._file: EventFile | None = None
        self._lock: int | None = None
        self._last = 0

    @property
    def size(self) -> int:
        """How many events wait."""
        return self.waiting.total()

    def open(self, *, only_if_there: bool = False) -> None:
        """Take the folder, and count what waits in it. Raises `OSError`; `UsageError` if another process has it."""
        if self._lock is not None or (only_if_there and not self.folder.is_dir()):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            message = f"another process keeps events in {self.folder}"
            raise UsageError(message, remedy="Stop it, or give this one another --spool.") from error
        self._lock = lock
        for path in sorted(self.folder.glob("*.spool")):
            EventFile(path).close()  # Cuts off what a crash has torn.
            segment = Segment(path, size=path.stat().st_size)
            self.bytes += segment.size
            segment.topics.update(record.topic for record in self.read(segment))
            self._last = max(self._last, int(path.stem) if path.stem.isdigit() else 0)
            self.segments.append(segment)
            self.waiting += segment.topics
        if self.size:
            self.notes.append(f"{self.size} events that wait in {self.folder} are sent to Kafka")

    def append(self, records: Sequence[AcceptedEvent]) -> None:
        """Have events on disk. Raises `OSError` where that cannot be."""
        self.open()
        if self._file is None:
            self._last += 1
            path = self.folder / f"{self._last:012}.spool"
            self._file = EventFile(path)
            _sync_folder(self.folder)
            self.segments.append(Segment(path))
        before = self._file.size
        self._file.append(b"".join(map(spooled, records)), sync=True)
        segment = self.segments[-1]
        segment.topics.update(record.topic for record in records)
        segment.size = self._file.size
        self.bytes += self._file.size - before
        if self._file.size > _LARGEST:
            self.seal()

    def seal(self) -> list[Segment]:
        """The segments so far; what comes now goes to another one."""
        if self._file is not None:
            self._file.close()
            self._file = None
        return list(self.segments)

    def read(self, segment: Segment) -> list[AcceptedEvent]:
        """The events of a segment; lines that are none are passed over, and the file is kept afterwards."""
        found = []
        for text in segment.path.read_bytes().split(b"\n")[:-1]:
            try:
                found.append(restored(text))
            except ValueError:
                segment.is_damaged = True
        return found

    def remove(self, segment: Segment) -> None:
        """All events of a segment are sent."""
        if segment.is_damaged:
            segment.path.rename(segment.path.with_suffix(".damaged"))
        else:
            segment.path.unlink()
        self.segments.remove(segment)
        self.bytes -= segment.size

    def set_aside(self, records: Sequence[tuple[AcceptedEvent, str]]) -> None:
        """Keep events that Kafka will never take, with the reasons, as lines of ``refused.jsonl``."""
        lines = [spooled(record._replace(headers=(*record.headers, ("refused", reason.encode("utf-8", "replace")))))
                 for record, reason in records]  # fmt: skip
        file = EventFile(self.folder / "refused.jsonl")
        try:
            file.append(b"".join(lines), sync=True)
        finally:
            file.close()

    def close(self) -> None:
        """Let go of the folder."""
        self.seal()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
