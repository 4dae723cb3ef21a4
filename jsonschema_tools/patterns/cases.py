"""Characters that differ in case only. Source: ECMA-262, 22.2.2.7.3 Canonicalize."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from jsonschema_tools.patterns.characters import MAX_UNIT, Ranges, contains, normal

_LAST_CASED = 0x1FFFF
"""No character beyond has case."""


@lru_cache(maxsize=1024)
def with_cases(ranges: Ranges, *, unicode: bool) -> Ranges:
    """The characters (or UTF-16 units), and all that are one of them when case is ignored."""
    more = [
        (other, other) for group in _groups(unicode) if any(contains(ranges, one) for one in group) for other in group
    ]
    return normal([*ranges, *more])


@lru_cache(maxsize=2)
def _groups(unicode: bool) -> list[list[int]]:
    """The characters that are the same, of each that has another one."""
    # The full case folding of Unicode makes the same of two single characters exactly where the simple one does.
    canonical = str.casefold if unicode else _upper
    found: dict[str, list[int]] = defaultdict(list)
    for code in range((_LAST_CASED if unicode else MAX_UNIT) + 1):
        found[canonical(chr(code))].append(code)
    return [group for group in found.values() if len(group) > 1]


def _upper(letter: str) -> str:
    upper = letter.upper()
    return letter if len(upper) != 1 or (letter > "\x7f" >= upper) else upper
