"""The outcome of a search for a value: found, impossible, or unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jsonschema_tools.containment.nodes import Node
from jsonschema_tools.documents.values import Document


@dataclass(frozen=True, slots=True)
class Found:
    """A value that satisfies the goal."""

    value: Document


@dataclass(frozen=True, slots=True)
class Unknown:
    """``keyword`` is what stopped the search, ``node`` says it where that is known; see `TOO_DEEP`.

    ``why`` in words where the keyword alone does not say it; ``exhausted`` where it was no keyword but the number of
    steps, which ended at the node.
    """

    keyword: str
    node: Node | None = None
    exhausted: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """It is proved that no value exists."""


EMPTY = Empty()
TOO_DEEP = Unknown("")
"""No keyword is too much for the search, but the depth of the values."""

Outcome = Found | Unknown | Empty


def first_found(outcomes: Iterable[Outcome]) -> Outcome:
    """The first value, else what is unknown, else the proof that there is none."""
    unknown: Outcome = EMPTY
    for outcome in outcomes:
        if isinstance(outcome, Found):
            return outcome
        if isinstance(outcome, Unknown) and unknown is EMPTY:
            unknown = outcome
    return unknown
