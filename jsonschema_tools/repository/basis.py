"""The state a plan was made from, and whether the repository is still in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from jsonschema_tools.errors import UsageError
from jsonschema_tools.files import read_regular
from jsonschema_tools.model import Action, Basis, GitAdd, Plan, Remove, Symlink
from jsonschema_tools.repository.releases import commits_now
from jsonschema_tools.settings import Config

NOTHING = "nothing"
"""What `state` says where nothing is."""


def state(path: Path) -> str:
    """What is at a path, in a word that differs when somebody has written there since; links are not followed."""
    try:
        found = path.lstat()
    except OSError:
        return NOTHING
    if stat.S_ISLNK(found.st_mode):
        return f"link to {path.readlink()}"
    return f"{stat.S_IFMT(found.st_mode)} {found.st_ino} {found.st_size} {found.st_mtime_ns}"


def basis_of(
    actions: Iterable[Action], seen: Mapping[Path, str], commits: Mapping[tuple[Path, Path], tuple[str, ...]]
) -> Basis:
    """The basis of a plan, of all that was seen while it was made."""
    changed = {action.path for action in actions if not isinstance(action, GitAdd)}
    return Basis({path: seen[path] for path in changed if path in seen}, commits)


def check_basis(planned: Plan, config: Config) -> None:
    """Raise `UsageError` where the repository is not what it was when the plan was made: somebody wrote, or committed.

    What is at a path already as the plan has it is no change.
    """
    for action in planned.actions:
        if isinstance(action, GitAdd) or action.path not in planned.basis.paths:
            continue
        if state(action.path) != planned.basis.paths[action.path] and not _is_done(action):
            raise _changed(str(action.path), "this file or link")
    for (top, folder), commits in planned.basis.commits.items():
        if commits_now(top, folder, config) != commits:
            raise _changed(str(top), "what is committed")


def _is_done(action: Action) -> bool:
    assert not isinstance(action, GitAdd)
    if isinstance(action, Remove):
        return not os.path.lexists(action.path)
    if isinstance(action, Symlink):
        return state(action.path) == f"link to {action.target}"
    try:
        return read_regular(action.path, len(action.content)) == action.content
    except OSError:
        return False


def _changed(source: str, what: str) -> UsageError:
    return UsageError(
        f"{what} has changed since it was decided what to write; nothing was written",
        source=source,
        remedy="Run it again.",
    )
