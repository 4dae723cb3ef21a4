"""The canonical order of mapping keys: well-known schema keywords first, the others as JavaScript compares them.

The order holds at every level, so it also sorts the properties that a schema describes. Source: json-stable-stringify
with ``localeCompare`` of ICU, for text in ASCII; other characters follow those, by code point.
"""

from __future__ import annotations

from functools import lru_cache

from jsonschema_tools.documents.values import own_keys

FIRST_KEYS = (
    "title",
    "description",
    "$id",
    "$schema",
    "type",
    "additionalProperties",
    "required",
    "properties",
    "allOf",
    "examples",
)

_PLACES = {key: (place - len(FIRST_KEYS),) for place, key in enumerate(FIRST_KEYS)}

ASCII_ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
"""The characters of ASCII, capitals left out, as they sort; those that are not here are ignored."""

_SMALL, _CAPITAL = 1, 2
_WEIGHTS = {
    cased: (place, _CAPITAL if cased != character else _SMALL)
    for place, character in enumerate(ASCII_ORDER, 1)
    for cased in (character, character.upper())
}


def sorted_keys(mapping: dict[str, object]) -> list[str]:
    """The keys of the mapping in canonical order. Keys that compare as equal stay as ECMAScript lists them."""
    return sorted(own_keys(mapping), key=_order)


@lru_cache(maxsize=8192)
def _order(key: str) -> tuple[int, ...]:
    return _PLACES.get(key) or text_order(key)


def text_order(text: str) -> tuple[int, ...]:
    """A key to sort text by: first by letters, then small ones before capital ones (UTS #10)."""
    weights = [
        _WEIGHTS.get(character) or (len(ASCII_ORDER) + ord(character), _SMALL)
        for character in text
        if character in _WEIGHTS or not character.isascii()
    ]
    return (*(letter for letter, _ in weights), 0, *(case for _, case in weights))
