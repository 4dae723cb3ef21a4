"""What patterns mean: whether one is found in a text, and words that match some and not others."""

from __future__ import annotations

import re
from functools import lru_cache

from jsonschema_tools.compatibility.containment.automata import Automaton, automaton, found_in
from jsonschema_tools.compatibility.containment.regular import NotRegular
from jsonschema_tools.compatibility.containment.words import MAX_LENGTH, TooLarge, Words

__all__ = ["MAX_LENGTH", "TooLarge", "Words", "machine", "matches", "words"]


@lru_cache(maxsize=1024)
def machine(pattern: str) -> Automaton | None:
    """The automaton of a pattern, ``None`` where there is none."""
    try:
        return automaton(pattern)
    except NotRegular:
        return None


def matches(pattern: str, text: str) -> bool | None:
    """Whether the pattern is found in the text; ``None`` where nobody knows."""
    known = machine(pattern)
    if known is not None:
        return found_in(known, text)
    compiled = _compiled(pattern)
    return None if compiled is None else compiled.search(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern that is not regular, read by Python: close enough to find witnesses, which are verified anyway."""
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


def words(wanted: frozenset[str], unwanted: frozenset[str]) -> Words:
    """The words for regular patterns. Raises `TooLarge`."""
    found = _words(wanted, unwanted)
    if found is None:
        raise TooLarge
    return found


@lru_cache(maxsize=256)
def _words(wanted: frozenset[str], unwanted: frozenset[str]) -> Words | None:
    try:
        return Words([automaton(one) for one in sorted(wanted)], [automaton(one) for one in sorted(unwanted)])
    except TooLarge:
        return None
