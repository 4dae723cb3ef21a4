"""The nouns of comparing two schemas: a change is a fact, a containment is what is proved about the events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from jsonschema_tools.documents.values import Document

MAX_STEPS: Final = 40_000
"""So much is done for one proof, if nothing else is said: a step is a small conjunction of literals, or a piece of an
automaton."""


class Answer(StrEnum):
    """What is known of a containment: proved, refuted by an event, or undecided."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Witness:
    """An event that one schema accepts and the other refuses, both verified by a validator.

    ``errors`` are the words of the validator that refuses it, ``pointers`` the JSON Pointers in the event, one for
    each, and ``pointer`` that of the first.
    """

    event: Document
    errors: tuple[str, ...]
    pointer: str
    pointers: tuple[str, ...] = ()

    @property
    def refusals(self) -> tuple[str, ...]:
        """The words of the validator, with their places."""
        placed = zip(self.pointers or (self.pointer,) * len(self.errors), self.errors, strict=True)
        return tuple(f"{pointer}: {words}" if pointer else words for pointer, words in placed)


@dataclass(frozen=True, slots=True)
class Containment:
    """Whether every event valid under one schema is valid under another.

    ``reason`` is one sentence: why it is so, or for `Answer.UNKNOWN` the keyword that stopped the proof.
    ``witness`` is there for every `Answer.NO`. ``pointer`` is the JSON Pointer of what stopped the proof, in one of the
    schemas, where that is known.
    """

    answer: Answer
    reason: str
    witness: Witness | None = None
    pointer: str | None = None


class Projected(dict[str, Any]):
    """A schema that was made of another one; ``pointer`` is the JSON Pointer of that."""

    __slots__ = ("pointer",)
    pointer: str

    def __init__(self, schema: Mapping[str, Any], pointer: str) -> None:
        super().__init__(schema)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Change:
    """A fact: what differs between two versions of a schema, without judgement.

    ``kind`` is a word of the closed vocabulary of `compatibility.kinds`. ``old_pointer`` and ``new_pointer`` are the
    JSON Pointers of the place in either document (``None`` where it is not there), ``old`` and ``new`` the values.
    ``fingerprint`` names the change and survives edits elsewhere in the schemas. ``old_home`` and ``new_home``
    are where the value is, or would be, to whoever edits just the place that was compared: they differ from the
    pointers behind a ``$ref`` that only one version has, and where nothing is said.
    """

    kind: str
    old_pointer: str | None
    new_pointer: str | None
    old: Document
    new: Document
    fingerprint: str
    old_home: str | None = None
    new_home: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions compared: the changes, and both directions.

    ``backward``: every event valid under the old schema is valid under the new one. ``forward``: every event valid
    under the new schema is valid under the old one.
    """

    changes: tuple[Change, ...]
    backward: Containment
    forward: Containment
