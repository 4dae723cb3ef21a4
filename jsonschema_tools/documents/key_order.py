"""The canonical order of mapping keys: well-known schema keywords first, the others as JavaScript compares them.

The order holds at every level, so it also sorts the properties that a schema describes.
"""

from __future__ import annotations

from functools import lru_cache

from jsonschema_tools.documents.collation import collation_key
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
_INHERITED = frozenset(
    (
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    )
)
"""What every JavaScript object inherits. Upstream finds these names in its table of places, without a place."""


def sorted_keys(mapping: dict[str, object]) -> list[str]:
    """The keys of the mapping in canonical order. Keys that compare as equal stay as ECMAScript lists them."""
    if _INHERITED.isdisjoint(mapping):
        return sorted(own_keys(mapping), key=_order)
    return _inserted_in_order(own_keys(mapping))


@lru_cache(maxsize=8192)
def _order(key: str) -> tuple[int, ...]:
    return _PLACES.get(key) or collation_key(key)


def _inserted_in_order(keys: list[str]) -> list[str]:
    """The keys as the sort of V8 leaves them when the comparison contradicts itself.

    An inherited name is equal to all of `FIRST_KEYS`, which are not equal to each other, so that the result depends
    on the algorithm: binary insertion after a first run that is in order already, reversed if it is strictly falling.
    """
    run = 1
    if len(keys) > 1:
        falling = _before(keys[1], keys[0])
        run = 2
        while run < len(keys) and _before(keys[run], keys[run - 1]) == falling:
            run += 1
        if falling:
            keys[:run] = keys[:run][::-1]
    ordered = keys[:run]
    for key in keys[run:]:
        low, high = 0, len(ordered)
        while low < high:
            middle = (low + high) // 2
            if _before(key, ordered[middle]):
                high = middle
            else:
                low = middle + 1
        ordered.insert(low, key)
    return ordered


def _before(key: str, other: str) -> bool:
    if key in _INHERITED:
        return other not in _INHERITED and other not in _PLACES
    return other not in _INHERITED and _order(key) < _order(other)
