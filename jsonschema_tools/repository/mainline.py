"""The main line of a release branch: what was on it, commit after commit, and not on what was merged into it.

That is the line of first parents, but where a merge has its parents the other way round: the branch was merged into
something else, and then moved there. Its own line goes on by the other parent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jsonschema_tools.repository import git
from jsonschema_tools.versions import is_version

_MERGED_BRANCH = re.compile(r"Merge (?:remote-tracking )?branch '([^']+)'")
"""How Git begins its message for a merge, with the branch that it brought in. Source: git-fmt-merge-msg."""

_SAYS_SO = "Merge "
"""How Git, and the sites that keep repositories, begin the message of a merge into the branch it is on."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Commits of a line: those of ``span``, or a single merge as it differs from ``parent``."""

    span: tuple[str, ...]
    parent: str | None = None


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
    lines = [list(_line(top, tip, named, names, since)) for tip, named in tips.items()]
    if all(len(line) == 1 for line in lines):
        lines = [[_Stretch(tuple(tips))]]
    stop = [f"^{since}"] if since else []
    for line in lines:
        for stretch in line:
            for commit, path, blob in _added(top, stretch, stop, names, offline):
                found.setdefault(path, (commit, blob))
    return found


def _added(
    top: Path, stretch: _Stretch, stop: list[str], names: Sequence[str], offline: bool
) -> Iterable[tuple[str, str, str]]:
    if stretch.parent is None:
        return git.added(top, [*stretch.span, *stop], names, offline=offline)
    (merge,) = stretch.span
    new = git.between(top, stretch.parent, merge, names, "AT", offline=offline)
    return [(merge, path, blob) for path, blob in new]


def _line(top: Path, tip: str, named: Collection[str], names: Sequence[str], since: str | None) -> Iterator[_Stretch]:
    """The stretches of the line of a branch, oldest first."""
    stretches: list[_Stretch] = []
    known: set[str] = set()
    while True:
        swap = next(_swapped(top, tip, named, names, since), None)
        if swap is None or swap[0] in known:
            break
        merge, parent = swap
        known.add(merge)
        stretches += [_Stretch((tip, f"^{merge}")), _Stretch((merge,), parent)]
        tip = parent
    yield from reversed([*stretches, _Stretch((tip,))])


def _swapped(
    top: Path, tip: str, named: Collection[str], names: Sequence[str], since: str | None
) -> Iterator[tuple[str, str]]:
    """The merges on the line of first parents that have them the other way round, newest first, each with the parent
    by which the line goes on.

    The message of a merge says which of both was the branch. Where it does not, it is the one whose files the merge
    changed: then no release is taken for less than it was.
    """
    for commit, parents, subject in git.merges(top, tip, since):
        if len(parents) != 2:
            continue
        first, second = parents
        match = _MERGED_BRANCH.match(subject)
        if match is not None or subject.startswith(_SAYS_SO):
            is_swapped = match is not None and match[1] in named
        else:
            is_swapped = _changes_versions(top, second, commit, names) and not _changes_versions(
                top, first, commit, names
            )
        if is_swapped:
            yield commit, second


def _changes_versions(top: Path, old: str, new: str, names: Sequence[str]) -> bool:
    """Whether a commit has not every version file of another one as it was there."""
    return any(is_version(PurePosixPath(name).stem) for name, _ in git.between(top, old, new, names, "MTD"))
