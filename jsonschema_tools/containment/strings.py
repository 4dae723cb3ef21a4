"""Find a string that satisfies lengths, patterns and formats, or prove that there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from jsonschema_tools.containment.formats import FORMATS, REFUSED
from jsonschema_tools.containment.nodes import Node
from jsonschema_tools.containment.outcomes import EMPTY, Found, Outcome, Unknown
from jsonschema_tools.patterns.outline import outline
from jsonschema_tools.patterns.searching import MAX_LENGTH, TooLarge, machine, words

_TRIES = 300
_MOST_UNDECIDED = 5
"""Texts that a search for a pattern gives up, at most: it takes its time."""

_PLAUSIBLE = ("a", "text", "b", "c")


@dataclass(slots=True)
class _Wanted:
    charge: Callable[[int], None]
    low: int = 0
    high: int | None = None
    patterns: set[str] = field(default_factory=set)
    unwanted: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)
    refused_formats: set[str] = field(default_factory=set)
    excluded: set[Any] = field(default_factory=set)
    irregular: bool = False

    def fits(self, text: str) -> bool:
        return self.low <= len(text) and (self.high is None or len(text) <= self.high) and text not in self.excluded


Suits = Callable[[str], bool | None]


def solve_string(literals: list[Node], suits: Suits, charge: Callable[[int], None]) -> Outcome:
    """A string that satisfies the literals.

    ``suits`` says whether a given one does, ``None`` where nobody knows; ``charge`` is told the size of the automata.
    """
    wanted = _read(literals, charge)
    if wanted.high is not None and wanted.low > wanted.high:
        return EMPTY
    if any(wanted.refused_formats & {name, *FORMATS[name].implies} for name in wanted.formats):
        return EMPTY
    for text in _suggestions(wanted):
        if wanted.fits(text) and suits(text):
            return Found(text)
    try:
        return _search(wanted, suits)
    except TooLarge:
        opaque = "format" if wanted.formats or wanted.refused_formats else "minLength"
        keyword = "pattern" if wanted.patterns or wanted.unwanted else opaque
        return Unknown(keyword, why="what is allowed together is too large for an automaton")


def _read(literals: list[Node], charge: Callable[[int], None]) -> _Wanted:
    wanted = _Wanted(charge)
    for node in literals:
        argument = node.args[0]
        match node.kind, node.positive:
            case "min-length", True:
                wanted.low = max(wanted.low, argument)
            case "max-length", False:
                wanted.low = max(wanted.low, argument + 1)
            case ("max-length", True) | ("min-length", False):
                limit = argument if node.positive else argument - 1
                wanted.high = limit if wanted.high is None else min(wanted.high, limit)
            case "pattern", positive if machine(argument) is None:
                wanted.irregular = True
                wanted.patterns |= _patterns([outline(argument) or ""] if positive else ())
            case "pattern", positive:
                (wanted.patterns if positive else wanted.unwanted).add(argument)
            case "format", positive:
                (wanted.formats if positive else wanted.refused_formats).add(argument)
            case "enum", False:
                wanted.excluded |= argument
    return wanted


def _suggestions(wanted: _Wanted) -> Iterator[str]:
    """Strings that look like what people write."""
    for name in sorted(wanted.formats):
        yield from FORMATS[name].samples
    if not wanted.patterns:
        yield from _PLAUSIBLE
    if wanted.low <= MAX_LENGTH:
        yield "a" * wanted.low


def _search(wanted: _Wanted, suits: Suits) -> Outcome:
    if not (wanted.formats or wanted.refused_formats or wanted.irregular):
        return next(map(Found, _texts(wanted, wanted.patterns, wanted.unwanted)), EMPTY)
    outer = _patterns(FORMATS[name].outer for name in wanted.formats)
    surely = _patterns(FORMATS[name].inner for name in wanted.refused_formats)
    around = list(islice(_texts(wanted, wanted.patterns | outer, wanted.unwanted | surely), _TRIES))
    if not around:
        return EMPTY
    inner = _patterns(FORMATS[name].inner for name in wanted.formats)
    possibly = _patterns(FORMATS[name].outer for name in wanted.refused_formats)
    inside = islice(_texts(wanted, wanted.patterns | inner, wanted.unwanted | possibly), _TRIES)
    verdicts: list[bool | None] = []
    for text in (*inside, *filter(wanted.fits, REFUSED), *around):
        verdicts.append(suits(text))
        if verdicts[-1]:
            return Found(text)
        if wanted.irregular and verdicts.count(None) > _MOST_UNDECIDED:
            break
    if len(around) < _TRIES and all(verdict is False for verdict in verdicts[-len(around) :]):
        return EMPTY
    return Unknown("pattern" if wanted.irregular else "format")


def _patterns(found: Iterable[str]) -> set[str]:
    return {pattern for pattern in found if pattern}


def _texts(wanted: _Wanted, patterns: set[str], unwanted: set[str]) -> Iterator[str]:
    """The texts of the regular part, those that are not empty first. Raises `TooLarge`."""
    found = words(frozenset(patterns), frozenset(unwanted))
    wanted.charge(found.size)
    yield from (text for text in found(max(wanted.low, 1), wanted.high) if text not in wanted.excluded)
    if wanted.low == 0 and "" not in wanted.excluded:
        yield from found(0, 0)
