"""The index and the working tree: what is modified, staged and ignored; and staging itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from jsonschema_tools.errors import GitError
from jsonschema_tools.git.process import index_of, run


def _paths(output: bytes, folder: Path) -> list[Path]:
    return [folder / os.fsdecode(name) for name in output.split(b"\0") if name]


def touched_since(folder: Path, commit: str | None) -> list[Path]:
    """Files below the folder that are not what they were in a commit: changed, added, removed or not yet tracked.

    ``None`` stands for the state before the first commit.
    """
    if commit is None:
        changed = _paths(run(["ls-files", "-z", "--", "."], folder), folder)
    else:
        changed = _differing(folder, commit, "--", ".")
    untracked = run(["ls-files", "--others", "--exclude-standard", "-z", "--", "."], folder)
    return changed + _paths(untracked, folder)


def touched_since_each(folder: Path, commits: Iterable[str]) -> dict[str, set[Path]]:
    """As `touched_since` for each of some commits: the working tree is looked through once."""
    changed = set(_differing(folder, "--", "."))
    untracked = _paths(run(["ls-files", "--others", "--exclude-standard", "-z", "--", "."], folder), folder)
    found = {}
    for commit in commits:
        command = ["diff", "--cached", "--name-only", "--no-renames", "-z", "--relative", commit, "--", "."]
        staged = set(_paths(run(command, folder), folder))
        # What is staged and then changed once more may be as it was.
        both = (_differing(folder, commit, "--", *names) for names in _portions(folder, staged & changed))
        found[commit] = (staged ^ changed).union(untracked, *both)
    return found


def _differing(folder: Path, *arguments: str) -> list[Path]:
    """The files that ``git diff`` names, by their contents: those of a copied checkout all look touched.

    Git compares contents, through its filters, where it may note the outcome in the index. It gets one of its own: a
    question changes nothing.
    """
    with tempfile.TemporaryDirectory(prefix="jst-index-") as name:
        index = Path(name) / "index"
        with suppress(FileNotFoundError):
            # With its times: by them Git knows which files may have been changed within the same moment.
            shutil.copy2(_index(folder), index)
        command = ["diff", "--name-only", "--no-renames", "-z", "--relative", *arguments]
        return _paths(run(command, folder, index=index, settings=["diff.autoRefreshIndex=true"]), folder)


def _index(folder: Path) -> Path:
    """The index that counts: that of the commit being made in a hook, else that of the working tree."""
    own = index_of(folder)
    if own is not None:
        return own
    found = run(["rev-parse", "--git-path", "index"], folder, own_index=False)
    return folder / os.fsdecode(found.rstrip(b"\n"))


def left_out(folder: Path, only: Iterable[Path] | None = None) -> set[Path]:
    """The files below the folder that a sparse checkout leaves out of the working tree; with ``only`` those below
    these folders in it."""
    names = ["."] if only is None else [path.relative_to(folder).as_posix() for path in only]
    listing = run(["ls-files", "-t", "-z", "--", *names], folder) if names else b""
    return {folder / os.fsdecode(entry[2:]) for entry in listing.split(b"\0") if entry.startswith(b"S ")}


def is_tracked(folder: Path) -> bool:
    """Whether the index has anything below a folder."""
    return bool(run(["ls-files", "-z", "--", "."], folder))


def ignored(top: Path, names: Iterable[str]) -> set[str]:
    """Those of the names that Git is told to ignore and does not have; they are relative to the top."""
    written = b"\0".join(b"./" + os.fsencode(name) for name in names)
    return {os.fsdecode(name)[2:] for name in _ignored(top, written).split(b"\0") if name} if written else set()


def staged_names(folder: Path) -> list[str]:
    """The names of the files that the index has directly in a folder."""
    listing = run(["ls-files", "-z", "--", "."], folder)
    return [name for name in map(os.fsdecode, listing.split(b"\0")) if name and "/" not in name]


def modified(folder: Path, *, staged: bool) -> list[Path]:
    """Files below the folder that were added, copied, modified or renamed, in the index or in the working tree."""
    found = _differing(folder, "--diff-filter=ACM", *(["--cached"] if staged else []), "--", ".")
    if staged:
        return found
    untracked = run(["ls-files", "--others", "--exclude-standard", "-z", "--", "."], folder)
    return found + _paths(untracked, folder)


def staged_content(path: Path) -> bytes:
    """The content of the file as it is in the index."""
    return run(["cat-file", "blob", f":./{path.name}"], path.parent)


def unstaged(folder: Path, paths: Iterable[Path]) -> list[Path]:
    """Those of the paths whose working tree state is not what is in the index."""
    found = []
    for names in _portions(folder, paths):
        found += _differing(folder, "--", *names)
        found += _paths(run(["ls-files", "--others", "-z", "--", *names], folder), folder)
    return found


def without_content(folder: Path, paths: Iterable[Path]) -> list[Path]:
    """Those of the paths that the index has no content of: not tracked, or only announced (`git add -N`)."""
    found = []
    for names in _portions(folder, paths):
        found += _paths(run(["ls-files", "--others", "-z", "--", *names], folder), folder)
        found += _differing(folder, "--diff-filter=A", "--", *names)
    return found


def _portions(folder: Path, paths: Iterable[Path]) -> Iterator[list[str]]:
    """The paths as seen from a folder, no more at a time than a command line takes."""
    names = [os.path.relpath(path, folder) for path in paths]
    return (names[start : start + _MOST_NAMES] for start in range(0, len(names), _MOST_NAMES))


_MOST_NAMES = 500


def add(folder: Path, paths: Iterable[Path]) -> None:
    """Stage the paths, except those that Git is told to ignore."""
    kept = b"\0".join(_name(folder, path) for path in not_ignored(folder, paths))
    for index in _indexes(folder) if kept else ():
        run(["add", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul"], folder, stdin=kept, index=index)


def _indexes(folder: Path) -> list[Path | None]:
    """The indexes that what is staged now must go into; ``None`` is the one that Git takes by itself.

    `git commit PATH` runs its hooks with an index made for this commit (``next-index-*.lock``), and has the one that
    the repository will have afterwards in ``index.lock``. A file that only the former got would be committed, and
    count as staged for deletion from then on.
    """
    index = index_of(folder)
    is_of_paths = index is not None and index.name.startswith("next-index-")
    following = index.with_name("index.lock") if index is not None and is_of_paths else None
    return [None, following] if following is not None and following.is_file() else [None]


def is_index_of_one_commit() -> bool:
    """Whether what counts as staged is so for one commit only: in a hook of `git commit -a` or `git commit PATH`."""
    return os.environ.get("GIT_INDEX_FILE", "").endswith(".lock")


def entries(folder: Path, paths: Iterable[Path]) -> list[tuple[Path | None, bytes]]:
    """What each index that counts has at the paths, for `put_back`."""
    portions = list(_portions(folder, paths))
    command = ["ls-files", "--stage", "-z", "--full-name", "--"]
    return [
        (index, b"".join(run([*command, *names], folder, index=index) for names in portions))
        for index in (_indexes(folder) if portions else ())
    ]


def put_back(folder: Path, paths: Iterable[Path], found: Iterable[tuple[Path | None, bytes]]) -> None:
    """Make the index have at the paths what `entries` found there, and nothing where that was nothing."""
    names = b"\0".join(_name(folder, path) for path in paths)
    for index, listing in found:
        run(["update-index", "--force-remove", "-z", "--stdin"], folder, stdin=names, index=index)
        run(["update-index", "-z", "--index-info"], folder, stdin=listing, index=index)


def not_ignored(folder: Path, paths: Iterable[Path]) -> list[Path]:
    """The paths without those that Git is told to ignore, and does not track."""
    names = {path: _name(folder, path) for path in paths}
    ignored = set(_ignored(folder, b"\0".join(names.values())).split(b"\0"))
    return [path for path, name in names.items() if name not in ignored]


def _name(folder: Path, path: Path) -> bytes:
    return b"./" + os.fsencode(os.path.relpath(path, folder))


def _ignored(folder: Path, names: bytes) -> bytes:
    try:
        return run(["check-ignore", "-z", "--stdin"], folder, stdin=names)
    except GitError as error:
        if error.message.endswith("failed: 1"):
            return b""
        raise
