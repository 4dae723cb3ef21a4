"""The main line of a release branch: its own commits, without those that were merged into it.

That is the line of first parents, but where a merge has its parents the other way round: the branch was merged into
something else, and then moved there. Its own line goes on by the other parent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from jsonschema_tools import git
from jsonschema_tools.versions import is_version

_MERGED_BRANCH = re.compile(r"Merge (?:remote-tracking )?branch '([^']+)'")
"""How Git begins its message for a merge, with the branch that it brought in. Source: git-fmt-merge-msg."""

_SAYS_SO = "Merge "
"""How Git, and the sites that keep repositories, begin the message of a merge into the branch it is on."""


def first_contents(
    top: Path,
    tips: Mapping[str, Collection[str]],
    names: Sequence[str],
    *,
    since: str | None = None,
    offline: bool = False,
) -> dict[str, tuple[str, str]]:
    """Every file at or below the names that the tips ever had: the commit that added it, and its content's id then.

    Args:
        top: the root of the working tree.
        tips: the last commits of the branches, each with the names of its branch.
        names: relative to the top; none means all files.
        since: a commit. What it has comes first, and only later commits are looked through.
        offline: nothing is fetched into a partial clone.
    """
    found: dict[str, tuple[str, str]] = {}
    if since is not None:
        found |= git.contents_at(top, since, names, offline=offline)
    stop = [f"^{since}"] if since else []
    lines = {tip: _swapped_line(top, tip, named, names, stop) for tip, named in tips.items()}
    plain = [tip for tip, line in lines.items() if line is None]
    added = [git.added(top, [*plain, *stop], names, offline=offline)] if plain else []
    added += [git.between(top, line, names, "AT", offline=offline) for line in lines.values() if line is not None]
    for changes in added:
        for commit, path, blob in changes:
            found.setdefault(path, (commit, blob))
    return found


def _swapped_line(
    top: Path, tip: str, named: Collection[str], names: Sequence[str], stop: list[str]
) -> list[tuple[str, ...]] | None:
    """The commits of the line of a branch, oldest first, each with the one before it; ``None`` where that is the line
    of first parents."""
    if all(_is_said(subject, named) is False for _, _, subject in git.commits(top, [tip, *stop], first_merges=True)):
        return None
    known = {commit: (parents, subject) for commit, parents, subject in git.commits(top, [tip, *stop])}
    merges = {commit: _is_said(subject, named) for commit, (parents, subject) in known.items() if len(parents) == 2}
    doubtful = {commit: known[commit][0] for commit, is_swapped in merges.items() if is_swapped is None}
    by_second = _changing(top, [(commit, parents[1]) for commit, parents in doubtful.items()], names)
    by_first = _changing(top, [(commit, parents[0]) for commit, parents in doubtful.items()], names)
    swapped = {commit for commit, is_swapped in merges.items() if is_swapped} | (by_second - by_first)
    line: list[tuple[str, ...]] = []
    commit: str | None = tip
    while commit in known:
        before = known[commit][0][commit in swapped :][:1]
        line.append((commit, *before))
        commit = before[0] if before else None
    return line[::-1]


def _is_said(subject: str, named: Collection[str]) -> bool | None:
    """Whether a merge says that it brought the branch itself in, and not something else; ``None`` where it says
    neither: then the branch is the side whose versions the merge changed, so that no release is taken for less than it
    was."""
    match = _MERGED_BRANCH.match(subject)
    if match is not None:
        return match[1] in named
    return False if subject.startswith(_SAYS_SO) else None


def _changing(top: Path, pairs: Iterable[tuple[str, str]], names: Sequence[str]) -> set[str]:
    """The merges that have not every version file of a parent as it was there."""
    changes = git.between(top, list(pairs), names, "MTD")
    return {commit for commit, name, _ in changes if is_version(PurePosixPath(name).stem)}
