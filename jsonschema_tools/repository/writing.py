"""Planned actions carried out: the only module that writes to a schema repository, and reports beside it.

A file is written under another name, synced and renamed into its place; links follow after all files. Killed at any
moment, every path holds its old or its new content. Two runs at once wait for each other.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jsonschema_tools.errors import UsageError
from jsonschema_tools.model import Action, GitAdd, Remove, Symlink, WriteFile
from jsonschema_tools.repository import git

_READABLE = 0o444
_TEMPORARY = ".jst-tmp"


def apply(actions: Iterable[Action], root: Path) -> None:
    """Carry out the actions: files, then links, then removals, then staging.

    ``root`` is the folder that is locked meanwhile. Raises `UsageError` when a path cannot be written, `GitError` when
    staging fails.
    """
    actions = list(actions)
    with _locked(root):
        for action in actions:
            if isinstance(action, WriteFile):
                _write(action)
        _sync_folders({action.path.parent for action in actions if isinstance(action, WriteFile)})
        for action in actions:
            if isinstance(action, Symlink):
                _link(action)
        for action in actions:
            if isinstance(action, Remove):
                with _reported(action.path):
                    action.path.unlink(missing_ok=True)
    for action in actions:
        if isinstance(action, GitAdd):
            git.add(root, action.paths)


def write_output(path: Path, content: bytes) -> None:
    """Write a file that the user named, such as a report: whole or not at all. A pipe, or what is in ``/dev``, is
    written to as it is. Raises `UsageError` when it cannot be written."""
    target = Path(os.path.realpath(path))
    with _reported(target):
        if (path.exists() and not path.is_file()) or path.is_relative_to("/dev"):
            path.write_bytes(content)
        else:
            with _locked(target.parent):
                _replace(target, content)


def _write(action: WriteFile) -> None:
    with _reported(action.path):
        action.path.parent.mkdir(parents=True, exist_ok=True)
        _replace(action.path, action.content, executable=action.executable)


def _replace(path: Path, content: bytes, *, executable: bool = False) -> None:
    temporary = _temporary(path)
    temporary.unlink(missing_ok=True)
    with temporary.open("xb") as stream:
        stream.write(content)
        stream.flush()
        if executable:
            mode = os.fstat(stream.fileno()).st_mode
            os.fchmod(stream.fileno(), mode | (mode & _READABLE) >> 2)
        os.fsync(stream.fileno())
    temporary.replace(path)


def _link(action: Symlink) -> None:
    temporary = _temporary(action.path)
    with _reported(action.path):
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(action.target)
        temporary.replace(action.path)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}{_TEMPORARY}")


def _sync_folders(folders: set[Path]) -> None:
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Hold the folder's lock: the name of a temporary file is then ours alone, and leftovers may be removed."""
    import fcntl

    descriptor = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        with suppress(OSError):
            _temporary(path).unlink(missing_ok=True)
        missing = isinstance(error, FileNotFoundError)
        raise UsageError(
            f"the file cannot be written: {error.strerror}",
            source=str(path),
            remedy="Create its folder." if missing else "Make the folder writable, or remove what is in the way.",
        ) from error
