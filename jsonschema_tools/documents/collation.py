"""Text in the order of JavaScript's ``localeCompare``: the Unicode Collation Algorithm with the weights of CLDR.

As Node.js does it for English (and the root locale): three levels (letters, accents, case), punctuation counts, text
is normalized first. Sources: UTS #10 (`collation_key` is its "form a sort key"), UTS #35 part 5 for the root weights.
The weights are in ``collation.json.gz`` beside this module, which `tools/collation_data.py` makes; text in ASCII, and
that is nearly every key of nearly every schema, needs none of them.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from itertools import chain
from typing import Any

ASCII_ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
"""The characters of ASCII, capitals left out, as they sort; those that are not here are ignored."""

SPACING = 2**15
"""How far apart the first weights of two neighbours in `ASCII_ORDER` are: the other characters lie between them."""

COMMON, SMALL, CAPITAL = 0x20 * 64, 0x02 * 64, 0x08 * 64
"""The second weight of most characters; the third ones of a small letter (or no letter), and of a capital one."""

FIRST_IMPLICIT = 2**23
"""First weights from here on belong to characters without an entry, which sort by kind and code point."""

_KINDS = (
    (0x17000, 0x187FF, 0),
    (0x18D00, 0x18D1E, 0),
    (0x18800, 0x18AFF, 1),
    (0x18D80, 0x18DF2, 1),
    (0x1B170, 0x1B2FB, 2),
    (0x18B00, 0x18CD5, 3),
    (0x18CFF, 0x18CFF, 3),
)
"""First and last code point, and kind: Tangut, its components, Nushu, Khitan."""

_IDEOGRAPH, _UNASSIGNED = 4, 5
"""The kinds of the Han ideographs, which sort by radical and strokes, and of all that is not known."""

_ASCII = {
    cased: (place * SPACING, CAPITAL if cased != character else SMALL)
    for place, character in enumerate(ASCII_ORDER, 1)
    for cased in (character, character.upper())
}


@lru_cache(maxsize=65536)
def collation_key(text: str) -> tuple[int, ...]:
    """A key to sort text by. Keys are equal when ``localeCompare`` finds no difference (``"é"`` in either form)."""
    if text.isascii():
        weights = [_ASCII[character] for character in text if character in _ASCII]
        return (*(first for first, _ in weights), 0, *[COMMON] * len(weights), 0, *(third for _, third in weights))
    elements = _elements(list(unicodedata.normalize("NFD", text)))
    return (
        *filter(None, elements[0::3]),
        0,
        *filter(None, elements[1::3]),
        0,
        *filter(None, elements[2::3]),
    )


def implicit_weight(character: str, ideographs: dict[str, int]) -> int:
    """The first weight of a character without an entry, by kind and code point (UTS #10, section 10.1.3).

    ``ideographs`` are the places of the Han ideographs in their order.
    """
    code = ord(character)
    if character in ideographs:
        return FIRST_IMPLICIT + (_IDEOGRAPH << 21) + ideographs[character]
    kind = next((kind for first, last, kind in _KINDS if first <= code <= last), _UNASSIGNED)
    return FIRST_IMPLICIT + (kind << 21) + code


def _elements(characters: list[str]) -> list[int]:
    """The three weights of every collation element, one after the other (UTS #10, section 7.2)."""
    table, longest = _table(), _longest_contractions()
    elements: list[int] = []
    start = 0
    while start < len(characters):
        first = characters[start]
        matched, end = first, start + 1
        if first in longest:
            matched, end = _contraction(characters, start, longest[first])
        elements += table.get(matched) or (implicit_weight(first, _ideographs()), COMMON, SMALL)
        start = end
    return elements


def _contraction(characters: list[str], start: int, longest: int) -> tuple[str, int]:
    """The longest sequence with weights of its own, and its end. Marks found further on are taken out of the text."""
    table = _table()
    end = min(start + longest, len(characters))
    while end > start + 1 and "".join(characters[start:end]) not in table:
        end -= 1
    matched = "".join(characters[start:end])
    position, blocked = end, 0
    while position < len(characters):
        combining = unicodedata.combining(characters[position])
        if combining == 0:
            break
        if combining > blocked and matched + characters[position] in table:
            matched += characters.pop(position)
        else:
            blocked = combining
            position += 1
    return matched, end


@cache
def _longest_contractions() -> dict[str, int]:
    """How long the longest sequence is that begins with the character, where there is one."""
    longest: dict[str, int] = {}
    for characters in _table():
        if len(characters) > 1:
            longest[characters[0]] = max(len(characters), longest.get(characters[0], 0))
    return longest


@cache
def _table() -> dict[str, list[int]]:
    """Weights by character or sequence of characters: three numbers for each collation element."""
    table: dict[str, list[int]] = _data()["elements"]
    for first, count, weight in _data()["runs"]:
        table.update((chr(first + place), [weight + place, COMMON, SMALL]) for place in range(count))
    return table


@cache
def _ideographs() -> dict[str, int]:
    """The place of every Han ideograph. Stored are runs of neighbours, by their first and last characters."""
    pairs = iter(_data()["ideographs"])
    runs = (range(ord(first), ord(last) + 1) for first, last in zip(pairs, pairs, strict=True))
    return {chr(code): place for place, code in enumerate(chain.from_iterable(runs))}


@cache
def _data() -> dict[str, Any]:
    import gzip
    import json
    from importlib.resources import files

    data: dict[str, Any] = json.loads(gzip.decompress((files(__package__) / "collation.json.gz").read_bytes()))
    return data
