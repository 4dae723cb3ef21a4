"""Why a version file may not be written, in words, and what to do instead."""

from __future__ import annotations

from pathlib import Path

from jsonschema_tools.errors import command
from jsonschema_tools.model import ReleasedVersionChanged
from jsonschema_tools.release.standing import Standing, State


def restore(path: Path, found: Standing, root: Path) -> str:
    """The command that brings a released file back, to be run in ``root``."""
    name = path.relative_to(root) if path.is_relative_to(root) else path
    return command("git", "checkout", found.source, "--", str(name))


def merge(found: Standing) -> str:
    """The command that brings the release branch in."""
    return command("git", "merge", found.branch)


def refusal(
    path: Path,
    found: Standing,
    *,
    version: str,
    current: str,
    root: Path,
    following: str,
    part: str,
    field: str,
    damaged: bool,
    differences: tuple[str, ...],
) -> ReleasedVersionChanged:
    """The error for a version file that would become something else.

    Args:
        path: the version file.
        found: how it stands.
        version: its version.
        current: the name of the file that people edit.
        root: where commands in the remedy are to be run.
        following: the version to release the change under, ``part`` the part of it that goes up.
        part: ``major``, ``minor`` or ``patch``.
        field: the field that ends in the version.
        damaged: the current file says what was released, and the version file does not.
        differences: what would change, one sentence each.
    """
    anew = f"Release the change as {following}, a {part} version: set {field} in {current} to end in it (`jst bump`)."
    if found.state is State.UNKNOWN:
        message = f"whether version {version} is released, or its number spent, cannot be told: {found.reason}"
        remedy = found.remedy
    elif not found.merged:
        message = f"version {version} is taken: it is {_released_on(found)}, which this branch has not merged"
        remedy = f"Merge it: {merge(found)}. Then, if the change is still needed, run `jst bump`."
    elif found.state is State.WITHDRAWN:
        message = f"version {version} is spent: it was {_released_on(found)} and removed later"
        remedy = f"{anew} What it held comes back by {restore(path, found, root)}."
    elif not found.branch:
        message = f"version {version} is released already, and {current} would change it: {found.reason}"
        remedy = f"{anew} {found.remedy}"
    elif damaged:
        message = f"version {version} was changed after its release; it is {_released_on(found)}"
        remedy = f"Restore it: {restore(path, found, root)}."
    else:
        message = f"version {version} is released already, {on_branch(found)}, and {current} would change it"
        remedy = anew
    return ReleasedVersionChanged(
        message, source=str(path), differences=differences, next_version=following, remedy=remedy
    )


def _released_on(found: Standing) -> str:
    return f"released {on_branch(found)}"


def on_branch(found: Standing) -> str:
    """Where a version was released: ``on origin/main in 3f2a9c41d0``."""
    if found.content is None:
        return f"on {found.branch}"
    commit = f"in {found.content.commit}"
    return commit if found.branch == found.content.commit else f"on {found.branch} {commit}"
