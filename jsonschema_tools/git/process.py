"""Starting Git: nothing else does, and nothing that a repository configures is run.

Which repository is meant is found out once for a folder: the nearest one above that has a ``.git``, which no commit can
bring along. Git is asked about that one by name, so a folder of a clone that looks like a repository (``HEAD``,
``config``, ``objects``) is a folder like any other. What a configuration of Git can start is switched off: monitors of
the file system, hooks, pagers, external diffs, text conversions, checks of signatures. Filters of the repository's own
configuration run where Git compares contents, as they do for its owner.

Variables that Git sets for hooks (``GIT_DIR`` and the like) are cleared, so that a call from inside a hook sees the
repository of the folder it is about; the index that a commit is being made from is kept.
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jsonschema_tools.errors import GitError

_KEPT = frozenset(
    {"GIT_EXEC_PATH", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_CEILING_DIRECTORIES", "GIT_TRACE"}
    | {name for name in os.environ if name.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG"))}
)

_SAFE = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "log.showSignature=false",
    "submodule.recurse=false",
    # A question changes nothing: `git diff` would refresh the index.
    "diff.autoRefreshIndex=false",
)

_OPTIONS = {
    "diff": ("--no-ext-diff", "--no-textconv", "--ignore-submodules=all"),
    "log": ("--no-ext-diff", "--no-textconv", "--no-show-signature"),
}
"""Options of commands that a configuration could make start a program."""

_NO_REPOSITORY = ("not a git repository", "must be run in a work tree", "git is not installed", "cannot use bare")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository: its Git directory, and the root of its working tree, ``None`` for a bare one."""

    directory: Path
    top: Path | None


def repository_at(folder: Path) -> Repository | None:
    """The repository whose working tree the folder is in; ``None`` outside of one, or where Git is not installed.

    Raises `GitError` when Git cannot say, for example because the repository belongs to somebody else.
    """
    top = nearest_top(folder)
    return _asked(top) if top is not None else None


def nearest_top(folder: Path) -> Path | None:
    """The nearest folder, this one or above, with a ``.git``; nobody is asked whether it is one of Git."""
    parents = _upwards(Path(os.path.realpath(folder)))
    return next((parent for parent in parents if os.path.lexists(parent / ".git")), None)


def bare_repository_at(path: Path) -> Repository | None:
    """The bare repository that a path is in, where somebody named it. Raises `GitError` as `repository_at`."""
    for parent in _upwards(Path(os.path.realpath(path))):
        if (parent / "HEAD").is_file() and (parent / "objects").is_dir() and (parent / "refs").is_dir():
            found = _asked(parent, bare=True)
            if found is not None:
                _BARE[parent] = found
            return found
    return None


_BARE: dict[Path, Repository] = {}
"""Bare repositories that were named, by their folders."""


def _upwards(folder: Path) -> Iterator[Path]:
    """The folder and those above, as far as Git would look."""
    ceilings = {
        os.path.realpath(path) for path in os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep) if path
    }
    yield folder
    for parent in folder.parents:
        if str(parent) in ceilings:
            return
        yield parent


@functools.lru_cache(maxsize=1024)
def _asked(folder: Path, *, bare: bool = False) -> Repository | None:
    """The repository that Git finds from a folder, which may use none of somebody else."""
    questions = ["--absolute-git-dir", *([] if bare else ["--show-toplevel"])]
    settings = ["safe.bareRepository=all"] if bare else []
    try:
        found = started(["rev-parse", *questions], folder, settings=settings).split(b"\n")
    except GitError as error:
        if any(words in error.message for words in _NO_REPOSITORY):
            return None
        raise
    directory, top = (Path(os.fsdecode(line)) for line in found[:2])
    return Repository(directory, None if bare else top)


def run(
    arguments: Sequence[str],
    folder: Path,
    *,
    stdin: bytes = b"",
    own_index: bool = True,
    index: Path | None = None,
    settings: Sequence[str] = (),
    offline: bool = False,
    hooks: bool = False,
) -> bytes:
    """What Git prints about the repository of a folder. Raises `GitError`, outside of a repository too.

    Args:
        arguments: the command and its arguments; paths are literal, relative to ``folder``.
        folder: where the command runs.
        stdin: what it reads.
        own_index: whether the index of a commit being made counts, where Git named one.
        index: another index that counts.
        settings: ``key=value`` of Git's configuration for this call.
        offline: a partial clone fetches nothing.
        hooks: ``core.hooksPath`` counts: for asking where hooks are.
    """
    repository = _BARE.get(folder) or repository_at(folder)
    if repository is None:
        raise GitError(
            f"git {arguments[0]} failed: {folder} is not in a Git repository",
            remedy="Run the command inside a Git repository that is in order.",
        )
    named = [f"--git-dir={repository.directory}"]
    if repository.top is not None:
        named.append(f"--work-tree={repository.top}")
    environment = _environment(repository if own_index else None)
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    return started(
        arguments,
        folder,
        named=named,
        environment=environment,
        stdin=stdin,
        settings=settings,
        offline=offline,
        hooks=hooks,
    )


def index_of(folder: Path) -> Path | None:
    """The index of a commit that is being made in the repository of a folder, where Git named one for a hook."""
    repository = repository_at(folder)
    name = _environment(repository).get("GIT_INDEX_FILE") if repository is not None else None
    return Path(name) if name is not None else None


def _environment(repository: Repository | None) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    index = os.environ.get("GIT_INDEX_FILE")
    if index and repository is not None:
        path = Path(index).resolve()
        # A hook's index is that of its own repository; a nested one has another.
        if repository.directory in path.parents:
            environment["GIT_INDEX_FILE"] = str(path)
    return environment


def started(
    arguments: Sequence[str],
    folder: Path,
    *,
    named: Sequence[str] = (),
    environment: dict[str, str] | None = None,
    stdin: bytes = b"",
    settings: Sequence[str] = (),
    offline: bool = False,
    hooks: bool = False,
) -> bytes:
    """Start Git, and give what it printed; see `run`, which names the repository."""
    literal = [] if arguments[0] == "check-ignore" else ["--literal-pathspecs"]
    safe = [setting for setting in _SAFE if not (hooks and setting.startswith("core.hooksPath"))]
    # A partial clone would fetch what it lacks; older versions of Git know only this way to forbid it.
    all_settings = [*safe, *(["protocol.allow=never"] if offline else []), *settings]
    set_here = [part for setting in all_settings for part in ("-c", setting)]
    name, *rest = arguments
    command = ["git", "--no-pager", *named, *literal, *set_here, name, *_OPTIONS.get(name, ()), *rest]
    # Errors are told apart by their words, and messages are one language.
    environment = (_environment(None) if environment is None else environment) | {"LANGUAGE": "en"}
    if offline:
        environment["GIT_NO_LAZY_FETCH"] = "1"
    try:
        done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, env=environment, check=False)
    except FileNotFoundError as error:
        if not folder.is_dir():
            raise GitError(f"there is no folder {str(folder)!r}", remedy="Name an existing folder.") from error
        raise GitError("git is not installed", remedy="Install Git.") from error
    if done.returncode != 0:
        said, advice = said_in_one_line(done.stderr.decode("utf-8", "replace"))
        raise GitError(
            f"git {name} failed: {said or done.returncode}",
            remedy=advice or "Run the command inside a Git repository that is in order.",
        )
    return done.stdout


def said_in_one_line(text: str) -> tuple[str, str]:
    """What Git said, in one line, and the commands that it advises, which it indents, with the line before them."""
    lines = [line for line in text.splitlines() if line.strip()]
    commands = next((index for index, line in enumerate(lines) if line.startswith(("\t", "  "))), len(lines))
    start = commands - 1 if 1 < commands < len(lines) else len(lines)
    return "; ".join(line.strip() for line in lines[:start]), " ".join(line.strip() for line in lines[start:])
