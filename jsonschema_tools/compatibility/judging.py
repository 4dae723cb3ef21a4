"""What a policy makes of two versions: the breaks, each with the change that makes it and an event that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jsonschema_tools.compatibility.comparison import Reading, compare
from jsonschema_tools.compatibility.edits import made, undone
from jsonschema_tools.compatibility.kinds import ANNOTATIONS, CONSTRAINTS, MEANINGS, words
from jsonschema_tools.compatibility.model import Answer, Change, Comparison, Containment, Witness
from jsonschema_tools.compatibility.policies import ContentModel, Direction, Judging
from jsonschema_tools.compatibility.wikimedia import Missing, missing
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.references import Retrieve

READERS: Final = {
    Direction.BACKWARD: "readers of the new version understand every event of the old one",
    Direction.FORWARD: "readers of the old version understand every event of the new one",
}
"""What a direction promises."""

MOST_TRIED: Final = 60
"""So many changes are tried one by one: each of them is a proof of its own."""

_NEVER_BREAKING = (ANNOTATIONS | MEANINGS) - {"draft-changed"}


@dataclass(frozen=True, slots=True)
class Break:
    """Something that a policy does not allow.

    ``changes`` are the changes that make it: one, or several for the rule of the Node.js tool, whose ``direction`` is
    ``None``, or none where several do only together. ``answer`` is *unknown* where the compatibility could not be
    decided. ``witness`` is an event that one version accepts and the other refuses.
    """

    message: str
    pointer: str
    direction: Direction | None = None
    changes: tuple[Change, ...] = ()
    answer: Answer = Answer.NO
    witness: Witness | None = None

    @property
    def is_grown_enum(self) -> bool:
        """Whether readers merely have to reckon with one more value of an ``enum``."""
        return self.direction is Direction.FORWARD and [change.kind for change in self.changes] == ["enum-extended"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Two versions compared, and what the policy makes of it."""

    comparison: Comparison
    breaks: tuple[Break, ...]

    @property
    def undecided(self) -> bool:
        """Whether no break is known, but one could not be ruled out."""
        return bool(self.breaks) and all(found.answer is Answer.UNKNOWN for found in self.breaks)


def judge(
    old: Document,
    new: Document,
    judging: Judging,
    draft: str | None = None,
    retrieve: Retrieve | None = None,
) -> Judgement:
    """Compare two versions and find what breaks the policy. Arguments and errors as for `compare`."""
    comparison = compare(old, new, draft, judging, retrieve)
    if judging.policy.upstream:
        return Judgement(comparison, upstream_breaks(missing(old, new), comparison.changes))
    pair = _Pair(old, new, judging.content_model, draft, retrieve, comparison.changes)
    directions = {Direction.BACKWARD: comparison.backward, Direction.FORWARD: comparison.forward}
    wanted = judging.policy.directions
    breaks = [found for direction in wanted for found in pair.breaks(direction, directions[direction])]
    return Judgement(comparison, tuple(breaks))


def upstream_breaks(found: Iterable[Missing], changes: Sequence[Change]) -> tuple[Break, ...]:
    """What breaks the rule of the Node.js tool, with the changes that are at or below the place."""
    return tuple(
        Break(item.message, item.pointer, changes=tuple(c for c in changes if _is_at(c, item.place))) for item in found
    )


def _is_at(change: Change, place: str) -> bool:
    pointers = (change.old_pointer, change.new_pointer)
    at = any(p is not None and (p == place or p.startswith(f"{place}/")) for p in pointers)
    return at and change.kind not in ANNOTATIONS


@dataclass(frozen=True, slots=True)
class _Pair:
    old: Document
    new: Document
    model: ContentModel
    draft: str | None
    retrieve: Retrieve | None
    changes: Sequence[Change]

    def breaks(self, direction: Direction, containment: Containment) -> Iterator[Break]:
        """The breaks in one direction: for each change that is one by itself, else for all of them together."""
        if self.model is ContentModel.DECLARED and direction is Direction.FORWARD:
            # An event without the property is as valid as before: it is the readers who miss it.
            removed = [change for change in self.changes if change.kind == "property-removed"]
            yield from (_of_change(change, direction, None) for change in removed)
        if containment.answer is Answer.UNKNOWN:
            message = f"it cannot be proved that {READERS[direction]}: {containment.reason}"
            yield Break(message, "", direction, (), Answer.UNKNOWN)
        elif containment.answer is Answer.NO:
            found = list(self._single(direction))
            yield from found
            if not self._explained(direction, found):
                message = f"it is not so that {READERS[direction]}: {containment.reason}"
                yield Break(message, self._pointer(), direction, (), Answer.NO, containment.witness)

    def _single(self, direction: Direction) -> Iterator[Break]:
        """The changes that break by themselves: the events that are written, read by someone who differs in just that.

        Their events count only if they show it for the two versions as they are. Of very many changes the first are
        tried, the others together.
        """
        backward = direction is Direction.BACKWARD
        candidates = [change for change in self.changes if change.kind not in _NEVER_BREAKING]
        for change in candidates[:MOST_TRIED]:
            reader = made(self.old, self.new, change) if backward else undone(self.old, self.new, change)
            if reader is None:
                continue
            pair = (self.old, reader) if backward else (reader, self.new)
            containment = self._reading(direction, *pair).understood()
            if containment.witness is not None:
                witness = self._reading(direction, self.old, self.new).refused(containment.witness.event)
                if witness is not None:
                    yield _of_change(change, direction, witness)

    def _explained(self, direction: Direction, found: Sequence[Break]) -> bool:
        """Whether nothing is broken any more once the changes that break by themselves are undone."""
        rest: Document | None = self.new if found else None
        for item in reversed(found):
            for change in item.changes:
                rest = None if rest is None else undone(self.old, rest, change)
        if rest is None:
            return bool(found)
        return self._reading(direction, self.old, rest).understood(witness=False).answer is not Answer.NO

    def _reading(self, direction: Direction, old: Document, new: Document) -> Reading:
        return Reading(old, new, direction, self.model, self.draft, self.retrieve)

    def _pointer(self) -> str:
        """Where the break is, as far as that is plain."""
        constraints = [change for change in self.changes if change.kind in CONSTRAINTS]
        return _place(constraints[0]) if len(constraints) == 1 else ""


def _of_change(change: Change, direction: Direction, witness: Witness | None) -> Break:
    return Break(words(change), _place(change), direction, (change,), Answer.NO, witness)


def _place(change: Change) -> str:
    return (change.new_pointer if change.new_pointer is not None else change.old_pointer) or ""
