"""Sets of characters: the classes of ECMA-262 and the general categories of Unicode."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import groupby

Ranges = tuple[tuple[int, int], ...]
"""Code points as sorted, disjoint ranges, both ends included."""

MAX_CODE = 0x10FFFF
ANY: Ranges = ((0, 0xD7FF), (0xE000, MAX_CODE))
"""Every code point but surrogates, which no JSON text can exchange."""


def normal(ranges: list[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(ranges: Ranges) -> Ranges:
    """All of `ANY` that is not in the ranges."""
    result, start = [], 0
    for low, high in normal([*ranges, (0xD800, 0xDFFF)]):
        if start < low:
            result.append((start, low - 1))
        start = high + 1
    if start <= MAX_CODE:
        result.append((start, MAX_CODE))
    return tuple(result)


def _points(text: str) -> Ranges:
    return normal([(ord(character), ord(character)) for character in text])


DIGIT: Ranges = ((48, 57),)
WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACE = normal([*_points("\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"), (0x2000, 0x200A)])
DOT = complement(_points("\n\r\u2028\u2029"))


def contains(ranges: Ranges, code: int) -> bool:
    at = bisect_right(ranges, (code, MAX_CODE + 1)) - 1
    return at >= 0 and ranges[at][1] >= code


_LONG_NAMES = {
    "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt", "Mark": "M",
    "Number": "N", "Decimal_Number": "Nd", "Punctuation": "P", "Symbol": "S", "Separator": "Z", "Other": "C",
}  # fmt: skip


@lru_cache(maxsize=32)
def category(name: str) -> Ranges | None:
    """The code points of a general category; ``None`` for scripts and the other properties."""
    if name == "Any":
        return ANY
    if name == "ASCII":
        return ((0, 127),)
    short = _LONG_NAMES.get(name, name)
    found = [ranges for category, ranges in _categories().items() if category.startswith(short)]
    if not found or not short:
        return None
    return normal([each for ranges in found for each in ranges])


@lru_cache(maxsize=1)
def _categories() -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for low, high in ANY:
        for category, group in groupby(range(low, high + 1), lambda code: unicodedata.category(chr(code))):
            codes = list(group)
            found.setdefault(category, []).append((codes[0], codes[-1]))
    return found
