"""The one character that upstream writes for a set of a regular expression: ``[a-z]``, ``\\d``, ``.``.

A set is a list of ranges in the order in which they were written, narrowed to printable ASCII; a negated one is
printable ASCII without them. Chance takes the character at 0.15 of the way. Source: randexp 0.5 and drange.
"""

from __future__ import annotations

import re

from jsonschema_tools.nodejs.examples.numbers import picked

_Ranges = list[tuple[int, int]]

_FIRST, _LAST = 32, 126
_DIGITS: _Ranges = [(48, 57)]
_WORDS: _Ranges = [(95, 95), (97, 122), (65, 90), (48, 57)]
_SPACES: _Ranges = [(9, 13), (32, 32)]
_MEMBER = re.compile(
    r"\\(?P<name>[wdsWDS])|(?:\\(?P<escaped>[^\n\r\u2028\u2029])|(?P<first>[^\]\\]))-\\?(?P<last>[^\]])"
    r"|(?P<end>\])|\\?(?P<single>[\s\S])"
)


def class_example(name: str) -> str:
    """The character for ``\\w``, ``\\D`` and so on (``name`` is the letter), or for ``.``."""
    return _character(_class(name))


def set_example(text: str, start: int, *, negated: bool) -> tuple[str, int]:
    """The character for the set whose members start there, and where the set ends. Raises `BrokenSet`."""
    ranges: _Ranges = []
    at = start
    while match := _MEMBER.match(text, at):
        at = match.end()
        if match["end"]:
            return _character(_negated(ranges) if negated else _printable(ranges)), at
        if match["name"]:
            members = _class(match["name"])
        elif match["single"]:
            members = [(ord(match["single"]),) * 2]
        else:
            members = [(ord(match["escaped"] or match["first"]), ord(match["last"]))]
        for low, high in members:
            if low > high:
                raise BrokenSet("a range in a set is out of order")
            ranges = _with(ranges, low, high)
    raise BrokenSet("a set is not closed")


def _class(name: str) -> _Ranges:
    if name == ".":
        return [(_FIRST, _LAST)]
    ranges = {"d": _DIGITS, "w": _WORDS, "s": _SPACES}[name.lower()]
    return _printable(ranges) if name.islower() else _negated(ranges)


def _with(ranges: _Ranges, low: int, high: int) -> _Ranges:
    """The ranges and one more, which takes up the first run of those that it touches, and their place."""
    start = next((i for i, known in enumerate(ranges) if _touches(known, low, high)), len(ranges))
    end = start
    while end < len(ranges) and _touches(ranges[end], low, high):
        low, high = min(low, ranges[end][0]), max(high, ranges[end][1])
        end += 1
    return [*ranges[:start], (low, high), *ranges[end:]]


def _touches(known: tuple[int, int], low: int, high: int) -> bool:
    return low <= known[1] + 1 and known[0] <= high + 1


def _printable(ranges: _Ranges) -> _Ranges:
    narrowed = ((max(low, _FIRST), min(high, _LAST)) for low, high in ranges)
    return [(low, high) for low, high in narrowed if low <= high]


def _negated(ranges: _Ranges) -> _Ranges:
    codes = [code for code in range(_FIRST, _LAST + 1) if not any(low <= code <= high for low, high in ranges)]
    rest: _Ranges = []
    for code in codes:
        rest = _with(rest, code, code)
    return rest


def _character(ranges: _Ranges) -> str:
    codes = [code for low, high in ranges for code in range(low, high + 1)]
    return chr(picked(codes)) if codes else ""


class BrokenSet(ValueError):
    """A set that is not closed, or has a range that runs backwards."""
