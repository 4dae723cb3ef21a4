"""Git repositories: where they are, their branches and commits, and what they are set to."""

from __future__ import annotations

import os
from pathlib import Path

from jsonschema_tools.errors import GitError
from jsonschema_tools.git.process import bare_repository_at, repository_at, run


def top_level(folder: Path) -> Path | None:
    """The root of the Git working tree that the folder is in; ``None`` outside of one, or where Git is not installed.

    Raises `GitError` when Git cannot say, for example because the repository belongs to somebody else.
    """
    found = repository_at(folder)
    return found.top if found is not None else None


def top_of(folder: Path, remedy: str) -> Path:
    """As `top_level`; raises `GitError` with the remedy outside of a working tree."""
    top = top_level(folder)
    if top is None:
        raise not_a_repository(folder, remedy)
    return top


def not_a_repository(path: Path | str, remedy: str) -> GitError:
    """The error for a path that Git knows nothing of."""
    return GitError(f"{path} is not in a Git repository", remedy=remedy)


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
        return (repository.directory / MERGED).read_text("ascii").split() if repository is not None else []
    except (OSError, UnicodeDecodeError):
        return []


MERGED = "MERGE_HEAD"


def remotes(top: Path) -> list[str]:
    """The names of the remotes."""
    return os.fsdecode(run(["remote"], top)).splitlines()


def branch_refs(top: Path) -> dict[str, tuple[str, str]]:
    """Local and remote branches by full name: the commit, and for a symbolic ref the full name it stands for."""
    listed = run(["for-each-ref", "--format=%(refname)%00%(objectname)%00%(symref)", "refs/heads", "refs/remotes"], top)
    fields = [os.fsdecode(line).split("\0") for line in listed.split(b"\n") if line]
    return {name: (commit, target) for name, commit, target in fields}


def fork_point(top: Path, one: str, other: str) -> str | None:
    """The commit from which two went apart; ``None`` where there is none here."""
    try:
        return run(["merge-base", one, other], top).decode("ascii").strip()
    except GitError:
        return None


def is_ancestor(top: Path, one: str, other: str) -> bool:
    """Whether a commit is in the history of another."""
    return fork_point(top, one, other) == one


def is_partial(top: Path) -> bool:
    """Whether the clone fetches a part of its objects only when they are needed."""
    try:
        return bool(run(["config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$"], top))
    except GitError:
        return False


def hooks_folder(top: Path) -> Path:
    """Where Git looks for the hooks of a repository: as ``core.hooksPath`` has it, for all working trees the same."""
    found = run(["rev-parse", "--git-path", "hooks"], top, own_index=False, hooks=True)
    return Path(os.path.normpath(top / os.fsdecode(found.rstrip(b"\n"))))


def common_directory(top: Path) -> Path:
    """The directory that all working trees of a repository share: ``.git`` of the main one."""
    found = run(["rev-parse", "--git-common-dir"], top, own_index=False)
    return Path(os.path.realpath(top / os.fsdecode(found.rstrip(b"\n"))))


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
        raise not_a_repository(path, "Name a folder of a working tree, or a bare repository.")
    return top, Path(os.path.relpath(path, os.path.realpath(top))).as_posix()
