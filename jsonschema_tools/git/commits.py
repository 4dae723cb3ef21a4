"""What commits have: their files and contents, and what each of them changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from jsonschema_tools.git.process import run


def tree_files(top: Path, commit: str, *folders: Path, offline: bool = False) -> dict[str, str]:
    """The files that a commit has below folders, by name from the top, each with the id of its content.

    Links and submodules are left out. ``offline``: a partial clone fetches nothing. Raises `GitError`.
    """
    if not folders:
        return {}
    below = [] if top in folders else ["--", *(f"{folder.relative_to(top).as_posix()}/" for folder in folders)]
    listed = run(["ls-tree", "-r", "-z", "--full-tree", commit, *below], top, offline=offline)
    files = {}
    for entry in listed.split(b"\0"):
        if entry.startswith(_REGULAR):
            details, _, name = entry.partition(b"\t")
            files[os.fsdecode(name)] = details.split()[2].decode("ascii")
    return files


def contents_at(top: Path, commit: str, names: Sequence[str], *, offline: bool = False) -> dict[str, tuple[str, str]]:
    """The files at or below the names in a commit, each with the commit and the id of its content."""
    found: dict[str, tuple[str, str]] = {}
    for entry in run(["ls-tree", "-r", "-z", "--full-tree", commit, *_below(names)], top, offline=offline).split(b"\0"):
        details, _, name = entry.partition(b"\t")
        if details.startswith(_REGULAR):
            found[os.fsdecode(name)] = (commit, details.split()[2].decode("ascii"))
    return found


def added(
    top: Path, span: Sequence[str], names: Sequence[str], *, offline: bool = False
) -> Iterator[tuple[str, str, str]]:
    """Commit, name and content's id of each file at or below the names that a span of first parents added, oldest
    first."""
    return _changes(top, span, names, "AT", offline=offline)


def between(
    top: Path, pairs: Sequence[tuple[str, ...]], names: Sequence[str], kinds: str, *, offline: bool = False
) -> Iterator[tuple[str, str, str]]:
    """Commit, name and content's id of each file that commits have otherwise than the one beside them (a first commit
    stands alone), for some kinds of difference, as ``--diff-filter`` has them. The id is zeros where there is none."""
    if not pairs:
        return
    arguments = ["diff-tree", "--stdin", "--root", "-r", "-z", "--no-renames", "--raw", "--no-abbrev"]
    asked = "".join(f"{' '.join(pair)}\n" for pair in pairs).encode("ascii")
    output = run([*arguments, f"--diff-filter={kinds}", *_below(names)], top, stdin=asked, offline=offline)
    commit = ""
    fields = iter(output.split(b"\0"))
    for field in fields:
        if field.startswith(b":"):
            old_mode, mode, _, blob, _ = field.split()
            name = next(fields)
            if (mode if mode.strip(b"0") else old_mode.lstrip(b":")).startswith(_REGULAR):
                yield commit, os.fsdecode(name), blob.decode("ascii")
        elif field.strip():
            commit = field.strip().decode("ascii")


def commits(top: Path, span: Sequence[str], *, first_merges: bool = False) -> list[tuple[str, list[str], str]]:
    """The commits of a span, newest first: id, parents and subject of each; or only the merges along first parents."""
    only = ["--first-parent", "--merges"] if first_merges else []
    arguments = ["log", *_WHATEVER_THE_USER_SET, *only, "-z", "--no-patch", "--format=tformat:%H%x01%P%x01%s"]
    output = run([*arguments, *span], top).decode("utf-8", "replace")
    found = [line.split("\x01", 2) for line in output.split("\0") if line]
    return [(commit, parents.split(), subject) for commit, parents, subject in found]


def brought_and_removed(top: Path, folder: Path) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str, str]]]:
    """The commit that brought each file below a folder, as far as the last commit knows: its date (RFC 3339), and the
    name of its author; by the name of the file below ``top``. And for each that is there no more the same of the commit
    that removed it, and its id."""
    names = [] if folder == top else [folder.relative_to(top).as_posix()]
    arguments = [*_WHATEVER_THE_USER_SET, "--no-renames", "--diff-filter=AD", "--name-status", "-z"]
    output = run(["log", *arguments, "--format=format:%x01%aI%x01%aN%x01%H", "HEAD", *_below(names)], top)
    brought: dict[str, tuple[str, str]] = {}
    removed: dict[str, tuple[str, str, str]] = {}
    date, author, commit = "", "", ""
    fields = iter(output.split(b"\0"))
    for field in fields:
        kind = field.lstrip(b"\n")
        if kind.startswith(b"\x01"):
            # What the first file became is on the next line.
            head, _, kind = kind.partition(b"\n")
            _, date, rest = head.decode("utf-8", "replace").split("\x01", 2)
            author, _, commit = rest.rpartition("\x01")
        name = os.fsdecode(next(fields, b"")) if kind else ""
        # Newest first: what was there before it was removed counts.
        if kind == b"A":
            brought[name] = date, author
        elif kind == b"D" and name not in brought:
            removed.setdefault(name, (date, author, commit))
    return brought, removed


def renamed(top: Path, commit: str, folder: Path) -> dict[str, str]:
    """The files below a folder that a commit renamed: by their old names the new ones."""
    names = [] if folder == top else [folder.relative_to(top).as_posix()]
    arguments = [*_WHATEVER_THE_USER_SET, "--find-renames", "--diff-filter=R", "--name-status", "-z", "--format="]
    fields = iter(run(["show", *arguments, commit, *_below(names)], top).split(b"\0"))
    return {os.fsdecode(next(fields, b"")): os.fsdecode(next(fields, b"")) for kind in fields if kind.startswith(b"R")}


def _below(names: Sequence[str]) -> list[str]:
    """Arguments that limit a question to what is at or below some names, or to nothing."""
    return ["--", *names] if names else []


def contents_of_commits(
    top: Path, commit: str, without: Sequence[str], names: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """What the commits of a branch alone put into files at or below names: by name, each commit and its content's id.

    Along the first parents of ``commit``, oldest first, without all that the commits ``without`` have.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for made_by, name, blob in _changes(top, [commit, *(f"^{other}" for other in without)], names, "AMT"):
        found.setdefault(name, []).append((made_by, blob))
    return found


def _changes(
    top: Path, span: Sequence[str], names: Sequence[str], kinds: str, *, offline: bool = False
) -> Iterator[tuple[str, str, str]]:
    """Commit, name and content's id of each file that a span of first parents added or changed, oldest first."""
    arguments = ["-m", "--first-parent", "--topo-order", "--reverse", "--no-renames", "--raw", "--no-abbrev", "-z"]
    command = [
        "log",
        *_WHATEVER_THE_USER_SET,
        *arguments,
        f"--diff-filter={kinds}",
        "--format=format:%x01%H%x00",
        *span,
    ]
    commit = ""
    fields = iter(run([*command, *_below(names)], top, settings=["log.showRoot=true"], offline=offline).split(b"\0"))
    for field in fields:
        text = field.lstrip(b"\n")
        if text.startswith(b"\x01"):
            commit = text[1:].decode("ascii")
        elif text.startswith(b":"):
            _, mode, _, blob, _ = text.split()
            name = next(fields)
            if mode.startswith(_REGULAR):
                yield commit, os.fsdecode(name), blob.decode("ascii")


_WHATEVER_THE_USER_SET = ("--no-relative", "--no-color")
"""A user's configuration may have these on, and they change what Git prints."""

_REGULAR = b"100"


def is_blob(content: bytes, blob: str) -> bool:
    """Whether a content has the full id of a blob, without asking Git. Source: Git Internals, Git Objects."""
    digest = hashlib.sha1 if len(blob) == _SHA_1_DIGITS else hashlib.sha256
    return digest(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == blob


_SHA_1_DIGITS = 40


def content(top: Path, blob: str, *, offline: bool = False) -> bytes:
    """The content with the given id or name."""
    return run(["cat-file", "blob", blob], top, offline=offline)


def tree_blobs(folder: Path, commit: str, path: str) -> dict[str, tuple[bool, str]]:
    """The files below a path of a commit, by path from there: whether each is a symbolic link, and its blob's id."""
    tree = f"{commit}:{'' if path == '.' else path}"
    found = {}
    for entry in run(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree], folder).split(b"\0"):
        details, _, name = entry.partition(b"\t")
        mode, kind, *blob = details.split()[:3] or (b"", b"")
        if kind == b"blob":
            found[os.fsdecode(name)] = (mode == b"120000", blob[0].decode("ascii"))
    return found


def blob_size(folder: Path, blob: str) -> int:
    """The size of a blob in bytes."""
    return int(run(["cat-file", "-s", blob], folder))
