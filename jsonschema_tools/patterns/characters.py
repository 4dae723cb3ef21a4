"""Sets of characters: the classes of ECMA-262 and the properties of Unicode."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]
"""Code points as sorted, disjoint ranges, both ends included."""

MAX_CODE = 0x10FFFF
MAX_UNIT = 0xFFFF
ANY: Ranges = ((0, MAX_CODE),)
SURROGATES: Ranges = ((0xD800, 0xDFFF),)
"""In a text of code points, halves of pairs that lost the other half; no JSON text can exchange those."""


def normal(ranges: list[tuple[int, int]]) -> Ranges:
    """Ranges in order, without overlaps and neighbours."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(ranges: Ranges, largest: int = MAX_CODE) -> Ranges:
    """All that is not in the ranges, up to the largest code point (or UTF-16 unit) there is."""
    result, start = [], 0
    for low, high in ranges:
        if start < low:
            result.append((start, low - 1))
        start = high + 1
    if start <= largest:
        result.append((start, largest))
    return tuple(result)


def without_surrogates(ranges: Ranges) -> Ranges:
    """The characters among the ranges."""
    return complement(normal([*complement(ranges), *SURROGATES]))


def _points(text: str) -> Ranges:
    return normal([(ord(character), ord(character)) for character in text])


DIGIT: Ranges = ((48, 57),)
WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACE = normal([*_points("\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"), (0x2000, 0x200A)])
DOT = complement(_points("\n\r\u2028\u2029"))


def contains(ranges: Ranges, code: int) -> bool:
    """Whether ranges have a code point."""
    at = bisect_right(ranges, (code, MAX_CODE + 1)) - 1
    return at >= 0 and ranges[at][1] >= code


_WITH_SURROGATES = frozenset({"Any", "Assigned", "C", "Other", "Cs", "Surrogate"})


@lru_cache(maxsize=64)
def property_ranges(expression: str) -> Ranges | None:
    """The code points that ``\\p{expression}`` stands for; ``None`` where there is no such property."""
    from regress import Regex, RegressError

    if not re.fullmatch("[A-Za-z0-9_]+(=[A-Za-z0-9_]+)?", expression):
        return None
    try:
        found = Regex(f"\\p{{{expression}}}+", "u").find_iter(_every_character())
    except RegressError:
        return None
    assert found is not None
    above = [(_code_at(match.range().start), _code_at(match.range().stop) - 1) for match in found]
    name = expression.rpartition("=")[2]
    with_surrogates = name in _WITH_SURROGATES and not expression.startswith(("sc", "Script"))
    whole = normal([*above, *(SURROGATES if with_surrogates else ())])
    return whole if with_surrogates else without_surrogates(whole)


@lru_cache(maxsize=1)
def _every_character() -> str:
    return "".join(map(chr, [*range(0xD800), *range(0xE000, MAX_CODE + 1)]))


def _code_at(offset: int) -> int:
    """The code point that begins at an offset of the UTF-8 text of every character, which is what is counted."""
    if offset < 0x80:
        return offset
    if offset < 0x80 + 2 * 0x780:
        return 0x80 + (offset - 0x80) // 2
    code = 0x800 + (offset - 0xF80) // 3
    if code >= 0xD800:
        code += 0x800
    return code if code < 0x10000 else 0x10000 + (offset - 0xF80 - 3 * 0xF000) // 4
