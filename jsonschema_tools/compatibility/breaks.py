"""A break: something that a policy does not allow, with the changes that make it and an event that shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from jsonschema_tools.compatibility.facts import Fact, change_of
from jsonschema_tools.compatibility.kinds import words
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.policies import Direction
from jsonschema_tools.containment.model import Answer, Containment, Witness

READERS: Final = {
    Direction.BACKWARD: "readers of the new version understand every event of the old one",
    Direction.FORWARD: "readers of the old version understand every event of the new one",
}
"""What a direction promises."""

GROWING: Final = frozenset({"enum-extended", "max-length-raised"})
"""Changes that old readers can live with once told: a value that they do not know, a text that is longer."""

MISSED: Final = "events without it are valid as before, but readers of the old version no longer get what it declares"
"""Why a property that is removed breaks readers although no event is refused."""

UNDECIDED: Final = "undecided"
"""The kind by which `allow` can name what could not be decided."""


@dataclass(frozen=True, slots=True)
class Break:
    """Something that a policy does not allow.

    ``changes`` are the changes that make it: one, several that do so only together, or none that could be told.
    ``direction`` is ``None`` for the rule of the Node.js tool. ``answer`` is *unknown* where the compatibility could
    not be decided. ``witness`` is an event that one version accepts and the other refuses.
    """

    message: str
    pointer: str
    direction: Direction | None = None
    changes: tuple[Change, ...] = ()
    answer: Answer = Answer.NO
    witness: Witness | None = None

    @property
    def why(self) -> str | None:
        """Why this breaks readers although all events are valid for them; ``None`` where an event shows it."""
        removed = {change.kind for change in self.changes} == {"property-removed"} and self.witness is None
        return MISSED if removed and self.direction is Direction.FORWARD else None

    @property
    def growth(self) -> str | None:
        """The kind of the change where readers merely have to reckon with more: one of `GROWING`."""
        kinds = {change.kind for change in self.changes}
        grows = self.direction is Direction.FORWARD and len(kinds) == 1 and kinds <= GROWING
        return kinds.pop() if grows else None


def break_of(change: Change, direction: Direction, witness: Witness | None) -> Break:
    """The break that a single change makes."""
    return Break(words(change), place_of(change), direction, (change,), Answer.NO, witness)


def break_together(changes: tuple[Change, ...], direction: Direction, found: Containment, pointer: str) -> Break:
    """The break that several changes make, or one that cannot be told; ``pointer`` is for the latter."""
    message = f"it is not so that {READERS[direction]}: {found.reason}"
    return Break(message, place_of(changes[0]) if changes else pointer, direction, changes, Answer.NO, found.witness)


def undecided_break(direction: Direction, found: Containment) -> Break:
    """What could not be decided. It has a change of its own, so that it can be allowed like any other."""
    pointer = found.pointer or ""
    stand_in = replace(change_of(Fact(UNDECIDED, None, None), (str(direction), pointer)), new_pointer=pointer)
    message = f"it cannot be proved that {READERS[direction]}: {found.reason}"
    return Break(message, pointer, direction, (stand_in,), Answer.UNKNOWN)


def place_of(change: Change) -> str:
    """Where a change is in the new version, or in the old one where it is gone."""
    return (change.new_pointer if change.new_pointer is not None else change.old_pointer) or ""
