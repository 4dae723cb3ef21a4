"""The next commit, as what is staged would make it: its files, and a working tree for parts of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from jsonschema_tools.errors import GitError
from jsonschema_tools.git.process import run
from jsonschema_tools.git.repositories import MERGED, common_directory, merged_commits

_LINK, _SUBMODULE = b"120000", b"160000"


def staged_tree(top: Path) -> str:
    """The id of the tree that the next commit would have. Raises `GitError`, where files are in conflict too."""
    return run(["write-tree"], top).strip().decode("ascii")


def differing_from(top: Path, commit: str, tree: str, folder: Path) -> list[Path]:
    """The files below a folder that a tree has otherwise than a commit."""
    names = [] if folder == top else ["--", folder.relative_to(top).as_posix()]
    output = run(["diff-tree", "-r", "-z", "--name-only", "--no-renames", commit, tree, *names], top)
    return [top / os.fsdecode(name) for name in output.split(b"\0") if name]


def tree_entries(top: Path, tree: str, names: Iterable[str], *, below: bool = False) -> dict[str, bytes]:
    """The files and links of a tree by name from the top, as Git lists them: those that are named, and those directly
    in a folder that is named with a slash at the end; with ``below`` all that are at or below the names.
    """
    asked = set(names)
    listed, found = sorted(asked), dict[str, bytes]()
    for start in range(0, len(listed), _PORTION):
        portion = listed[start : start + _PORTION]
        arguments = ["ls-tree", "-z", "--full-tree", *(["-r"] if below else []), tree]
        for entry in run([*arguments, *([] if "" in portion else ["--", *portion])], top).split(b"\0"):
            details, _, name = entry.partition(b"\t")
            path = os.fsdecode(name)
            # On the way to a name, Git lists what is beside it, too.
            is_asked = below or path in asked or f"{path.rpartition('/')[0]}/" in asked
            if b" blob " in details and (is_asked or ("" in asked and "/" not in path)):
                found[path] = entry
    return found


_PORTION = 500


def is_link(entry: bytes) -> bool:
    """Whether an entry of a tree is a symbolic link."""
    return entry.startswith(_LINK)


def open_working_tree(top: Path, folder: Path) -> None:
    """Make an empty folder an empty working tree on top of the last commit.

    It shares the objects of the repository and nothing else: what is done in it does not change that.
    """
    directory = folder / ".git"
    directory.mkdir()
    (directory / "HEAD").write_bytes(_head(top))
    (directory / "commondir").write_bytes(os.fsencode(common_directory(top)) + b"\n")
    if merged := merged_commits(top):
        (directory / MERGED).write_text("\n".join(merged) + "\n")


def check_out(folder: Path, entries: Iterable[bytes], hidden: Iterable[bytes] = ()) -> None:
    """Put entries of a tree into the working tree and the index of a folder; ``hidden`` ones into the index alone."""
    shown = list(entries)
    run(["update-index", "-z", "--index-info"], folder, stdin=b"".join(entry + b"\0" for entry in [*shown, *hidden]))
    names = b"".join(entry.partition(b"\t")[2] + b"\0" for entry in shown)
    run(["checkout-index", "--quiet", "--index", "--force", "-z", "--stdin"], folder, stdin=names)


def _head(top: Path) -> bytes:
    """What the file ``HEAD`` holds: the branch, or the commit where HEAD is on none."""
    try:
        return b"ref: " + run(["symbolic-ref", "--quiet", "HEAD"], top)
    except GitError:
        return run(["rev-parse", "HEAD"], top)
