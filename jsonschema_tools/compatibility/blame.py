"""Which change causes a break: each change is tried alone; a break that none causes alone gets the changes it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Final

from jsonschema_tools.compatibility.breaks import Break, break_of, break_together, place_of, undecided_break
from jsonschema_tools.compatibility.bundling import Bundle, bundled
from jsonschema_tools.compatibility.comparison import Audience
from jsonschema_tools.compatibility.edits import made, undone
from jsonschema_tools.compatibility.kinds import ANNOTATIONS, CONSTRAINTS, MEANINGS
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.policies import ContentModel, Direction
from jsonschema_tools.compatibility.resolution import Documents
from jsonschema_tools.containment.model import Answer, Containment, Witness
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.schemas.dialects import draft_of
from jsonschema_tools.schemas.references import Retrieve

MOST_TRIED: Final = 60
"""So many changes are tried one by one: each of them is a proof of its own."""

TRIED_STEPS: Final = 8000
"""So much is done to see whether a change is a break by itself."""

MOST_LEFT: Final = 20
"""So many times it is asked what is broken beside."""

_NEVER_BREAKING = (ANNOTATIONS | MEANINGS) - {"draft-changed"}


@dataclass(frozen=True)
class Pair:
    """Two versions, and what changed between them. Arguments as for `compare`."""

    old: Document
    new: Document
    model: ContentModel
    draft: str | None
    retrieve: Retrieve | None
    changes: Sequence[Change]
    readable: frozenset[str] = frozenset()
    """The pointers of the old version's properties that readers may get."""

    @cached_property
    def bundles(self) -> tuple[Bundle, Bundle]:
        """Both versions with all that they refer to."""
        numbers = [draft_of(document, self.draft) for document in (self.old, self.new)]
        old, new = (
            bundled(Documents(document, number, self.retrieve))
            for document, number in zip((self.old, self.new), numbers, strict=True)
        )
        return old, new

    def breaks(self, direction: Direction, containment: Containment) -> Iterator[Break]:
        """The breaks in one direction: for each change that is one by itself, else for all of them together."""
        single, left = [], list[Break]()
        if containment.answer is Answer.NO:
            single = list(self._single(direction))
            left = list(self._left(direction, containment, single))
        shown = {change.fingerprint for item in (*left, *(item for item, _ in single)) for change in item.changes}
        if self.model is ContentModel.DECLARED and direction is Direction.FORWARD:
            # An event without the property is as valid as before: it is the readers who miss it.
            removed = [change for change in self.changes if change.kind == "property-removed"]
            removed = [change for change in removed if change.old_pointer in self.readable]
            yield from (break_of(change, direction, None) for change in removed if change.fingerprint not in shown)
        yield from (item for item, _ in single)
        yield from left
        if containment.answer is Answer.UNKNOWN:
            yield undecided_break(direction, containment)

    def _single(self, direction: Direction) -> Iterator[tuple[Break, Document]]:
        """The changes that break by themselves: the events that are written, read by someone who differs in just that,
        with this reader.

        Their events count only if they show it for the two versions as they are. Of very many changes the first are
        tried, the others together.
        """
        backward = direction is Direction.BACKWARD
        for change in self._candidates:
            reader = made(*self.bundles, change) if backward else undone(*self.bundles, change)
            if reader is None:
                continue
            reading = self._reading(direction, *((self.old, reader) if backward else (reader, self.new)))
            containment = _tried(reading.understood)
            witness = self._confirmed(direction, containment)
            if witness is not None:
                yield break_of(change, direction, _about(witness, containment.witness)), reader

    @property
    def _candidates(self) -> list[Change]:
        return [change for change in self.changes if change.kind not in _NEVER_BREAKING][:MOST_TRIED]

    def _left(
        self, direction: Direction, containment: Containment, single: Sequence[tuple[Break, Document]]
    ) -> Iterator[Break]:
        """What is broken beside: by an event that none of the readers who differ in one change refuses.

        It is told of the changes without any of which the event is understood.
        """
        reading = self._reading(direction, *(bundle.document for bundle in self.bundles))
        understanding, helped = [reader for _, reader in single], list[Document]()
        told = [change for item, _ in single for change in item.changes]
        for _ in range(MOST_LEFT):
            if understanding or helped:
                containment = _tried(partial(reading.understood_beside, understanding, helped))
            witness = self._confirmed(direction, containment)
            if witness is None:
                return
            causes = self._causes(direction, reading, witness.event, told)
            if len(causes) == 1:
                yield break_of(causes[0][0], direction, witness)
            else:
                changes = tuple(change for change, _ in causes)
                yield break_together(changes, direction, containment, self._pointer())
            if not causes:
                return
            told += [change for change, _ in causes]
            helped += [reader for _, reader in causes]

    def _causes(
        self, direction: Direction, reading: Audience, event: Document, told: Sequence[Change]
    ) -> list[tuple[Change, Document]]:
        """The changes without any of which an event is understood, each with the reader for whom it was not made."""
        found = []
        for change in (change for change in self._candidates if change not in told):
            backward = direction is Direction.BACKWARD
            reader = undone(*self.bundles, change) if backward else made(*self.bundles, change)
            if reader is not None and reading.helps(event, reader):
                found.append((change, reader))
        return found

    def _confirmed(self, direction: Direction, containment: Containment) -> Witness | None:
        """The event, where it shows the same for the two versions as they are."""
        if containment.witness is None:
            return None
        return self._reading(direction, self.old, self.new).refused(containment.witness.event)

    def _reading(self, direction: Direction, old: Document, new: Document) -> Audience:
        return Audience(old, new, direction, self.model, self.draft, self.retrieve, TRIED_STEPS)

    def _pointer(self) -> str:
        """Where the break is, as far as that is plain."""
        constraints = [change for change in self.changes if change.kind in CONSTRAINTS]
        return place_of(constraints[0]) if len(constraints) == 1 else ""


def _about(witness: Witness, shown: Witness | None) -> Witness:
    """The witness with only the reasons that it shows, where just one change was made."""
    if shown is None or witness.refusals == shown.refusals:
        return witness
    told = list(zip(witness.pointers, witness.errors, strict=True))
    known = set(zip(shown.pointers, shown.errors, strict=True))
    kept = [each for each in told if each in known] or [each for each in told if each[0] in shown.pointers] or told
    pointers, errors = zip(*kept, strict=True)
    return replace(witness, errors=errors, pointer=pointers[0], pointers=pointers)


def _tried(question: Callable[[], Containment]) -> Containment:
    """The answer for an edited schema, which may refer to something that is only there as it was."""
    try:
        return question()
    except SchemaToolsError as error:
        return Containment(Answer.UNKNOWN, error.message)
