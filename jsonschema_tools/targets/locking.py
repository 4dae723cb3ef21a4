"""A lock for a target that is a file or a folder: a file beside it, which goes with the run."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from jsonschema_tools.targets.model import TargetError

SUFFIX = ".jst-lock"


class FileLock:
    """Keeps other loaders out of a file or folder, until it is released or the process ends."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(f"{target.name}{SUFFIX}")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises `TargetError` where another run has it, or none can be had."""
        if find_spec("fcntl") is None:
            raise self._error("this system has no POSIX file locks", "Run it on Linux or macOS.")
        import fcntl

        try:
            while self._descriptor is None:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(descriptor)
                    raise self._error("another run of jst loads into it", "Wait for its end, or end it.") from None
                # Whoever had the lock removes the file, and then this is a lock on nothing.
                if self._is_there(descriptor):
                    self._descriptor = descriptor
                else:
                    os.close(descriptor)
        except OSError as error:
            raise self._error(f"it cannot be locked: {error.strerror}", "Make its folder, writable for you.") from error

    def release(self) -> None:
        """Let others in."""
        if self._descriptor is not None:
            with suppress(OSError):
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = None

    def _is_there(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.lstat())
        except OSError:
            return False

    def _error(self, message: str, remedy: str) -> TargetError:
        return TargetError(message, source=str(self._target), remedy=remedy)
