"""One run at a time writes to a repository: from before it reads until it has written."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jsonschema_tools.errors import UsageError
from jsonschema_tools.repository.git_process import nearest_top

LONGEST_WAIT = 60.0
"""So many seconds a run waits for another."""

_PAUSE = 0.05

_in_process = threading.RLock()
_held: list[Path] = []
"""The folders that this process has locked."""


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Keep every other run of jst from writing to the repository of a folder.

    The working tree of Git is locked as a whole, so that schema repositories in one another wait for each other;
    outside of Git the folder. Inside of a lock that is held already, nothing is locked. Raises `UsageError` where
    another run takes too long, or the platform has no such locks.
    """
    place = nearest_top(folder) or Path(os.path.realpath(folder))
    with _in_process:
        if any(place.is_relative_to(held) for held in _held):
            yield
            return
        try:
            descriptor = os.open(place, os.O_RDONLY)
        except OSError as error:
            raise UsageError(
                f"the folder cannot be locked: {error.strerror}", source=str(place), remedy="Make it readable."
            ) from error
        try:
            _lock(descriptor, place)
            _held.append(place)
            try:
                yield
            finally:
                _held.remove(place)
        finally:
            os.close(descriptor)


def _lock(descriptor: int, place: Path) -> None:
    try:
        import fcntl
    except ImportError as error:
        raise UsageError(
            "files cannot be written on this platform: it has no locks that jst knows",
            remedy="Use Linux or macOS, or the Windows Subsystem for Linux.",
        ) from error
    end = time.monotonic() + LONGEST_WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise UsageError(
                    f"another run of jst has been writing here for {LONGEST_WAIT:.0f} seconds",
                    source=str(place),
                    remedy="Wait for it, or end it; then try again. Nothing was written.",
                ) from None
            time.sleep(_PAUSE)
        else:
            return
