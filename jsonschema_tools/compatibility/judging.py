"""What a policy makes of two versions: the breaks, each with the change that makes it and an event that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from jsonschema_tools.compatibility.bundling import Bundle, bundled
from jsonschema_tools.compatibility.comparison import Reading, compare
from jsonschema_tools.compatibility.edits import made, undone
from jsonschema_tools.compatibility.facts import Fact, change_of
from jsonschema_tools.compatibility.kinds import ANNOTATIONS, CONSTRAINTS, MEANINGS, words
from jsonschema_tools.compatibility.missed import missed
from jsonschema_tools.compatibility.model import Answer, Change, Comparison, Containment, Witness
from jsonschema_tools.compatibility.places import draft_number
from jsonschema_tools.compatibility.policies import ContentModel, Direction, Judging
from jsonschema_tools.compatibility.resolution import Documents
from jsonschema_tools.compatibility.wikimedia import Missing, missing
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.schemas.references import Retrieve

READERS: Final = {
    Direction.BACKWARD: "readers of the new version understand every event of the old one",
    Direction.FORWARD: "readers of the old version understand every event of the new one",
}
"""What a direction promises."""

GROWING: Final = frozenset({"enum-extended", "max-length-raised"})
"""Changes that old readers can live with once told: a value that they do not know, a text that is longer."""

UNDECIDED: Final = "undecided"
"""The kind by which `allow` can name what could not be decided."""

MOST_TRIED: Final = 60
"""So many changes are tried one by one: each of them is a proof of its own."""

TRIED_STEPS: Final = 8000
"""So much is done to see whether a change is a break by itself."""

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
    def growth(self) -> str | None:
        """The kind of the change where readers merely have to reckon with more: one of `GROWING`."""
        kinds = {change.kind for change in self.changes}
        return (
            next(iter(kinds)) if self.direction is Direction.FORWARD and len(kinds) == 1 and kinds <= GROWING else None
        )


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
    wanted = judging.policy.directions
    if judging.content_model is ContentModel.DECLARED and Direction.FORWARD in wanted:
        more = missed(old, new, comparison.changes, draft, retrieve)
        comparison = replace(comparison, changes=(*comparison.changes, *more))
    pair = _Pair(old, new, judging.content_model, draft, retrieve, comparison.changes)
    directions = {Direction.BACKWARD: comparison.backward, Direction.FORWARD: comparison.forward}
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


@dataclass(frozen=True)
class _Pair:
    old: Document
    new: Document
    model: ContentModel
    draft: str | None
    retrieve: Retrieve | None
    changes: Sequence[Change]

    @cached_property
    def bundles(self) -> tuple[Bundle, Bundle]:
        """Both versions with all that they refer to."""
        numbers = [draft_number(document, self.draft) for document in (self.old, self.new)]
        old, new = (
            bundled(Documents(document, number, self.retrieve))
            for document, number in zip((self.old, self.new), numbers, strict=True)
        )
        return old, new

    def breaks(self, direction: Direction, containment: Containment) -> Iterator[Break]:
        """The breaks in one direction: for each change that is one by itself, else for all of them together."""
        single = list(self._single(direction)) if containment.answer is Answer.NO else []
        shown = {change.fingerprint for item, _ in single for change in item.changes}
        if self.model is ContentModel.DECLARED and direction is Direction.FORWARD:
            # An event without the property is as valid as before: it is the readers who miss it.
            removed = [change for change in self.changes if change.kind == "property-removed"]
            yield from (_of_change(change, direction, None) for change in removed if change.fingerprint not in shown)
        yield from (item for item, _ in single)
        if containment.answer is Answer.UNKNOWN:
            message = f"it cannot be proved that {READERS[direction]}: {containment.reason}"
            pointer = containment.pointer or ""
            yield Break(message, pointer, direction, (_undecided(direction, pointer),), Answer.UNKNOWN)
        elif containment.answer is Answer.NO:
            left = self._left(direction, [reader for _, reader in single]) if single else containment
            if left is not None:
                message = f"it is not so that {READERS[direction]}: {left.reason}"
                yield Break(message, self._pointer(), direction, (), Answer.NO, left.witness)

    def _single(self, direction: Direction) -> Iterator[tuple[Break, Document]]:
        """The changes that break by themselves: the events that are written, read by someone who differs in just that,
        with this reader.

        Their events count only if they show it for the two versions as they are. Of very many changes the first are
        tried, the others together.
        """
        backward = direction is Direction.BACKWARD
        candidates = [change for change in self.changes if change.kind not in _NEVER_BREAKING]
        for change in candidates[:MOST_TRIED]:
            reader = made(*self.bundles, change) if backward else undone(*self.bundles, change)
            if reader is None:
                continue
            reading = self._reading(direction, *((self.old, reader) if backward else (reader, self.new)))
            witness = self._confirmed(direction, _tried(reading.understood))
            if witness is not None:
                yield _of_change(change, direction, witness), reader

    def _left(self, direction: Direction, readers: Sequence[Document]) -> Containment | None:
        """What is broken beside the changes that break by themselves: an event that none of these readers refuses."""
        reading = self._reading(direction, *(bundle.document for bundle in self.bundles))
        left = _tried(lambda: reading.understood_beside(readers))
        return left if self._confirmed(direction, left) is not None else None

    def _confirmed(self, direction: Direction, containment: Containment) -> Witness | None:
        """The event, where it shows the same for the two versions as they are."""
        if containment.witness is None:
            return None
        return self._reading(direction, self.old, self.new).refused(containment.witness.event)

    def _reading(self, direction: Direction, old: Document, new: Document) -> Reading:
        return Reading(old, new, direction, self.model, self.draft, self.retrieve, TRIED_STEPS)

    def _pointer(self) -> str:
        """Where the break is, as far as that is plain."""
        constraints = [change for change in self.changes if change.kind in CONSTRAINTS]
        return _place(constraints[0]) if len(constraints) == 1 else ""


def _tried(question: Callable[[], Containment]) -> Containment:
    """The answer for an edited schema, which may refer to something that is only there as it was."""
    try:
        return question()
    except SchemaToolsError as error:
        return Containment(Answer.UNKNOWN, error.message)


def _of_change(change: Change, direction: Direction, witness: Witness | None) -> Break:
    return Break(words(change), _place(change), direction, (change,), Answer.NO, witness)


def _undecided(direction: Direction, pointer: str) -> Change:
    """What stands for the change where none is known to break: it can be allowed like one."""
    change = change_of(Fact(UNDECIDED, None, None), (str(direction), pointer))
    return replace(change, new_pointer=pointer)


def _place(change: Change) -> str:
    return (change.new_pointer if change.new_pointer is not None else change.old_pointer) or ""
