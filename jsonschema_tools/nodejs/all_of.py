"""``allOf`` merged away: one flat schema that says what all parts say together.

`merge_all_of` is upstream's merge (json-schema-merge-allof 0.6 with ``ignoreAdditionalProperties: true`` and first-wins
for ``examples``), value for value, including the order of keys and which objects are shared. The outer schema comes
first, then its parts in order, recursively; each keyword has its rule in `keywords`.

Two faults of upstream are kept, since released files depend on them: a part that is referenced twice loses its own
``allOf`` at the second place; of two lists of names in ``dependencies`` that differ, the first wins where the schemas
around them count as the same otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from jsonschema_tools.documents.values import Document, TracedObject, blank, clone, distinct, is_tree, own_keys
from jsonschema_tools.errors import MergeConflict, SchemaError
from jsonschema_tools.nodejs import all_of_keywords as keywords
from jsonschema_tools.nodejs.all_of_equality import NO_SCHEMA, UNDEFINED, unique_schemas, unique_values
from jsonschema_tools.nodejs.all_of_likeness import comparisons
from jsonschema_tools.nodejs.all_of_parts import (
    Path,
    as_list,
    at,
    beyond,
    by_key,
    conflict,
    copied,
    pick,
    without_empty,
    without_false,
)
from jsonschema_tools.nodejs.all_of_work import MAX_WORK, WORK_OF_CHOICE, charge, work_left

_has_shared_parts: ContextVar[bool] = ContextVar("_has_shared_parts")
"""Whether a part of the schema may be met again elsewhere. What is merged is copied then, at each level anew."""

_PROPERTY_GROUP = ("properties", "patternProperties", "additionalProperties")

_ITEM_GROUP = ("items", "additionalItems")

_MAPS_OF_SCHEMAS = frozenset({"properties", "patternProperties", "definitions", "dependencies"})

_LISTS_OF_SCHEMAS = frozenset({"anyOf", "oneOf"})

_SCHEMAS = frozenset({"additionalProperties", "additionalItems", "contains", "propertyNames", "not", "items"})


def merge_all_of(schema: Document) -> Document:
    """The schema with every ``allOf`` merged into its parent. The argument is used up: pass a copy to keep it.

    Raises `MergeConflict`; its ``sources`` are filled when the schema was dereferenced with ``traced=True``. Raises
    another `SchemaError` when what stands for a schema is none, or there are too many alternatives to combine.
    """
    before = work_left.set(MAX_WORK), _has_shared_parts.set(not is_tree(schema))
    try:
        return _merge(_flatten(schema), base=schema)
    finally:
        work_left.reset(before[0])
        _has_shared_parts.reset(before[1])


def _flatten(schema: Any, *, keep: bool = False) -> list[Any]:
    """The schema without its ``allOf``, then the parts, in order and recursively.

    ``keep``: copies lose their ``allOf``, since the schema may be left where it stands (see `_merge`).
    """
    if not isinstance(schema, dict) or not isinstance(schema.get("allOf"), list):
        return [schema]
    schema = copied(schema) if keep else schema
    flat = [schema]
    for part in schema.pop("allOf"):
        flat.extend(_flatten(part, keep=keep))
    return flat


def _merge(schemas: list[Any], base: Any = None, path: Path = (), *, again: bool = False) -> Any:
    """One schema that stands for all; written into ``base`` where that is given. `UNDEFINED` for none at all.

    ``again``: the schemas may be merged once more, somewhere else. A property or item keyword that comes to nothing
    leaves in ``base`` what stood there before, unmerged.
    """
    parts = [schema for schema in schemas if schema is not UNDEFINED]
    if again or _has_shared_parts.get():
        parts = clone(parts)
    if not parts:
        return UNDEFINED
    if any(part is False for part in parts):
        return False
    if all(part is True for part in parts):
        return True
    parts = [part for part in parts if isinstance(part, dict)]
    if not parts:
        raise SchemaError(NO_SCHEMA, remedy="Correct the value.")
    if any("allOf" in part for part in parts):
        outer = blank(parts[0])
        keep = not _has_shared_parts.get()
        return _merge([outer, *(flat for part in parts for flat in _flatten(part, keep=keep))], base=outer)
    parts = [copied(part) if part is base else part for part in parts]
    merged: dict[str, Any] = base if isinstance(base, dict) else blank(parts[0])
    if isinstance(merged, TracedObject):
        merged.origins = tuple(
            dict.fromkeys(o for part in parts if isinstance(part, TracedObject) for o in part.origins)
        )
    keys = by_key(parts)
    flagged = keywords.flagged_bounds(keys, parts)
    merged.update(flagged)
    for key, giving in keys.items():
        if key not in _PROPERTY_GROUP and key not in _ITEM_GROUP and key not in flagged:
            _merge_keyword(merged, key, giving, path)
    if any(key in keys for key in _PROPERTY_GROUP):
        merged.update(_merge_properties(pick(parts, _PROPERTY_GROUP), path))
    if any(key in keys for key in _ITEM_GROUP):
        merged.update(_merge_items(pick(parts, _ITEM_GROUP), path))
    return merged


def _merge_keyword(merged: dict[str, Any], key: str, giving: list[dict[str, Any]], path: Path) -> None:
    values = unique_values(key, [part[key] for part in giving])
    if len(values) == 1 and key in _LISTS_OF_SCHEMAS:
        merged[key] = [_merge([schema], base=schema) for schema in values[0]]
    elif len(values) == 1 and key not in _MAPS_OF_SCHEMAS and key not in _SCHEMAS:
        merged[key] = values[0]
    elif key == "pattern":
        merged.pop(key, None)
        merged["allOf"] = [{key: value} for value in values] + merged.get("allOf", [])
    else:
        result = _resolve(key, values, (*path, key))
        if result is UNDEFINED:
            raise conflict(key, giving, path)
        merged[key] = result


def _resolve(key: str, values: list[Any], path: Path) -> Any:
    """The value of a keyword that two or more parts give, or `UNDEFINED` where there is none."""
    if key in _LISTS_OF_SCHEMAS:
        return _merge_alternatives(values, path)
    if key in ("definitions", "dependencies"):
        return _merge_named(values, path)
    if key == "not":
        return {"anyOf": values}
    if key in _SCHEMAS:
        return _merge(values, path=path)
    rule = keywords.RULES.get(key)
    return UNDEFINED if rule is None else rule(values)


def _merge_alternatives(values: list[list[Any]], path: Path) -> Any:
    """Each choice of one alternative from every list; those that contradict themselves are left out."""
    charge(WORK_OF_CHOICE * math.prod(len(alternatives) or 1 for alternatives in values), path)
    values = clone(values)
    choices: list[list[Any]] = [[alternative] for alternative in values[0]]
    for alternatives in values[1:]:
        if choices:
            choices = [[alternative, *choice] for choice in choices for alternative in alternatives]
        else:
            choices = [[alternative] for alternative in alternatives]
    results = []
    for index, choice in enumerate(choices):
        try:
            results.append(_merge(choice, path=(*path, str(index)), again=True))
        except MergeConflict:
            continue
    charge(comparisons(results), path)
    return unique_schemas(results) or UNDEFINED


def _merge_named(values: list[dict[str, Any]], path: Path) -> dict[str, Any]:
    """``definitions`` and ``dependencies``: per name; a list of names is a schema with ``required``."""
    merged: dict[str, Any] = {}
    for name, giving in by_key(values).items():
        found = distinct([value[name] for value in giving])
        lists = [value for value in found if isinstance(value, list)]
        if lists and len(lists) == len(found):
            merged[name] = keywords.union_of_names(found)
        elif lists:
            schemas = [value for value in found if isinstance(value, (dict, bool))]
            merged[name] = _merge([*schemas, *({"required": names} for names in lists)], path=(*path, name))
        else:
            merged[name] = _merge(unique_schemas(found), path=(*path, name))
    return merged


def _merge_properties(values: list[dict[str, Any]], path: Path) -> dict[str, Any]:
    result = {
        "additionalProperties": _merge(
            [value.get("additionalProperties", UNDEFINED) for value in values],
            path=(*path, "additionalProperties"),
        ),
        "patternProperties": _merge_map(values, "patternProperties", path),
        "properties": _merge_map(values, "properties", path),
    }
    if result["additionalProperties"] is False:
        result["properties"] = {k: v for k, v in result["properties"].items() if v is not False}
    return without_empty(result)


def _merge_map(values: list[dict[str, Any]], keyword: str, path: Path) -> dict[str, Any]:
    maps = [value[keyword] for value in values if keyword in value]
    return {
        name: _merge(unique_schemas([one[name] for one in giving]), path=(*path, keyword, name))
        for name, giving in by_key(maps).items()
    }


def _merge_items(values: list[dict[str, Any]], path: Path) -> dict[str, Any]:
    items = [value["items"] for value in values if "items" in value]
    result: dict[str, Any] = {}
    if not any(isinstance(item, list) for item in items):
        result["items"] = _merge(items, path=(*path, "items"))
    else:
        result["items"] = _merge_tuples(values, items, path)
    if all(isinstance(item, list) for item in items):
        rest = [value.get("additionalItems", UNDEFINED) for value in values]
    elif any(isinstance(item, list) for item in items):
        rest = [beyond(value) for value in values]
    else:
        return without_empty(result)
    result["additionalItems"] = _merge(rest, path=(*path, "additionalItems"), again=True)
    if result["additionalItems"] is False and isinstance(result["items"], list):
        result["items"] = without_false(result["items"])
    named = any(isinstance(item, dict) and own_keys(item) for item in items)
    return without_empty(result) | ({"items": result["items"]} if named else {})


def _merge_tuples(values: list[dict[str, Any]], items: list[Any], path: Path) -> list[Any]:
    """``items`` position by position; a part with one schema for all items gives that at each position.

    Upstream also merges "positions" named like the keywords of such a schema: to no effect but their conflicts, and
    that a list with them does not count as empty.
    """
    positions = dict.fromkeys(
        key
        for item in items
        for key in (own_keys(item) if isinstance(item, dict) else map(str, range(len(as_list(item)))))
    )
    merged = {}
    for position in positions:
        schemas = [at(value, position) for value in values]
        schemas = unique_schemas([schema for schema in schemas if schema is not UNDEFINED])
        merged[position] = _merge(schemas, path=(*path, "items", position), again=True)
    length = max(len(item) for item in items if isinstance(item, list))
    return [merged[str(index)] for index in range(length)]


Rule = Callable[[list[Any]], Any]
