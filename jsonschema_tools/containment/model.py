"""The nouns of containment: the answer, and the event that refutes one."""

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
