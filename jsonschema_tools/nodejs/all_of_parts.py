"""The parts of an ``allOf``, taken apart by keyword and position (json-schema-merge-allof 0.6)."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.values import TracedObject, blank, own_keys
from jsonschema_tools.errors import MergeConflict
from jsonschema_tools.nodejs.all_of_equality import UNDEFINED, unique_schemas

Path = tuple[str, ...]


def copied(mapping: dict[str, Any]) -> dict[str, Any]:
    """A copy of a mapping that keeps where it came from."""
    copy = blank(mapping)
    copy.update(mapping)
    return copy


def by_key(mappings: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The mappings that have each key, in their order; the keys in the order in which they are met.

    Values are left to be read when their turn comes: merging writes into parts that are met again.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for mapping in mappings:
        for key in own_keys(mapping):
            found.setdefault(key, []).append(mapping)
    return found


def at(value: dict[str, Any], position: str) -> Any:
    """The schema of the items at a position."""
    items = value.get("items", UNDEFINED)
    if not isinstance(items, list):
        return items
    if position.isdigit() and int(position) < len(items):
        return items[int(position)]
    return value.get("additionalItems", UNDEFINED)


def beyond(value: dict[str, Any]) -> Any:
    """The schema of the items behind those with a position."""
    items = value.get("items", UNDEFINED)
    return value.get("additionalItems", UNDEFINED) if isinstance(items, list) else items


def without_false(schemas: list[Any]) -> list[Any]:
    """Without the false schemas, except one that directly follows another (as upstream leaves it)."""
    kept = list(schemas)
    for index in range(len(schemas)):
        if index < len(kept) and kept[index] is False:
            del kept[index]
    return kept


def without_empty(group: dict[str, Any]) -> dict[str, Any]:
    """A group of schemas without keywords that say nothing."""
    return {key: value for key, value in group.items() if isinstance(value, bool) or _has_entries(value)}


def _has_entries(value: Any) -> bool:
    return isinstance(value, (dict, list)) and len(value) > 0


def pick(parts: list[Any], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Of each part the given keys."""
    picked = [{key: part[key] for key in keys if key in part} for part in parts]
    return unique_schemas(picked)


def as_list(value: Any) -> list[Any]:
    """The value as a list, a single one too."""
    return value if isinstance(value, list) else []


def conflict(key: str, giving: list[dict[str, Any]], path: Path) -> MergeConflict:
    """The error for values that contradict each other."""
    pointer = join((*path, key))
    sources = tuple(f"{part.origins[0][0]}#{part.origins[0][1]}" for part in giving if isinstance(part, TracedObject))
    values = tuple(part[key] for part in giving)
    return MergeConflict(
        f"allOf gives {key!r} values that cannot be merged, for {pointer}",
        keyword=key,
        values=values,
        sources=sources,
        pointer=pointer,
        remedy=f"Make the values of {key!r} agree, or keep the schemas apart.",
    )
