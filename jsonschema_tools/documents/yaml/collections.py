"""Lists and mappings of a YAML text: tags on them, ``<<``, and what becomes of a key that is not a string."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.documents.values import Document, Timestamp
from jsonschema_tools.documents.yaml.scalars import TAG_PREFIX, UnfitScalar, key_text

MAX_MERGED = 10_000
"""Keys and mappings that the ``<<`` of one document may bring in; js-yaml has the same limit."""

MAX_MERGE_LIST = 100
"""Mappings in the list of one ``<<``; js-yaml has the same limit."""

KNOWN_TAGS = frozenset(
    f"!!{name}"
    for name in (
        *("null", "bool", "int", "float", "str", "timestamp", "merge"),
        *("map", "set", "seq", "omap", "pairs"),
    )
)


class UnfitCollection(ValueError):
    """A key or a merge that cannot be; ``message`` and ``remedy`` are for the user."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def tagged(tag: str, collection: Any) -> Document:
    """A list or mapping with an explicit tag. Raises `UnfitScalar`."""
    kind = tag.removeprefix(TAG_PREFIX)
    if isinstance(collection, dict):
        fits = kind == "map" or (kind == "set" and all(value is None for value in collection.values()))
    else:
        fits = kind == "seq" or (kind in {"omap", "pairs"} and all(map(_is_pair, collection)))
        if fits and kind == "omap":
            fits = len({next(iter(pair)) for pair in collection}) == len(collection)
    if not fits:
        raise UnfitScalar(tag)
    if kind == "pairs":
        return [[key, value] for pair in collection for key, value in pair.items()]
    return collection


def _is_pair(item: Document) -> bool:
    return isinstance(item, dict) and len(item) == 1


def key_of(value: Document) -> str:
    """The mapping key that a value becomes in JavaScript. Raises `UnfitCollection` where that would be meaningless."""
    if isinstance(value, list):
        return ",".join("" if item is None else _key_item(item) for item in value)
    return _key_item(value)


def _key_item(value: Document) -> str:
    if isinstance(value, (dict, list)):
        message = "a key is a mapping or a list of lists"
        raise UnfitCollection(message, "Put quotes around the key, or around the {{ }} of a template.")
    if isinstance(value, Timestamp):
        raise UnfitCollection("a key is a date", "Put the key in quotes.")
    return key_text(value)


def merge(into: dict[str, Any], source: Document, overridable: set[str], work: int) -> int:
    """Bring the keys of ``<<`` into the mapping, those it has excepted; returns the merge work done so far.

    Keys that come in this way are ``overridable``. Raises `UnfitCollection`.
    """
    sources = source if isinstance(source, list) else [source]
    if len(sources) > MAX_MERGE_LIST:
        raise UnfitCollection(f"'<<' has more than {MAX_MERGE_LIST} mappings", "Merge them in steps.")
    for mapping in sources:
        entries = _entries(mapping)
        work += 1 + len(entries)
        if work > MAX_MERGED:
            raise UnfitCollection(f"'<<' brings in more than {MAX_MERGED} keys", "Use $ref for what is shared.")
        for key, value in entries.items():
            if key not in into:
                into[key] = value
                overridable.add(key)
    return work


def _entries(source: Document) -> dict[str, Document]:
    if isinstance(source, dict):
        return source
    if isinstance(source, list):
        return {str(index): item for index, item in enumerate(source)}
    if isinstance(source, Timestamp):
        return {}
    raise UnfitCollection(
        "'<<' merges something that is not a mapping", "Give it a mapping, an alias of one, or a list of these."
    )
