"""Which branches are release branches: what is in the tree at the tip of one is released.

Pure: the refs and remotes come in as values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from jsonschema_tools.errors import command
from jsonschema_tools.release.standing import Unknown

USUAL = ("main", "master")
"""Branches that are taken for release branches where the configuration names none."""

_HEADS = "refs/heads/"
_REMOTES = "refs/remotes/"


@dataclass(frozen=True, slots=True)
class Ref:
    """A branch as Git names it: ``origin/main`` or ``main``, and the commit that it leads to."""

    name: str
    commit: str


def release_refs(
    refs: Mapping[str, tuple[str, str]],
    remotes: Sequence[str],
    patterns: Sequence[str] | None,
    head: Ref | None,
) -> list[Ref] | Unknown:
    """The release branches of a clone, or why there is none.

    Args:
        refs: by full name (``refs/remotes/origin/main``), the commit and, of a symbolic ref, what it stands for.
        remotes: the names of the remotes.
        patterns: names or globs of branches without a remote (``releaseBranches``); ``None`` where there are none.
        head: HEAD with the name of its branch; ``None`` before the first commit.
    """
    remote = [(branch, ref) for branch, ref in _of_remotes(refs, remotes)]
    local = [(full.removeprefix(_HEADS), commit) for full, (commit, _) in refs.items() if full.startswith(_HEADS)]
    if patterns is not None:
        there = {branch for branch, _ in remote}
        found = [ref for branch, ref in remote if _matches(branch, patterns)]
        found += [Ref(branch, commit) for branch, commit in local if branch not in there and _matches(branch, patterns)]
        return _distinct(found) or _nothing_matches(patterns, remotes, head)
    if remotes:
        found = [ref for branch, ref in remote if branch in ("HEAD", *USUAL)]
        return _distinct(found) or _no_branch(remotes)
    found = [Ref(branch, commit) for branch, commit in local if branch in USUAL]
    return _distinct(found) or ([head] if head is not None else [])


def _of_remotes(refs: Mapping[str, tuple[str, str]], remotes: Sequence[str]) -> Iterator[tuple[str, Ref]]:
    """The branches of the remotes: each with its name there. A symbolic ref is shown as what it stands for."""
    for remote in remotes:
        start = f"{_REMOTES}{remote}/"
        for full, (commit, target) in refs.items():
            if full.startswith(start) and not _of_a_longer(full, remote, remotes):
                yield full.removeprefix(start), Ref((target or full).removeprefix(_REMOTES), commit)


def _of_a_longer(full: str, remote: str, remotes: Sequence[str]) -> bool:
    """Names of remotes may have slashes: ``a/b`` is not the branch b of a remote a where there is a remote a/b."""
    return any(len(other) > len(remote) and full.startswith(f"{_REMOTES}{other}/") for other in remotes)


def _matches(branch: str, patterns: Sequence[str]) -> bool:
    return branch != "HEAD" and any(fnmatchcase(branch, pattern) for pattern in patterns)


def _distinct(refs: list[Ref]) -> list[Ref]:
    """Each commit once, by the first name of it."""
    by_commit: dict[str, Ref] = {}
    for ref in refs:
        by_commit.setdefault(ref.commit, ref)
    return list(by_commit.values())


_NAME_IT = "or say which branch or commit it is (--release-ref REF)"


def _nothing_matches(patterns: Sequence[str], remotes: Sequence[str], head: Ref | None) -> list[Ref] | Unknown:
    if head is None and not remotes:
        return []
    names = ", ".join(patterns)
    plain = next((name for name in patterns if not set(name) & set("*?[")), None)
    fetch = _fetch(remotes[0], plain or "main") if remotes else "Correct releaseBranches in the configuration"
    reason = f"no branch that is here is a release branch (releaseBranches: {names})"
    return Unknown(reason, f"{fetch}, {_NAME_IT}.")


def _no_branch(remotes: Sequence[str]) -> Unknown:
    remote = "origin" if "origin" in remotes else remotes[0]
    have = "have" if len(remotes) > 1 else "has"
    return Unknown(
        f"no release branch is here: {', '.join(remotes)} {have} no HEAD, main or master in this clone",
        f"{_fetch(remote, 'main')}; name others in the configuration (releaseBranches), {_NAME_IT}.",
    )


def _fetch(remote: str, branch: str) -> str:
    return f"Fetch it: {command('git', 'fetch', remote, f'{branch}:refs/remotes/{remote}/{branch}')}"
