"""Git, asked through its command line: the only module that starts a subprocess.

Variables that Git sets for hooks (``GIT_DIR`` and the like) are cleared, so that a call from inside a hook sees the
repository of the folder it is about; the index that a commit is being made from is kept.
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from jsonschema_tools.errors import GitError

_KEPT = frozenset(
    {"GIT_EXEC_PATH", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_CEILING_DIRECTORIES", "GIT_TRACE"}
    | {name for name in os.environ if name.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG"))}
)


def _environment() -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    if index := os.environ.get("GIT_INDEX_FILE"):
        environment["GIT_INDEX_FILE"] = str(Path(index).resolve())
    return environment


def _run(arguments: Sequence[str], folder: Path, *, stdin: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, input=stdin, capture_output=True, env=_environment(), check=False
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed", remedy="Install Git.") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise GitError(
            f"git {arguments[0]} failed: {said or done.returncode}",
            remedy="Run the command inside a Git repository that is in order.",
        )
    return done.stdout


def _paths(output: bytes, folder: Path) -> list[Path]:
    return [folder / os.fsdecode(name) for name in output.split(b"\0") if name]


@functools.lru_cache(maxsize=64)
def top_level(folder: Path) -> Path | None:
    """The root of the Git working tree that the folder is in; ``None`` outside of one, or without Git."""
    try:
        found = _run(["rev-parse", "--show-toplevel"], folder)
    except (GitError, NotADirectoryError):
        return None
    return Path(os.fsdecode(found.rstrip(b"\n"))) if found.strip() else None


def committed_blobs(folder: Path) -> dict[Path, str]:
    """The files of HEAD below the folder, each with the id of its content; links and submodules left out."""
    try:
        listing = _run(["ls-tree", "-r", "-z", "HEAD", "."], folder)
    except GitError:
        return {}
    blobs = {}
    for entry in listing.split(b"\0"):
        if entry.startswith(b"100"):
            details, _, name = entry.partition(b"\t")
            blobs[folder / os.fsdecode(name)] = details.split()[2].decode("ascii")
    return blobs


def blob(folder: Path, blob_id: str) -> bytes:
    """The content with the given id."""
    return _run(["cat-file", "blob", blob_id], folder)


def was_committed(path: Path) -> bool:
    """Whether any commit that Git knows of has ever had a file at this path."""
    return bool(_run(["log", "--all", "--max-count=1", "--format=%H", "--", path.name], path.parent).strip())


def modified(folder: Path, *, staged: bool) -> list[Path]:
    """Files below the folder that were added, copied, modified or renamed, in the index or in the working tree."""
    arguments = ["diff", "--name-only", "--no-renames", "-z", "--relative", "--diff-filter=ACM"]
    found = _paths(_run([*arguments, *(["--cached"] if staged else []), "--", "."], folder), folder)
    if staged:
        return found
    untracked = _run(["ls-files", "--others", "--exclude-standard", "-z", "--", "."], folder)
    return found + _paths(untracked, folder)


def staged_content(path: Path) -> bytes:
    """The content of the file as it is in the index."""
    return _run(["cat-file", "blob", f":./{path.name}"], path.parent)


def unstaged(folder: Path, paths: Iterable[Path]) -> list[Path]:
    """Those of the paths whose working tree state is not what is in the index."""
    names = [os.path.relpath(path, folder) for path in paths]
    if not names:
        return []
    changed = _run(["diff", "--name-only", "-z", "--relative", "--", *names], folder)
    untracked = _run(["ls-files", "--others", "-z", "--", *names], folder)
    return _paths(changed, folder) + _paths(untracked, folder)


def add(folder: Path, paths: Iterable[Path]) -> None:
    """Stage the paths."""
    names = b"\0".join(os.fsencode(os.path.relpath(path, folder)) for path in paths)
    _run(["add", "--pathspec-from-file=-", "--pathspec-file-nul"], folder, stdin=names)
