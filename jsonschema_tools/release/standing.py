"""How a version file stands: released, ahead, withdrawn, a draft, or unknown. One answer for every command.

Pure: what Git says comes in as `Facts`. Where Git does not say enough, no answer is given that could lose something.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What may be done with a version file."""

    RELEASED = "released"
    """In the tree at the tip of a release branch: it holds what it held first."""
    AHEAD = "ahead"
    """Released, and not yet merged here: neither missing nor to be written; its number is taken."""
    WITHDRAWN = "withdrawn"
    """Released once, and removed again: the same document may return, its number is spent."""
    DRAFT = "draft"
    """On no release branch: it may be rewritten or removed."""
    UNKNOWN = "unknown"
    """Git does not say enough to tell."""


TAKEN = "taken"
"""What a version is called that is here and, with another content, on a release branch that is not merged here."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a version file held when it was released: ``commit`` is the abbreviated id, ``blob`` that of the content."""

    commit: str
    blob: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a version file, and where it has that from.

    ``branch`` is the release branch that has it, ``content`` what it must hold (``None`` where nobody knows, or for a
    draft), ``alternatives`` what other release branches hold instead. ``merged`` is false where the release branch has
    it and this branch does not have that yet. ``source`` is what ``git checkout`` restores it from. ``reason`` and
    ``remedy`` say why it is unknown, or released without Git.
    """

    state: State
    branch: str = ""
    content: Content | None = None
    alternatives: tuple[Content, ...] = ()
    merged: bool = True
    source: str = ""
    reason: str = ""
    remedy: str = ""

    @property
    def is_released(self) -> bool:
        """Whether the version is there for everybody, here or not yet here."""
        return self.state in (State.RELEASED, State.AHEAD)

    def __str__(self) -> str:
        if not self.branch:
            return str(self.state)
        commit = f" ({self.content.commit})" if self.content else ""
        return {
            State.RELEASED: f"released on {self.branch}{commit}{'' if self.merged else ', not yet merged here'}",
            State.AHEAD: f"released on {self.branch}{commit}, not yet merged here",
            State.WITHDRAWN: f"withdrawn: released on {self.branch}{commit} and removed later",
        }.get(self.state, str(self.state))


@dataclass(frozen=True, slots=True)
class ReleaseBranch:
    """The tip of a release branch: its name with the remote, its commit, and its files by name with their blobs.

    ``fork`` gives the files of the commit at which HEAD and the branch went apart; in a merge under way, those also of
    what is being merged.
    """

    name: str
    commit: str
    files: Mapping[str, str]
    fork: Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why Git cannot say what is released, and the cure."""

    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What Git says of the files below a folder; names are relative to the top of the working tree.

    ``kept`` is false where Git keeps nothing here: outside of a repository, in a folder that it ignores, below the top
    of another repository that tracks nothing here. ``born`` is false before the first commit. ``unknown`` says why
    there is no release branch to look at, ``cut_off`` why its history is not all there. ``head`` are the files of HEAD,
    and of what a merge under way brings in.
    ``read`` gives the content of a blob.
    """

    kept: bool = True
    born: bool = True
    branches: tuple[ReleaseBranch, ...] = ()
    unknown: Unknown | None = None
    cut_off: Unknown | None = None
    head: Mapping[str, str] | None = None
    read: Callable[[str], bytes] = lambda _blob: b""

    def has(self, name: str) -> bool:
        """Whether HEAD has the file."""
        return self.head is not None and name in self.head


SHORT = 10
"""Digits of a commit id that are shown."""

NOT_KEPT = "Git does not keep what is here, so every version that exists counts as released"


@dataclass(frozen=True, slots=True)
class History:
    """What a history along first parents says of one name: which content came first, on which branch."""

    branch: str
    content: Content
    alternatives: tuple[Content, ...] = ()


def standing(
    name: str,
    facts: Facts,
    *,
    present: bool,
    ignored: bool = False,
    history: Callable[[], History | None] | None = None,
) -> Standing:
    """How the file stands. ``present``: it is in the working tree; ``ignored``: and Git is told not to see it.

    ``history`` is asked for what the file held first, only where that matters. Without it a file that no release branch
    has at its tip is taken for a draft, which a withdrawn version is too.
    """
    if not facts.kept or (ignored and not facts.has(name)):
        return _without_git(present)
    if not facts.born:
        return Standing(State.DRAFT)
    having = [branch for branch in facts.branches if name in branch.files]
    if having:
        return _at_tip(name, facts, having, present, history)
    if facts.unknown is not None and (present or facts.has(name) or facts.cut_off is not None):
        return Standing(State.UNKNOWN, reason=facts.unknown.reason, remedy=facts.unknown.remedy)
    if history is None:
        return Standing(State.DRAFT)
    if facts.cut_off is not None:
        return Standing(State.UNKNOWN, reason=facts.cut_off.reason, remedy=facts.cut_off.remedy)
    first = history()
    if first is None:
        return Standing(State.DRAFT)
    return Standing(State.WITHDRAWN, first.branch, first.content, first.alternatives, source=first.content.commit)


def _without_git(present: bool) -> Standing:
    if not present:
        return Standing(State.DRAFT)
    remedy = "Overwrite it with --force, or keep the folder in Git (`git init`, `git add`): there a draft can be told."
    return Standing(State.RELEASED, reason=NOT_KEPT, remedy=remedy)


def _at_tip(
    name: str,
    facts: Facts,
    having: list[ReleaseBranch],
    present: bool,
    history: Callable[[], History | None] | None,
) -> Standing:
    merged = facts.has(name) and any(facts.has(name) and _same(facts, branch, name) for branch in having)
    merged = merged or any(name in branch.fork() for branch in having)
    state = State.RELEASED if merged or present or facts.has(name) else State.AHEAD
    if history is None:
        return Standing(state, having[0].name, merged=merged, source=having[0].name)
    first = history() if facts.cut_off is None else None
    if first is None:
        # What the tip holds is the best there is; whether it is what was released, nobody can say.
        tip, blob = having[0], having[0].files[name]
        content = Content(tip.commit[:SHORT], blob, lambda: facts.read(blob))
        return Standing(state, tip.name, content, merged=merged, source=tip.name)
    # A branch whose tip still has the first content restores by its name, which people know better than a commit.
    intact = next((branch for branch in having if branch.files[name] == first.content.blob), None)
    branch = intact or having[0]
    return Standing(
        state,
        branch.name,
        first.content,
        first.alternatives,
        merged=merged,
        source=intact.name if intact else first.content.commit,
    )


def _same(facts: Facts, branch: ReleaseBranch, name: str) -> bool:
    return facts.head is not None and facts.head[name] == branch.files[name]
