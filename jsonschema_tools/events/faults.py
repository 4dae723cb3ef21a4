"""A fault of an event, what the rules that look for faults yield, and validators of parts of a schema."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.places import Place, Places
from jsonschema_tools.schemas.vocabulary import REFERENCES

Step = str | int
Test = Callable[[Any], bool]
CompilePart = Callable[[dict[str, Any], str], Test]
"""From a schema without references and the URI of its draft to its validator; raises `ValueError`."""

MOST_OF_A_BRANCH = 20
"""Faults by one alternative of a combination, at most."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A keyword that refuses a value. ``path`` leads to that in the event, ``route`` to the keyword in the schema.

    ``said`` is the value of the keyword, ``more`` what it refuses in particular (names, indexes). ``branches`` are the
    faults by each alternative of an ``anyOf`` or ``oneOf`` of which none fits, with paths from ``value`` on.
    """

    keyword: str
    said: Any
    value: Document
    path: tuple[Step, ...] = ()
    route: tuple[Step, ...] = ()
    more: tuple[Step, ...] = ()
    branches: tuple[tuple[Fault, ...], ...] = ()

    def inside(self, path: tuple[Step, ...], route: tuple[Step, ...]) -> Fault:
        """The same, seen from further outside."""
        return replace(self, path=path + self.path, route=route + self.route)


Faults = tuple[Fault, ...]


@dataclass(slots=True)
class Into:
    """Says that what is wrong with a value by the schema at a place is wrong here, too."""

    place: Place
    value: Document
    path: tuple[Step, ...]
    route: tuple[Step, ...]


@dataclass(slots=True)
class Ask:
    """Asks for the first faults of a value by the schema at a place: none if it is valid."""

    place: Place
    value: Document
    most: int = 1


Rule = Generator["Fault | Into | Ask", Any, None]
"""What a keyword says, step by step; an `Ask` is answered with `Faults`."""


class Schema:
    """A schema taken apart as far as its faults need it; kept for the next event. Threads may share it.

    ``whole_test`` is the validator of all of it.
    """

    def __init__(self, places: Places, compile_part: CompilePart, whole_test: Test) -> None:
        self.places, self._compile, self.whole_test = places, compile_part, whole_test
        self._tests: dict[tuple[int, str], tuple[Any, Test | None]] = {}

    def test(self, place: Place, part: dict[str, Any], name: str) -> Test:
        """The validator of some keywords of a schema, which ``name`` stands for."""
        return self._kept(place, name, lambda: self._compiled(place, part)) or _anything

    def whole(self, place: Place) -> Test | None:
        """The validator of a schema, if that refers to no other."""
        return self._kept(place, "", lambda: self._compiled(place, place.schema) if _is_closed(place.schema) else None)

    def _kept(self, place: Place, name: str, make: Callable[[], Test | None]) -> Test | None:
        key = (id(place.schema), name)
        known = self._tests.get(key)
        if known is None:
            # With the schema, so that its ``id`` stays its own.
            known = self._tests[key] = place.schema, make()
        return known[1]

    def _compiled(self, place: Place, part: dict[str, Any]) -> Test | None:
        try:
            return self._compile(part, place.draft.uri)
        except ValueError:
            return None


def _anything(_value: Any) -> bool:
    return True


def _is_closed(schema: Document) -> bool:
    pending, words = [schema], {*REFERENCES, "$schema", "$id", "id"}
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if not words.isdisjoint(value):
                return False
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return isinstance(schema, dict)
