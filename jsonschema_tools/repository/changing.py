"""Changing several files together: all of them or none, whatever fails on the way.

Only `writing` uses it.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from jsonschema_tools.errors import UsageError
from jsonschema_tools.files import way_out
from jsonschema_tools.model import Action, GitAdd, Remove, Symlink, WriteFile

_READABLE = 0o444
_LEFT_OVER = re.compile(r"\.\d+-\d+\.jst-tmp")
_numbers = count()


@dataclass(slots=True)
class Change:
    """Changes of files, made together or not at all."""

    root: Path
    room: Path | None
    """The folder for files under other names; ``None`` where they are beside their places."""
    sweeps: bool = True
    waiting: dict[Path, Path | None] = field(default_factory=dict)
    """What is to be at each path: under another name already, ``None`` for nothing."""
    before: list[tuple[Path, Path | None]] = field(default_factory=list)
    """Each path that is changed, and the other name of what was there; ``None`` for nothing."""
    folders: list[Path] = field(default_factory=list)
    """Folders that were made, those above first."""
    known: dict[Path, bool] = field(default_factory=dict)
    """Folders that are written to, each with whether it takes files out of the room."""
    at: Path | None = None
    """The path that is worked on."""
    durable: bool = True
    """Whether what is written outlasts a loss of power."""

    def prepare(self, action: Action) -> None:
        """Write what is to be, under another name."""
        if isinstance(action, GitAdd):
            return
        path = self.at = action.path
        if path.parent not in self.known and (link := way_out(path, self.root)) is not None:
            raise UsageError(
                f"this leads out of {self.root}, and {path.name} would be written through it",
                source=str(link),
                remedy="Put a folder in the place of the link.",
            )
        if isinstance(action, Remove):
            if os.path.lexists(path):
                self.waiting[path] = None
            return
        self._make_folder(path.parent)
        temporary = self.waiting[path] = self._other_name(path)
        if isinstance(action, Symlink):
            temporary.symlink_to(action.target)
        else:
            _write(temporary, action, durable=self.durable)

    def make(self, path: Path) -> None:
        """Put what is to be in its place."""
        if path not in self.waiting:
            return
        self.at = path
        new, old = self.waiting[path], None
        if os.path.lexists(path):
            old = self._other_name(path)
            keep(path, old)
        self.before.append((path, old))
        if new is not None:
            _put(new, path)
        else:
            path.unlink()
        del self.waiting[path]

    def sync(self) -> None:
        """Make it last."""
        if not self.durable:
            return
        changed = {path.parent for path, _ in self.before}
        for folder in {*changed, *(folder.parent for folder in self.folders)}:
            _sync(folder)

    def forget(self) -> None:
        """Remove what was there before."""
        for _, old in self.before:
            if old is not None:
                with suppress(OSError):
                    old.unlink()

    def undo(self) -> list[Path]:
        """Take all back that was done; the paths where that was not possible."""
        left = []
        for path, old in reversed(self.before):
            try:
                if not _is_as_before(path, old):
                    path.unlink() if old is None else _put(old, path)
            except OSError:
                left.append(path)
        for temporary in (*self.waiting.values(), *(old for path, old in self.before if path not in left)):
            if temporary is not None:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
        for folder in reversed(self.folders):
            with suppress(OSError):
                folder.rmdir()
        return left

    def _other_name(self, path: Path) -> Path:
        """A name that only this process uses."""
        name = f"{os.getpid()}-{next(_numbers)}"
        if self.room is not None and self._takes_from_room(path.parent):
            return self.room / name
        return path.with_name(f".{name}.jst-tmp")

    def _takes_from_room(self, folder: Path) -> bool:
        """Whether a file of the room can be renamed into a folder."""
        if folder not in self.known:
            assert self.room is not None
            existing = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
            self.known[folder] = existing.stat().st_dev == self.room.stat().st_dev
        return self.known[folder]

    def _make_folder(self, folder: Path) -> None:
        if folder in self.known:
            return
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir()
            self.folders.append(folder)
        if self.room is None:
            self.known[folder] = False
        if self.sweeps and not (self.room is not None and self._takes_from_room(folder)):
            _sweep(folder)


def _sweep(folder: Path) -> None:
    """Remove what runs left that were killed: nobody else writes here now."""
    for name in os.listdir(folder):
        if _LEFT_OVER.fullmatch(name):
            with suppress(OSError):
                (folder / name).unlink()


def _is_as_before(path: Path, old: Path | None) -> bool:
    """Whether a path has what was there, whose other name is ``old``."""
    if old is None or not os.path.lexists(path):
        return old is None and not os.path.lexists(path)
    return os.path.samestat(path.lstat(), old.lstat())


def keep(path: Path, other: Path) -> None:
    """Give what is at a path another name as well; where there are no such links, a copy."""
    try:
        os.link(path, other, follow_symlinks=False)
    except OSError:
        if path.is_dir() and not path.is_symlink():
            raise
        shutil.copy2(path, other, follow_symlinks=False)


def _put(new: Path, path: Path) -> None:
    """Rename a file or link into its place; from another mount of the same file system, by way of a copy."""
    try:
        new.replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = path.with_name(f".{new.name}.jst-tmp")
        try:
            shutil.copy2(new, beside, follow_symlinks=False)
            if not beside.is_symlink():
                _sync(beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        new.unlink()


def _write(path: Path, action: WriteFile, *, durable: bool) -> None:
    """Write a new file, with the mode and owner of the one that it replaces."""
    with path.open("xb") as stream:
        stream.write(action.content)
        stream.flush()
        descriptor = stream.fileno()
        if action.path.is_file() and not action.path.is_symlink():
            known = action.path.stat()
            with suppress(OSError):
                os.fchown(descriptor, known.st_uid, known.st_gid)
            # A change of owner takes some modes away.
            os.fchmod(descriptor, known.st_mode & 0o7777)
        if action.executable:
            mode = os.fstat(descriptor).st_mode
            os.fchmod(descriptor, mode | (mode & _READABLE) >> 2)
        if durable:
            os.fsync(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
