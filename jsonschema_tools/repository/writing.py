"""Carrying out planned actions: the only module that writes to a schema repository.

First every file and link is written under another name and synced, then each is renamed into its place: files, links,
removals. What fails before changes nothing, and what fails after is taken back. Killed at any moment, every path holds
its old or its new content; what is left under other names goes with the next run that takes the lock.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.model import Action, GitAdd, Remove, Symlink, WriteFile
from jsonschema_tools.repository.changing import Change
from jsonschema_tools.repository.locking import exclusive, temporaries


def apply(actions: Iterable[Action], root: Path, *, last: Path | None = None, durable: bool = True) -> None:
    """Carry out the actions: files, then links, then removals, then staging. ``last`` is a file that comes after the
    removals: it says of all others how they are. What can be made again need not be ``durable``: nothing is synced.

    Actions may be made while it goes on: of each only the path is kept.

    The repository of ``root`` is locked meanwhile; whoever plans by what is there holds the lock before. Nothing below
    ``root`` is written through a link that leads out of it. Raises `UsageError` when a path cannot be written and
    `GitError` when staging fails: then all is as it was, or the message says what is not.
    """
    with exclusive(root):
        change = Change(root, temporaries(root), durable=durable)
        _carry_out(actions, change, last)
        change.forget()


def _carry_out(actions: Iterable[Action], change: Change, last: Path | None = None) -> None:
    changes = _Changes()
    try:
        for action in actions:
            change.prepare(action)
            changes.add(action)
        for path in sorted(changes.ordered(), key=lambda path: path == last):
            change.make(path)
        change.sync()
        for paths in changes.staged:
            git.add(change.root, paths)
    except OSError as error:
        raise _failed(error, change.at, change.undo()) from error
    except SchemaToolsError as error:
        error.message += f"; {_outcome(change.undo())}"
        raise
    except BaseException:
        change.undo()
        raise


@dataclass(slots=True)
class _Changes:
    """The paths to change, by how."""

    files: list[Path] = field(default_factory=list)
    links: list[Path] = field(default_factory=list)
    gone: list[Path] = field(default_factory=list)
    staged: list[tuple[Path, ...]] = field(default_factory=list)

    def add(self, action: Action) -> None:
        if isinstance(action, GitAdd):
            self.staged.append(action.paths)
        else:
            kinds = {WriteFile: self.files, Symlink: self.links, Remove: self.gone}
            kinds[type(action)].append(action.path)

    def ordered(self) -> list[Path]:
        """In an order in which no link leads to nothing in between."""
        return [*self.files, *self.links, *sorted(self.gone, key=lambda path: not path.is_symlink())]


def write_output(path: Path, content: bytes) -> None:
    """Write a file that the user named, such as a report: whole or not at all. A pipe, or what is in ``/dev``, is
    written to as it is. No lock is taken. Raises `UsageError` when it cannot be written."""
    target = Path(os.path.realpath(path))
    try:
        if (path.exists() and not path.is_file()) or path.is_relative_to("/dev"):
            path.write_bytes(content)
            return
        # No folder is made for it.
        os.scandir(target.parent).close()
    except OSError as error:
        raise _failed(error, path, []) from error
    change = Change(target.parent, None, sweeps=False)
    _carry_out([WriteFile(target, content)], change)
    change.forget()


def _outcome(left: list[Path]) -> str:
    return f"changed and not taken back: {', '.join(map(str, left))}" if left else "nothing was changed"


def _failed(error: OSError, path: Path | None, left: list[Path]) -> UsageError:
    return UsageError(
        f"the file cannot be written: {error.strerror}; {_outcome(left)}",
        source=str(path),
        remedy=_CURES.get(error.errno or 0, "Make the folder writable, or remove what is in the way."),
    )


_NO_ROOM = "Make room on the disk, and run it again."
_CURES = {
    errno.ENOENT: "Create its folder.",
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
    errno.EROFS: "The file system is read-only: work where it can be written to, or name another --output-dir.",
    errno.EIO: "The disk is failing, or its connection: look at the log of the system.",
}
