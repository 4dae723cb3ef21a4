"""Whether a pattern is found in a text; `None` where that cannot be decided."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from string import ascii_letters

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.patterns import backtracking
from jsonschema_tools.patterns.automata import (
    Automaton,
    TooLarge,
    automaton,
    automaton_of,
    found_in,
)
from jsonschema_tools.patterns.building import NotRegular
from jsonschema_tools.patterns.reading import parse, read
from jsonschema_tools.patterns.rust import is_found_by_rust
from jsonschema_tools.patterns.syntax import NotAPattern, Pattern, TooDeep
from jsonschema_tools.patterns.words import MAX_LENGTH, Words

__all__ = ["MAX_LENGTH", "TooLarge", "Undecided", "Words", "is_found", "is_pattern", "machine", "matches", "words"]

_CANNOT = "it cannot be decided whether "

SIMPLER = "Make the pattern simpler: no repetition inside of a repetition, no reference back to a group."
"""What helps where a pattern takes too long."""


class Undecided(SchemaToolsError):
    """Nobody can tell whether a pattern is found in a text; the message says why."""

    def __init__(self, pattern: str, text: str) -> None:
        message = f"{_CANNOT}{shortened(text)!r} matches {pattern!r}: the pattern {why_undecided(pattern)}"
        super().__init__(message, remedy=SIMPLER)


def shortened(text: str) -> str:
    """The text, or its beginning if it is long."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def is_undecided(message: str) -> bool:
    """Whether the message is one of `Undecided`."""
    return _CANNOT in message


def matches(source: str, text: str) -> bool | None:
    """Whether the pattern of a schema or a configuration is found in the text.

    ``None`` where nobody knows: it is no regular expression, or searching takes too long; see `why_undecided`.
    """
    try:
        return search(read(source), text)
    except NotAPattern:
        return None


def is_found(source: str, text: str) -> bool:
    """Whether the pattern is found in the text. Raises `Undecided`."""
    found = matches(source, text)
    if found is None:
        raise Undecided(source, text)
    return found


def search(pattern: Pattern, text: str) -> bool | None:
    """Whether the pattern is found in the text; ``None`` where that takes too long.

    What is regular is searched in linear time: by Rust, or by an automaton of ours if it looks ahead.
    """
    fast = is_found_by_rust(pattern)
    if fast is not None:
        try:
            return fast(text)
        except ValueError:
            # Half of a surrogate pair, which Rust does not know.
            pass
    regular = _automaton(pattern)
    found = found_in(regular, text) if regular is not None else None
    return backtracking.search(pattern, text) if found is None else found


def why_undecided(source: str) -> str:
    """Why `matches` does not know: part of a sentence about the pattern."""
    try:
        read(source)
    except TooDeep as error:
        return f"cannot be read: {error}"
    except NotAPattern as error:
        return f"is no regular expression of ECMA-262: {error}"
    return f"takes more than {backtracking.MAX_STEPS} steps to search"


def complaint(source: str) -> str | None:
    """Why a text is no pattern; ``None`` where it is one."""
    try:
        read(source)
    except NotAPattern as error:
        return str(error)
    return None


def is_pattern(source: str) -> bool:
    """Whether a text is a pattern."""
    return complaint(source) is None


def is_regex(text: str) -> bool:
    """Whether a text is of the format ``regex``: a pattern, and none with an escape that only other languages know.

    Without the flag ``u``, ``\\Z`` is the letter Z and ``\\a`` an a. Source: the JSON Schema Test Suite.
    """
    return is_pattern(text) and not any(letter in _NO_ESCAPES for letter in _escaped(text))


def _escaped(text: str) -> Iterator[str]:
    """Each character after a backslash that is not itself escaped."""
    characters = iter(text)
    return (next(characters, "") for character in characters if character == "\\")


_NO_ESCAPES = frozenset(ascii_letters) - frozenset("dDwWsSbBnrtvfcxupPk")


def has_foreign_end(text: str) -> bool:
    """Whether a text has a ``\\Z`` after something."""
    return any(before and not before.endswith("\\") for before in text.split("\\Z")[:-1])


def legacy_matches(source: str, text: str) -> bool | None:
    """Whether a pattern without flags, as AJV 6 reads all of them, is found in the text; ``None`` as in `matches`."""
    try:
        return search(parse(source, unicode=False), text)
    except NotAPattern:
        return None


def is_legacy_pattern(source: str) -> bool:
    """Whether a text is a regular expression without flags, as AJV 6 reads all of them."""
    try:
        parse(source, unicode=False)
    except TooDeep:
        return True
    except NotAPattern:
        return False
    return True


@lru_cache(maxsize=1024)
def _automaton(pattern: Pattern) -> Automaton | None:
    try:
        return automaton_of(pattern)
    except NotRegular:
        return None


@lru_cache(maxsize=1024)
def machine(source: str) -> Automaton | None:
    """The automaton of a pattern, ``None`` where there is none."""
    try:
        return automaton(source)
    except NotRegular:
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
