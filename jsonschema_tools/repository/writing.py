"""Planned actions carried out: the only module that writes to a schema repository, and reports beside it.

First every file and link is written under another name and synced, then each is renamed into its place: files, links,
removals. What fails before changes nothing, and what fails after is taken back. Killed at any moment, every path holds
its old or its new content; what is left under other names goes with the next run.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from jsonschema_tools.errors import UsageError
from jsonschema_tools.model import Action, GitAdd, Remove, Symlink, WriteFile
from jsonschema_tools.repository import git
from jsonschema_tools.repository.locking import exclusive

_READABLE = 0o444
_LEFT_OVER = re.compile(r"\.\d+-\d+\.jst-tmp|\..+\.jst-tmp")
_numbers = count()


def apply(actions: Iterable[Action], root: Path) -> None:
    """Carry out the actions: files, then links, then removals, then staging.

    The repository of ``root`` is locked meanwhile; whoever plans by what is there holds the lock before. Raises
    `UsageError` when a path cannot be written: then all is as it was, or the message says what is not. Raises
    `GitError` when staging fails.
    """
    actions = list(actions)
    with exclusive(root):
        change = _Change()
        try:
            for action in actions:
                change.prepare(action)
            for kind in (WriteFile, Symlink, Remove):
                for action in actions:
                    if isinstance(action, kind):
                        change.make(action.path)
            change.finish()
        except OSError as error:
            raise _failed(error, change.at, change.undo()) from error
        except BaseException:
            change.undo()
            raise
        for action in actions:
            if isinstance(action, GitAdd):
                git.add(root, action.paths)


def write_output(path: Path, content: bytes) -> None:
    """Write a file that the user named, such as a report: whole or not at all. A pipe, or what is in ``/dev``, is
    written to as it is. Raises `UsageError` when it cannot be written."""
    target = Path(os.path.realpath(path))
    try:
        if (path.exists() and not path.is_file()) or path.is_relative_to("/dev"):
            path.write_bytes(content)
            return
        # No folder is made for it.
        os.scandir(target.parent).close()
    except OSError as error:
        raise _failed(error, path, []) from error
    apply([WriteFile(target, content)], target.parent)


@dataclass(slots=True)
class _Change:
    """Changes of files, made together or not at all."""

    waiting: dict[Path, Path | None] = field(default_factory=dict)
    """What is to be at each path: under another name already, ``None`` for nothing."""
    before: list[tuple[Path, Path | None]] = field(default_factory=list)
    """Each path that is changed, and the other name of what was there; ``None`` for nothing."""
    folders: list[Path] = field(default_factory=list)
    """Folders that were made, those above first."""
    swept: set[Path] = field(default_factory=set)
    at: Path | None = None
    """The path that is worked on."""

    def prepare(self, action: Action) -> None:
        """Write what is to be, under another name."""
        if isinstance(action, GitAdd):
            return
        self.at = action.path
        if isinstance(action, Remove):
            if os.path.lexists(action.path):
                self.waiting[action.path] = None
            return
        self._make_folder(action.path.parent)
        temporary = _other_name(action.path)
        self.waiting[action.path] = temporary
        if isinstance(action, Symlink):
            temporary.symlink_to(action.target)
        else:
            _write(temporary, action)

    def make(self, path: Path) -> None:
        """Put what is to be in its place."""
        if path not in self.waiting:
            return
        self.at = path
        new, old = self.waiting[path], None
        if os.path.lexists(path):
            old = _other_name(path)
            if new is None:
                path.rename(old)
            else:
                keep(path, old)
        self.before.append((path, old))
        if new is not None:
            new.replace(path)
        del self.waiting[path]

    def finish(self) -> None:
        """Make it last, and forget what was there."""
        changed = {path.parent for path, _ in self.before}
        for folder in {*changed, *(folder.parent for folder in self.folders)}:
            _sync(folder)
        for _, old in self.before:
            if old is not None:
                with suppress(OSError):
                    old.unlink()

    def undo(self) -> list[Path]:
        """Take all back that was done; the paths where that was not possible."""
        left = []
        for path, old in reversed(self.before):
            try:
                if old is None:
                    path.unlink(missing_ok=True)
                else:
                    old.replace(path)
                    # Two names of one file stay two.
                    old.unlink(missing_ok=True)
            except OSError:
                left.append(path)
        for temporary in self.waiting.values():
            if temporary is not None:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
        for folder in reversed(self.folders):
            with suppress(OSError):
                folder.rmdir()
        return left

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            self._sweep(folder)
            return
        self._make_folder(folder.parent)
        folder.mkdir()
        self.folders.append(folder)

    def _sweep(self, folder: Path) -> None:
        """Remove what runs left that were killed: nobody else writes here now."""
        if folder in self.swept:
            return
        self.swept.add(folder)
        ours = set(self.waiting.values())
        for name in os.listdir(folder):
            if _LEFT_OVER.fullmatch(name) and folder / name not in ours:
                with suppress(OSError):
                    (folder / name).unlink()


def keep(path: Path, other: Path) -> None:
    """Give what is at a path another name as well; where there are no such links, a copy."""
    try:
        os.link(path, other, follow_symlinks=False)
    except OSError:
        if path.is_dir() and not path.is_symlink():
            raise
        shutil.copy2(path, other, follow_symlinks=False)


def _other_name(path: Path) -> Path:
    """A name beside a path that only this process uses."""
    return path.with_name(f".{os.getpid()}-{next(_numbers)}.jst-tmp")


def _write(path: Path, action: WriteFile) -> None:
    """Write a new file, with the mode and owner of the one that it replaces."""
    with path.open("xb") as stream:
        stream.write(action.content)
        stream.flush()
        descriptor = stream.fileno()
        if action.path.is_file() and not action.path.is_symlink():
            known = action.path.stat()
            os.fchmod(descriptor, known.st_mode & 0o7777)
            with suppress(OSError):
                os.fchown(descriptor, known.st_uid, known.st_gid)
        if action.executable:
            mode = os.fstat(descriptor).st_mode
            os.fchmod(descriptor, mode | (mode & _READABLE) >> 2)
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _failed(error: OSError, path: Path | None, left: list[Path]) -> UsageError:
    what = f"changed and not taken back: {', '.join(map(str, left))}" if left else "nothing was changed"
    missing = isinstance(error, FileNotFoundError)
    return UsageError(
        f"the file cannot be written: {error.strerror}; {what}",
        source=str(path),
        remedy="Create its folder." if missing else "Make room or the folder writable, or remove what is in the way.",
    )
