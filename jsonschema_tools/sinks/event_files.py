"""A file of events, one on each line, that has whole lines only: whatever happens, and whoever is killed."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from jsonschema_tools.errors import UsageError

_BLOCK = 65_536
_NOT_SUPPORTED = (errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""What a kernel or a file system says that does not know `os.RWF_DSYNC`."""


class EventFile:
    """An open file of lines, locked against other writers. Its methods block.

    ``size`` is what of it is known to be whole; ``cut`` how many bytes of a torn last line were removed on opening.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened_at = time.time()
        self._is_torn = False
        self._can_sync_at_once = hasattr(os, "RWF_DSYNC")
        is_new = not path.exists()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_APPEND, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise UsageError(
                f"another process writes to {path}", remedy="Stop it, or give this one another --output."
            ) from error
        if is_new:
            _sync_folder(path.parent)
        end = os.fstat(self._descriptor).st_size
        self.size = _end_of_lines(self._descriptor, end)
        self.cut = end - self.size
        if self.cut:
            os.ftruncate(self._descriptor, self.size)
        if self.size:
            self.opened_at = os.fstat(self._descriptor).st_mtime

    def append(self, text: bytes, *, sync: bool) -> None:
        """Append whole lines, all or none, and with ``sync`` have them on disk. Raises `OSError`."""
        if self._is_torn:
            self._mend()
        try:
            written = self._write_and_sync(text) if sync else 0
            if written < len(text):
                left = memoryview(text)[written:]
                while left:
                    left = left[os.write(self._descriptor, left) :]
                if sync:
                    os.fdatasync(self._descriptor)
        except OSError:
            self._is_torn = True
            with suppress(OSError):
                self._mend()
            raise
        self.size += len(text)

    def _write_and_sync(self, text: bytes) -> int:
        """Write, and have on disk, with one call of the system; how many bytes of it, 0 where that cannot be done."""
        if not self._can_sync_at_once:
            return 0
        try:
            return os.pwritev(self._descriptor, [text], 0, os.RWF_DSYNC)
        except OSError as error:
            if error.errno not in _NOT_SUPPORTED:
                raise
            self._can_sync_at_once = False
            return 0

    def _mend(self) -> None:
        """Cut off what was not written whole. Nothing is appended before that."""
        os.ftruncate(self._descriptor, self.size)
        self._is_torn = False

    def sync(self) -> None:
        """Have everything on disk."""
        os.fdatasync(self._descriptor)

    def close(self, *, sync: bool = True) -> None:
        """Have everything on disk, and close."""
        try:
            if sync:
                os.fdatasync(self._descriptor)
        finally:
            os.close(self._descriptor)

    def set_aside(self, *, sync: bool = True) -> Path:
        """Close, and rename in one step to a name with the time: ``events.20260131T120000Z.jsonl``."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        stems = (f"{self.path.stem}.{stamp}{f'-{number}' if number else ''}" for number in count())
        paths = (self.path.with_name(f"{stem}{self.path.suffix}") for stem in stems)
        target = next(path for path in paths if not os.path.lexists(path))
        self.path.rename(target)
        _sync_folder(target.parent)
        self.close(sync=sync)
        return target


def _sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk: without, a new file may be gone after a power failure, with all in it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _end_of_lines(descriptor: int, end: int) -> int:
    """Where the last whole line of a file of ``end`` bytes ends."""
    position = end
    while position > 0:
        start = max(0, position - _BLOCK)
        block = os.pread(descriptor, position - start, start)
        found = block.rfind(b"\n")
        if found >= 0:
            return start + found + 1
        position = start
    return 0
