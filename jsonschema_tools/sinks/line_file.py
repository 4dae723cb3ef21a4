"""A file of lines that goes on where an earlier run ended, killed or not: whole lines only, written by one process."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from jsonschema_tools.errors import UsageError
from jsonschema_tools.sinks.event_files import EventFile


class LineOutput(Protocol):
    """What lines are written to; they are there after `flush`."""

    def write(self, line: bytes, /) -> object:
        """Write a line, with its end."""

    def flush(self) -> object:
        """Have the lines so far in the file."""


class LineFile(AbstractContextManager["LineFile"]):
    """Adds lines to a file; what a crash has torn is cut off first. Raises `OSError`, and `UsageError` where another
    process writes to the file; ``option`` is what names it."""

    def __init__(self, path: Path, option: str) -> None:
        self._lines: list[bytes] = []
        try:
            self._file = EventFile(path)
        except UsageError as error:
            raise error.replaced(remedy=f"Stop it, or give this one another {option}.") from error

    def write(self, line: bytes) -> None:
        """Add a line, with its end; it is in the file after `flush`."""
        self._lines.append(line)

    def flush(self) -> None:
        """Have the lines so far in the file, all or none. Raises `OSError`."""
        self._file.append(b"".join(self._lines), sync=False)
        self._lines.clear()

    def __exit__(self, *_error: object) -> None:
        try:
            self.flush()
        finally:
            self._file.close(sync=False)
