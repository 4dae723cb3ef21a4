"""The pre-commit hook of Git: installed beside one that is there already, and removed again.

One hook serves every schema repository in a Git repository: it lists their folders.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jsonschema_tools import __version__, git
from jsonschema_tools.errors import UsageError
from jsonschema_tools.files import read_file
from jsonschema_tools.model import GitAdd, Plan, WriteFile
from jsonschema_tools.repository import templates
from jsonschema_tools.repository.changing import keep
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.settings import Config

MARKER = "The pre-commit hook of jst "
"""What the second line of our hook says, before the version that wrote it."""

EARLIER = "pre-commit.before-jst"
"""The hook that was there before ours, which runs it first."""

REPLACED = "pre-commit.replaced-by-jst"
"""A hook of the Node.js tool that was there before ours, which does all that it did."""

LISTING = "# Schema repositories: "
"""What stands before their folders in our hook, which are a JSON list in one line."""

_OURS = re.compile(rb"#!/bin/sh\n# " + MARKER.encode())
_BASES = re.compile(rb"^(?:" + LISTING.encode() + rb"(\[.*\])|base=(.*))$", re.MULTILINE)
_UPSTREAM = re.compile(rb"(?:unset GIT_DIR\n)?\$\(npm bin\)/jsonschema-tools materialize-modified --staged")


@dataclass(frozen=True, slots=True)
class HookChange:
    """What was done with the hook at ``path``: nothing unless ``done``.

    ``kept`` is the name under which the hook that was there before us is kept, or was. ``others`` are the folders of
    the other schema repositories that the hook serves, below the root of the working tree.
    """

    path: Path
    done: bool
    kept: str | None = None
    others: tuple[str, ...] = ()


def install_git_hook(config: Config, base: Path | None = None, *, dry_run: bool = False) -> HookChange:
    """Install the hook for the repository of ``config``; ``base`` is its folder where that has no configuration file.

    Our own hook is replaced, whatever version wrote it, and goes on serving the repositories that it served. Another
    one is kept beside it as `EARLIER` and runs first; that of the Node.js tool is kept as `REPLACED` and does not run.
    Raises `GitError` outside of a working tree, and `UsageError` where hooks are shared with other repositories or an
    earlier one is in the way.
    """
    top, folder = _folders(config, base)
    path = _hook_path(top)
    kept = _to_keep(path)
    others = tuple(other for other in _served(path) if other != folder)
    if not dry_run:
        path.parent.mkdir(parents=True, exist_ok=True)
        if kept is not None and not os.path.lexists(kept):
            # The hook that is there goes on guarding until ours takes its place.
            keep(path, kept)
        _write(path, sorted({*others, folder}))
    return HookChange(path, done=True, kept=kept.name if kept else None, others=others)


def uninstall_git_hook(config: Config, base: Path | None = None, *, dry_run: bool = False) -> HookChange:
    """Take the repositories in a folder, and below it, out of our hook.

    Without any left, the hook is removed and the one put back that was there before it, if any; a hook that is not
    ours stays. Errors as for `install_git_hook`.
    """
    top, folder = _folders(config, base)
    path = _hook_path(top)
    served = _served(path)
    others = tuple(other for other in served if not (top / other).is_relative_to(top / folder))
    if others == served and (served or not _is_ours(path)):
        return HookChange(path, done=False, others=others)
    if others:
        if not dry_run:
            _write(path, others)
        return HookChange(path, done=True, others=others)
    earlier = next((kept for name in (EARLIER, REPLACED) if os.path.lexists(kept := path.with_name(name))), None)
    if not dry_run:
        if earlier is not None:
            earlier.replace(path)
        else:
            path.unlink()
    return HookChange(path, done=True, kept=earlier.name if earlier else None)


def index_as_it_is(planned: Plan, config: Config) -> Callable[[], None]:
    """What puts the index back, at the paths that a plan stages, to what it has there now."""
    paths = [path for action in planned.actions if isinstance(action, GitAdd) for path in action.paths]
    folder = config.schema_base_path
    entries = git.entries(folder, paths)
    return lambda: git.put_back(folder, paths, entries)


def _folders(config: Config, base: Path | None) -> tuple[Path, str]:
    """The root of the working tree, and the folder of the schema repository seen from there."""
    folder = config.root if base is None else Path(os.path.realpath(base))
    top = git.top_of(folder, "Run `git init` first.")
    return top, os.path.relpath(folder, os.path.realpath(top))


def _served(path: Path) -> tuple[str, ...]:
    """The folders that our hook is for; none where there is another one, or none."""
    found = _BASES.search(_content(path)) if _is_ours(path) else None
    if found is None:
        return ()
    if found[1] is not None:
        return tuple(json.loads(found[1]))
    # A hook of 0.1.0 was for one.
    return tuple(shlex.split(os.fsdecode(found[2])))


def _write(path: Path, bases: Sequence[str]) -> None:
    values = {
        "marker": MARKER,
        "version": __version__,
        "listing": f"{LISTING}{json.dumps(list(bases))}",
        "bases": bases,
        "earlier": EARLIER,
        "python": sys.executable,
    }
    text = templates.render(templates.FOLDER / "pre-commit.sh.j2", values)
    apply([WriteFile(path, text.encode("utf-8", "surrogateescape"), executable=True)], path.parent)


def _hook_path(top: Path) -> Path:
    folder = git.hooks_folder(top)
    real = Path(os.path.realpath(folder))
    if not any(real.is_relative_to(own) for own in (Path(os.path.realpath(top)), git.common_directory(top))):
        raise UsageError(
            "core.hooksPath leads to hooks that other repositories may use too",
            source=str(folder),
            remedy="Call `jst run-git-hook` in the hook there, or give this"
            ' repository hooks of its own: `git config core.hooksPath "$(git rev-parse --absolute-git-dir)/hooks"`',
        )
    return folder / "pre-commit"


def _to_keep(path: Path) -> Path | None:
    """Under which name the hook that is there will be kept; ``None`` where there is none, or one of ours."""
    if not os.path.lexists(path) or _is_ours(path):
        return None
    kept = path.with_name(REPLACED if _is_upstreams(path) else EARLIER)
    if path.is_dir():
        raise UsageError("a folder is in the place of the hook", source=str(path), remedy="Move or remove it.")
    if os.path.lexists(kept) and _content(kept) != _content(path):
        raise UsageError(
            "the hook that is there cannot be kept: an earlier one has this name",
            source=str(kept),
            remedy=f"Make one of the two, {path.name} and {kept.name}, and remove the other.",
        )
    return kept


def _is_ours(path: Path) -> bool:
    return _OURS.match(_content(path)) is not None


def _is_upstreams(path: Path) -> bool:
    lines = [line.strip() for line in _content(path).splitlines()]
    commands = b"\n".join(line for line in lines if line and not line.startswith(b"#"))
    return _UPSTREAM.fullmatch(commands) is not None


def _content(path: Path) -> bytes:
    try:
        return read_file(path)
    except OSError:
        return b""
