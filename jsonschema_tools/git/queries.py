"""Git, asked: what a repository has, had, and is about to have.

All questions go through `git_process`, which starts it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from jsonschema_tools.errors import GitError
from jsonschema_tools.git.process import bare_repository_at, index_of, repository_at, run


def _paths(output: bytes, folder: Path) -> list[Path]:
    return [folder / os.fsdecode(name) for name in output.split(b"\0") if name]


def top_level(folder: Path) -> Path | None:
    """The root of the Git working tree that the folder is in; ``None`` outside of one, or where Git is not installed.

    Raises `GitError` when Git cannot say, for example because the repository belongs to somebody else.
    """
    found = repository_at(folder)
    return found.top if found is not None else None


def has_commits(top: Path) -> bool:
    """Whether anything was ever committed on the branch."""
    try:
        return bool(run(["rev-parse", "--verify", "--quiet", "HEAD"], top).strip())
    except GitError:
        return False


def commit_of(top: Path, name: str) -> str:
    """The full id of the commit that a name leads to, whatever ``git rev-parse`` takes. Raises `GitError`."""
    try:
        return run(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"], top).decode().strip()
    except GitError:
        raise GitError(
            f"Git knows no commit by the name of {name!r}",
            remedy=f"Name a branch, tag or commit that is here. {_deepen(top, 'Or fetch it: `git fetch origin`')}",
        ) from None


def merge_base(top: Path, name: str) -> str:
    """The commit from which HEAD and another went apart. Raises `GitError`; a shallow clone may not have it."""
    other = commit_of(top, name)
    try:
        return run(["merge-base", "HEAD", other], top).decode().strip()
    except GitError:
        raise GitError(
            f"Git finds no commit that HEAD and {name!r} have in common",
            remedy=_deepen(top, "Name a branch, tag or commit of the same history."),
        ) from None


def is_shallow(top: Path) -> bool:
    """Whether the clone has only a part of the history."""
    return run(["rev-parse", "--is-shallow-repository"], top).strip() == b"true"


def _deepen(top: Path, otherwise: str) -> str:
    """The cure for something that is not there, which in a shallow clone is another one."""
    return SHALLOW_REMEDY if is_shallow(top) else otherwise


SHALLOW_REMEDY = (
    "The clone is shallow. Fetch the whole history: `git fetch --unshallow`, `fetch-depth: 0` for actions/checkout,"
    " or `GIT_DEPTH: 0` in GitLab CI."
)


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


def head_commit(top: Path) -> str | None:
    """The commit of HEAD; ``None`` before the first one."""
    try:
        return run(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], top).decode("ascii").strip()
    except GitError:
        return None


def head_branch(top: Path) -> str:
    """The branch that HEAD is on, ``HEAD`` where it is on none."""
    try:
        return os.fsdecode(run(["symbolic-ref", "--quiet", "--short", "HEAD"], top).strip()) or "HEAD"
    except GitError:
        return "HEAD"


def merged_commits(top: Path) -> list[str]:
    """The commits that a merge under way brings in, beside HEAD; none where there is no such merge."""
    repository = repository_at(top)
    try:
        return (repository.directory / _MERGED).read_text("ascii").split() if repository is not None else []
    except (OSError, UnicodeDecodeError):
        return []


_MERGED = "MERGE_HEAD"


def remotes(top: Path) -> list[str]:
    """The names of the remotes."""
    return os.fsdecode(run(["remote"], top)).splitlines()


def branch_refs(top: Path) -> dict[str, tuple[str, str]]:
    """Local and remote branches by full name: the commit, and for a symbolic ref the full name it stands for."""
    listed = run(["for-each-ref", "--format=%(refname)%00%(objectname)%00%(symref)", "refs/heads", "refs/remotes"], top)
    fields = [os.fsdecode(line).split("\0") for line in listed.split(b"\n") if line]
    return {name: (commit, target) for name, commit, target in fields}


def tree_files(top: Path, commit: str, folder: Path, *, offline: bool = False) -> dict[str, str]:
    """The files that a commit has below a folder, by name from the top, each with the id of its content.

    Links and submodules are left out. ``offline``: a partial clone fetches nothing. Raises `GitError`.
    """
    below = [] if folder == top else ["--", f"{folder.relative_to(top).as_posix()}/"]
    listed = run(["ls-tree", "-r", "-z", "--full-tree", commit, *below], top, offline=offline)
    files = {}
    for entry in listed.split(b"\0"):
        if entry.startswith(_REGULAR):
            details, _, name = entry.partition(b"\t")
            files[os.fsdecode(name)] = details.split()[2].decode("ascii")
    return files


def fork_point(top: Path, one: str, other: str) -> str | None:
    """The commit from which two went apart; ``None`` where there is none here."""
    try:
        return run(["merge-base", one, other], top).decode("ascii").strip()
    except GitError:
        return None


def is_ancestor(top: Path, one: str, other: str) -> bool:
    """Whether a commit is in the history of another."""
    return fork_point(top, one, other) == one


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


def _below(names: Sequence[str]) -> list[str]:
    """Arguments that limit a question to what is at or below some names, or to nothing."""
    return ["--", *names] if names else []


def contents_of_commits(
    top: Path, commit: str, without: Sequence[str], folder: Path
) -> dict[str, list[tuple[str, str]]]:
    """What the commits of a branch alone put into files below a folder: by name, each commit and its content's id.

    Along the first parents of ``commit``, oldest first, without all that the commits ``without`` have.
    """
    names = [] if folder == top else [folder.relative_to(top).as_posix()]
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


def left_out(folder: Path) -> set[Path]:
    """The files below the folder that a sparse checkout leaves out of the working tree."""
    listing = run(["ls-files", "-t", "-z", "--", "."], folder)
    return {folder / os.fsdecode(entry[2:]) for entry in listing.split(b"\0") if entry.startswith(b"S ")}


def is_blob(content: bytes, blob: str) -> bool:
    """Whether a content has the full id of a blob, without asking Git. Source: Git Internals, Git Objects."""
    digest = hashlib.sha1 if len(blob) == _SHA_1_DIGITS else hashlib.sha256
    return digest(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == blob


_SHA_1_DIGITS = 40


def content(top: Path, blob: str, *, offline: bool = False) -> bytes:
    """The content with the given id or name."""
    return run(["cat-file", "blob", blob], top, offline=offline)


def is_tracked(folder: Path) -> bool:
    """Whether the index has anything below a folder."""
    return bool(run(["ls-files", "-z", "--", "."], folder))


def is_partial(top: Path) -> bool:
    """Whether the clone fetches a part of its objects only when they are needed."""
    try:
        return bool(run(["config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$"], top))
    except GitError:
        return False


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


def hooks_folder(top: Path) -> Path:
    """Where Git looks for the hooks of a repository: as ``core.hooksPath`` has it, for all working trees the same."""
    found = run(["rev-parse", "--git-path", "hooks"], top, own_index=False, hooks=True)
    return Path(os.path.normpath(top / os.fsdecode(found.rstrip(b"\n"))))


def common_directory(top: Path) -> Path:
    """The directory that all working trees of a repository share: ``.git`` of the main one."""
    found = run(["rev-parse", "--git-common-dir"], top, own_index=False)
    return Path(os.path.realpath(top / os.fsdecode(found.rstrip(b"\n"))))


def check_out_index(top: Path, paths: Iterable[Path], folder: Path) -> None:
    """Make an empty folder a working tree with what the index has at the paths, on top of the last commit.

    It shares the objects of the repository and nothing else: what is done in it does not change that.
    """
    tree = run(["write-tree"], top).strip().decode("ascii")
    directory = folder / ".git"
    directory.mkdir()
    (directory / "HEAD").write_bytes(_head(top))
    (directory / "commondir").write_bytes(os.fsencode(common_directory(top)) + b"\n")
    if merged := merged_commits(top):
        (directory / _MERGED).write_text("\n".join(merged) + "\n")
    run(["read-tree", tree], folder)
    names = [os.path.relpath(path, top) for path in paths]
    listed = run(["ls-files", "-z", "--", *names], folder) if names else b""
    run(["checkout-index", "--quiet", "--index", "-z", "--stdin"], folder, stdin=listed)


def _head(top: Path) -> bytes:
    """What the file ``HEAD`` holds: the branch, or the commit where HEAD is on none."""
    try:
        return b"ref: " + run(["symbolic-ref", "--quiet", "HEAD"], top)
    except GitError:
        return run(["rev-parse", "HEAD"], top)


def repository_of(path: Path) -> tuple[Path, str]:
    """A folder that Git can be asked in about a path, and the path below the top of the tree, ``/`` between names.

    The path itself need not be there now, only the repository, which may be a bare one. Raises `GitError`.
    """
    path = Path(os.path.realpath(path))
    folder = next(folder for folder in (path, *path.parents) if folder.is_dir())
    found, bare = repository_at(folder), bare_repository_at(folder)
    top = found.top if found is not None else None
    # A bare repository may lie in a working tree: the nearest counts.
    if bare is not None and not (top is not None and top.is_relative_to(bare.directory)):
        top = bare.directory
    if top is None:
        raise GitError(
            f"{path} is not in a Git repository", remedy="Name a folder of a working tree, or a bare repository."
        )
    return top, Path(os.path.relpath(path, os.path.realpath(top))).as_posix()


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
