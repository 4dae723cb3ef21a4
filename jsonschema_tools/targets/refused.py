"""The file of refused events: each is in it exactly once, since its length is committed with the rows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from jsonschema_tools.targets.model import Progress, TargetError


class RefusedFile:
    """A file that grows by lines, and is cut to what was committed when it is opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = f"refused:{path.absolute()}"
        """What its length is called in the progress of a target."""
        self._stream: IO[bytes] | None = None

    def open(self, progress: Progress) -> None:
        """Open it, without what a killed run left. Raises `TargetError`, also for a file that has something else."""
        try:
            self._stream = self._path.open("ab")
            self._lock()
            size = self._stream.tell()
            if self.name not in progress and size:
                raise TargetError(
                    "the file for refused events has something already, and is none of this target's",
                    source=str(self._path),
                    remedy="Name another file, or move this one away.",
                )
            self._stream.truncate(min(size, int(progress.get(self.name, "0"))))
            self._stream.seek(0, os.SEEK_END)
        except (OSError, ValueError) as error:
            raise self._error(error) from error

    def add(self, line: bytes) -> None:
        """Add a line."""
        assert self._stream is not None, "open comes first"
        try:
            self._stream.write(line)
        except OSError as error:
            raise self._error(error) from error

    def kept(self) -> Progress:
        """Its length for the progress of a commit, once all of it is on disk."""
        assert self._stream is not None, "open comes first"
        try:
            self._stream.flush()
            os.fsync(self._stream.fileno())
            return {self.name: str(self._stream.tell())}
        except OSError as error:
            raise self._error(error) from error

    def close(self) -> None:
        """Close it."""
        if self._stream is not None:
            self._stream.close()

    def _lock(self) -> None:
        """Keep other runs out, also where their target does not: they would cut what this one writes."""
        import fcntl

        assert self._stream is not None
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TargetError(
                "another run of jst writes refused events into it",
                source=str(self._path),
                remedy="Wait for its end, or name another file.",
            ) from None

    def _error(self, error: Exception) -> TargetError:
        said = getattr(error, "strerror", None) or str(error)
        remedy = "What was committed is kept. Mend it, and run the same command again."
        return TargetError(f"refused events cannot be written: {said}", source=str(self._path), remedy=remedy)
