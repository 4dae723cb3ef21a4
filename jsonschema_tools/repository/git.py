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


def _environment(folder: Path | None) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    index = os.environ.get("GIT_INDEX_FILE")
    if index and folder is not None:
        path = Path(index).resolve()
        # A hook's index is that of its own repository; a nested one has another.
        if (own := _git_directory(folder)) is not None and own in path.parents:
            environment["GIT_INDEX_FILE"] = str(path)
    return environment


@functools.lru_cache(maxsize=64)
def _git_directory(folder: Path) -> Path | None:
    try:
        return Path(os.fsdecode(_run(["rev-parse", "--absolute-git-dir"], folder, own_index=False).rstrip(b"\n")))
    except GitError:
        return None


def _run(arguments: Sequence[str], folder: Path, *, stdin: bytes = b"", own_index: bool = True) -> bytes:
    literal = [] if arguments[0] == "check-ignore" else ["--literal-pathspecs"]
    command = ["git", *literal, *arguments]
    environment = _environment(folder if own_index else None)
    try:
        done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, env=environment, check=False)
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


@functools.lru_cache(maxsize=1024)
def top_level(folder: Path) -> Path | None:
    """The root of the Git working tree that the folder is in; ``None`` outside of one, or where Git is not installed.

    Raises `GitError` when Git cannot say, for example because the repository belongs to somebody else.
    """
    try:
        found = _run(["rev-parse", "--show-toplevel"], folder, own_index=False)
    except GitError as error:
        if any(words in error.message for words in _NO_REPOSITORY):
            return None
        raise
    return Path(os.fsdecode(found.rstrip(b"\n"))) if found.strip() else None


_NO_REPOSITORY = ("not a git repository", "must be run in a work tree", "git is not installed")


def committed_blobs(top: Path) -> dict[Path, str]:
    """The files of HEAD, each with the id of its content; links and submodules left out."""
    if not _has_commits(top):
        return {}
    blobs = {}
    for entry in _run(["ls-tree", "-r", "-z", "--full-tree", "HEAD"], top).split(b"\0"):
        if entry.startswith(b"100"):
            details, _, name = entry.partition(b"\t")
            blobs[top / os.fsdecode(name)] = details.split()[2].decode("ascii")
    return blobs


@functools.lru_cache(maxsize=64)
def _has_commits(top: Path) -> bool:
    try:
        return bool(_run(["rev-parse", "--verify", "--quiet", "HEAD"], top).strip())
    except GitError:
        return False


def last_blob(top: Path, path: Path) -> str | None:
    """The content that the last commit on any branch had at the path, as a name for `content`."""
    name = path.relative_to(top).as_posix()
    arguments = ["log", "--all", "--full-history", "--max-count=1", "--diff-filter=AMT", "--format=%H"]
    commit = _run([*arguments, "--", name], top).decode("ascii").strip()
    return f"{commit}:{name}" if commit else None


def content(top: Path, blob: str) -> bytes:
    """The content with the given id or name."""
    return _run(["cat-file", "blob", blob], top)


def staged_names(folder: Path) -> list[str]:
    """The names of the files that the index has directly in a folder."""
    listing = _run(["ls-files", "-z", "--", "."], folder)
    return [name for name in map(os.fsdecode, listing.split(b"\0")) if name and "/" not in name]


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
    """Stage the paths, except those that Git is told to ignore."""
    names = [b"./" + os.fsencode(os.path.relpath(path, folder)) for path in paths]
    ignored = set(_ignored(folder, b"\0".join(names)).split(b"\0"))
    kept = b"\0".join(name for name in names if name not in ignored)
    if kept:
        _run(["add", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul"], folder, stdin=kept)


def _ignored(folder: Path, names: bytes) -> bytes:
    try:
        return _run(["check-ignore", "-z", "--stdin"], folder, stdin=names)
    except GitError as error:
        if error.message.endswith("failed: 1"):
            return b""
        raise


def repository_of(path: Path) -> tuple[Path, str]:
    """A folder that Git can be asked in about a path, and the path below the top of the tree, ``/`` between names.

    The path itself need not be there now, only the repository, which may be a bare one. Raises `GitError`.
    """
    path = Path(os.path.realpath(path))
    folder = next(folder for folder in (path, *path.parents) if folder.is_dir())
    top = top_level(folder)
    if top is None:
        # A bare repository: Git's own folder is the top.
        git_directory = _run(["rev-parse", "--absolute-git-dir"], folder, own_index=False)
        top = Path(os.fsdecode(git_directory.rstrip(b"\n")))
    return top, Path(os.path.relpath(path, os.path.realpath(top))).as_posix()


def commit_id(folder: Path, ref: str) -> str:
    """The commit that a branch, tag or id names now. Raises `GitError`."""
    return _run(["rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}"], folder).decode("ascii").strip()


def tree_blobs(folder: Path, commit: str, path: str) -> dict[str, tuple[bool, str]]:
    """The files below a path of a commit, by path from there: whether each is a symbolic link, and its blob's id."""
    tree = f"{commit}:{'' if path == '.' else path}"
    found = {}
    for entry in _run(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree], folder).split(b"\0"):
        details, _, name = entry.partition(b"\t")
        mode, kind, *blob = details.split()[:3] or (b"", b"")
        if kind == b"blob":
            found[os.fsdecode(name)] = (mode == b"120000", blob[0].decode("ascii"))
    return found


def blob_size(folder: Path, blob: str) -> int:
    """The size of a blob in bytes."""
    return int(_run(["cat-file", "-s", blob], folder))
