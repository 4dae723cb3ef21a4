"""The lock of a repository: only one run writes at a time.

Lock and temporary files are in one folder: that of Git (``.git/jst``), where no commit takes them, and outside of Git
``.jst-tmp``, which goes with the run. Whatever is in it when the lock is taken was left by a run that was killed.
"""

from __future__ import annotations

import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from jsonschema_tools.errors import GitError, UsageError
from jsonschema_tools.files import is_folder
from jsonschema_tools.git.process import nearest_top, repository_at

LONGEST_WAIT = 30.0
"""So many seconds a run waits for another."""

_SILENT_WAIT = 1.0
_PAUSE = 0.05
_LOCK = "lock"
_OUTSIDE_GIT = ".jst-tmp"
_TEMPORARY = re.compile(r"\d+-\d+")

_in_process = threading.RLock()
_held: dict[Path, Path | None] = {}
"""The folders that this process has locked, each with that for its temporary files where there is one."""


@contextmanager
def exclusive(*folders: Path, waiting: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Keep every other run of jst from writing to the repositories of some folders.

    The working tree of Git is locked as a whole, so that schema repositories in one another wait for each other;
    outside of Git the folder, or what is there above it. What is locked already stays so. Where the file system has no
    locks, or nothing can be written beside a folder that cannot be read, there is no waiting.

    Args:
        folders: any folders of the repositories; they need not be there yet.
        waiting: told who is waited for, once, when that takes longer.

    Raises `UsageError` where another run takes too long, or the platform has no such locks.
    """
    if find_spec("fcntl") is None:
        raise UsageError(
            "jst cannot write files on this system, which has no POSIX file locks",
            remedy="Run it on Linux or macOS; on Windows, in the Windows Subsystem for Linux (WSL).",
        )
    places = sorted({_place(folder) for folder in folders})
    if not _in_process.acquire(timeout=LONGEST_WAIT):
        raise _busy("another thread of this process", places[0])
    try:
        with ExitStack() as stack:
            for place in places:
                if place not in _held:
                    stack.enter_context(_locked(place, waiting))
            yield
    finally:
        _in_process.release()


def temporaries(folder: Path) -> Path | None:
    """The folder for temporary files of what is locked; ``None`` where they have to be beside what they are for."""
    return _held.get(_place(folder))


def _place(folder: Path) -> Path:
    """What is locked for a folder."""
    real = Path(os.path.realpath(folder))
    return nearest_top(folder) or next(path for path in (real, *real.parents) if is_folder(path))


@contextmanager
def _locked(place: Path, waiting: Callable[[str], None]) -> Iterator[None]:
    room = _room(place)
    descriptor = _acquired(room, place, waiting)
    try:
        usable = _is_folder_itself(room) and room.stat().st_uid == os.geteuid() and os.access(room, os.W_OK)
        if usable:
            _sweep(room)
        _held[place] = room if usable else None
        try:
            yield
        finally:
            del _held[place]
            if usable and room.parent == place:
                # Who waits for this file sees that it is another one, or none, and tries again.
                with suppress(OSError):
                    _sweep(room)
                    (room / _LOCK).unlink()
                    room.rmdir()
    finally:
        os.close(descriptor)


def _room(place: Path) -> Path:
    """The folder for the lock and temporary files."""
    try:
        repository = repository_at(place)
    except GitError:
        repository = None
    return place / _OUTSIDE_GIT if repository is None else repository.directory / "jst"


def _acquired(room: Path, place: Path, waiting: Callable[[str], None]) -> int:
    """An open file that is locked until it is closed."""
    start, told = time.monotonic(), False
    while True:
        descriptor = _opened(room, place)
        if _lock(descriptor):
            if _is_still_there(descriptor, room):
                return descriptor
            os.close(descriptor)
            continue
        who = _holder(descriptor)
        os.close(descriptor)
        waited = time.monotonic() - start
        if waited > LONGEST_WAIT:
            raise _busy(who, place)
        if waited > _SILENT_WAIT and not told:
            told = True
            waiting(f"waiting for {who}, which writes to {place}")
        time.sleep(_PAUSE)


def _opened(room: Path, place: Path) -> int:
    """The lock file, or where none can be made the folder itself."""
    # A clone may have anything by this name, but no link is followed.
    for flags in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
        if not os.path.lexists(room):
            with suppress(OSError):
                room.mkdir(exist_ok=True)
        if _is_folder_itself(room):
            with suppress(OSError):
                # Another user's file can be locked, too.
                return os.open(room / _LOCK, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    try:
        return os.open(place, os.O_RDONLY)
    except OSError as error:
        raise UsageError(
            f"the folder cannot be locked: {error.strerror}", source=str(place), remedy="Make it readable."
        ) from error


def _lock(descriptor: int) -> bool:
    """Whether the file is ours now, or the file system has no locks."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    return True


def _is_still_there(descriptor: int, room: Path) -> bool:
    """Whether a lock file is the one that others find; whoever had it before may have removed it."""
    found = os.fstat(descriptor)
    if stat.S_ISDIR(found.st_mode):
        return True
    try:
        return os.path.samestat(found, (room / _LOCK).lstat())
    except OSError:
        return False


def _holder(descriptor: int) -> str:
    content = os.pread(descriptor, 20, 0) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    number = content.strip()
    return f"another run of jst (process {number.decode()})" if number.isdigit() else "another run of jst"


def _is_folder_itself(room: Path) -> bool:
    """Whether a folder is there itself, and no link to one."""
    return room.is_dir() and not room.is_symlink()


def _sweep(room: Path) -> None:
    for name in os.listdir(room):
        if _TEMPORARY.fullmatch(name):
            with suppress(OSError):
                (room / name).unlink()


def _busy(who: str, place: Path) -> UsageError:
    return UsageError(
        f"{who} has been writing here for {LONGEST_WAIT:.0f} seconds",
        source=str(place),
        remedy="Wait for it, or end it; then try again. Nothing was written.",
    )
