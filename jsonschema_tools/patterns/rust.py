"""Patterns as jsonschema-rs reads them: a syntax that is valid in ECMA-262 and in Rust, and means the same in both.

Sets are written out, groups capture nothing. What has no look-around becomes a regular expression that Rust searches in
linear time; the rest it searches by trying, and only what cannot take long is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from jsonschema_tools.patterns.characters import (
    SURROGATES,
    WORD,
    Ranges,
    complement,
    contains,
    normal,
    without_surrogates,
)
from jsonschema_tools.patterns.reading import read
from jsonschema_tools.patterns.syntax import (
    Alternatives,
    Assertion,
    Characters,
    Group,
    Look,
    NotAPattern,
    Pattern,
    Reference,
    Repetition,
    Sequence,
    Tree,
    inner,
    walk,
)

NOWHERE = r"[^\s\S]"
"""A pattern that is found in no text."""

_MOST_LOOPS = 2
_ALIKE = re.compile(
    r"(?:[A-Za-z0-9_ :@,;=<>\"'%!~#&/-]|\\[.+*?()\[\]{}|^$\\/d]|[\^$|)]|\((?!\?)|\(\?:|[*+?]\??"
    r"|\{[0-9]+(?:,[0-9]*)?\}\??|\[\^?(?:(?!--)[A-Za-z0-9_.:@/ ,;+*?(){}|$!%#\"'=<>-]|\\[.d\-])+\])*"
)
"""What both read alike as it is written."""


class _NoRust(Exception):
    """The pattern cannot be written for Rust, or it could take long there."""


@lru_cache(maxsize=4096)
def in_rust(source: str) -> str | None:
    """The pattern of a schema for jsonschema-rs: as it is written if that means the same; ``None`` if it has to be
    searched here, or is none."""
    try:
        pattern = read(source)
        written = source if pattern.unicode and _ALIKE.fullmatch(source) else _written(pattern)
        _compiled(written)
    except (NotAPattern, _NoRust, ValueError, RecursionError):
        return None
    return written


def in_ecmascript(tree: Tree, *, unicode: bool) -> str | None:
    """A pattern with the flag ``u`` for a tree; ``None`` where there is none."""
    if not unicode and _splits_pairs(tree):
        return None
    try:
        return _tree(tree, units=not unicode)
    except _NoRust:
        return None


@lru_cache(maxsize=1024)
def is_found_by_rust(pattern: Pattern) -> Callable[[str], bool] | None:
    """The search for a pattern that Rust can do in linear time. It raises `ValueError` for half of a surrogate pair."""
    if any(map(_is_look, walk(pattern.tree))):
        return None
    try:
        return _compiled(_written(pattern))
    except (_NoRust, ValueError, RecursionError):
        return None


@lru_cache(maxsize=1024)
def _compiled(written: str) -> Callable[[str], bool]:
    from jsonschema_rs import Draft7Validator

    return Draft7Validator({"pattern": written}).is_valid


def one_of(texts: list[str]) -> str:
    """A pattern that is found in exactly these texts."""
    return f"^(?:{'|'.join(map(_literally, texts))})$" if texts else NOWHERE


def _literally(text: str) -> str:
    return "".join(_character(ord(letter)) for letter in text)


def _written(pattern: Pattern) -> str:
    """Raises `_NoRust`."""
    looks = [found for found in walk(pattern.tree) if _is_look(found)]
    if looks and not _is_quick(pattern.tree):
        raise _NoRust
    if any(_is_look(found) for look in looks for part in inner(look) for found in walk(part)):
        # What looks around inside of a lookbehind is not always right there.
        raise _NoRust
    if not pattern.unicode and (looks or _splits_pairs(pattern.tree)):
        raise _NoRust
    return _tree(pattern.tree, units=not pattern.unicode)


def _is_look(tree: Tree) -> bool:
    return isinstance(tree, Look) or (isinstance(tree, Assertion) and tree.kind in "bB")


def _is_quick(tree: Tree) -> bool:
    """Whether trying cannot take long: no more than two loops, and none inside of another."""
    loops = [found for found in walk(tree) if isinstance(found, Repetition) and found.high != 1]
    nested = any(isinstance(found, Repetition) for loop in loops for found in walk(loop.part))
    return not nested and len(loops) <= _MOST_LOOPS


def _splits_pairs(tree: Tree) -> bool:
    """Whether a pattern of UTF-16 units might find what one of characters does not find, or the other way round.

    It does not where every set has no surrogates, or all of them and is repeated without limit: a loop that ends within
    a pair can then leave the whole pair to the next, or take it all, if at most one loop insists on a unit, once.
    """
    insisting = 0
    pending = [(tree, False)]
    while pending:
        part, again = pending.pop()
        if isinstance(part, Characters) and _has_surrogates(part.ranges):
            return True
        if isinstance(part, Repetition) and isinstance(part.part, Characters) and _has_surrogates(part.part.ranges):
            if part.high is not None or part.low > 1 or _has_some_surrogates(part.part.ranges):
                return True
            insisting += part.low * (2 if again else 1)
            continue
        again = again or (isinstance(part, Repetition) and part.high != 1)
        pending += [(one, again) for one in inner(part)]
    return insisting > 1


def _has_surrogates(ranges: Ranges) -> bool:
    return any(low <= 0xDFFF and high >= 0xD800 for low, high in ranges)


def _has_some_surrogates(ranges: Ranges) -> bool:
    return _has_surrogates(ranges) and not any(low <= 0xD800 and high >= 0xDFFF for low, high in ranges)


def _tree(tree: Tree, *, units: bool) -> str:
    match tree:
        case Characters(ranges):
            return _set(_of_characters(ranges) if units else ranges)
        case Sequence(parts):
            return "".join(_tree(part, units=units) for part in parts)
        case Alternatives(parts):
            return f"(?:{'|'.join(_tree(part, units=units) for part in parts)})"
        case Repetition(part):
            return _repetition(tree, _tree(part, units=units))
        case Assertion(kind):
            return kind if kind in "^$" else _boundary(kind == "b")
        case Look(part, wanted, behind):
            return f"(?{'<' if behind else ''}{'=' if wanted else '!'}{_tree(part, units=units)})"
        case Group(part):
            return f"(?:{_tree(part, units=units)})"
        case Reference():
            raise _NoRust


def _repetition(tree: Repetition, part: str) -> str:
    low, high = tree.low, tree.high
    counts = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((low, high))
    counts = counts or (f"{{{low}}}" if low == high else f"{{{low},{'' if high is None else high}}}")
    return f"{part if isinstance(tree.part, Characters) else f'(?:{part})'}{counts}"


def _boundary(wanted: bool) -> str:
    word = _set(WORD)
    before, after = (f"(?<={word})", f"(?!{word})") if wanted else (f"(?<={word})", f"(?={word})")
    otherwise = f"(?<!{word})(?={word})" if wanted else f"(?<!{word})(?!{word})"
    return f"(?:{before}{after}|{otherwise})"


def _of_characters(units: Ranges) -> Ranges:
    """A set of UTF-16 units that has all surrogates has all characters that are made of them."""
    return normal([*units, (0x10000, 0x10FFFF)]) if contains(units, SURROGATES[0][0]) else units


def _set(ranges: Ranges) -> str:
    ranges = without_surrogates(ranges)
    if not ranges:
        return NOWHERE
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _character(ranges[0][0])
    others = without_surrogates(complement(ranges))
    if not others:
        return r"[\s\S]"
    return f"[{_members(ranges)}]" if len(ranges) <= len(others) else f"[^{_members(others)}]"


def _members(ranges: Ranges) -> str:
    return "".join(
        _character(low) if low == high else f"{_character(low)}{'-' if high > low + 1 else ''}{_character(high)}"
        for low, high in ranges
    )


def _character(code: int) -> str:
    letter = chr(code)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\{letter}" if letter in "^$\\.*+?()[]{}|" else "\\u002d" if letter == "-" else letter
