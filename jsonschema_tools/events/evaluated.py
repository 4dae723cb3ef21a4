"""Which properties or items of a value a schema has evaluated: what ``unevaluated...`` leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.places import DRAFT_07, DRAFT_2020, Place

if TYPE_CHECKING:
    from jsonschema_tools.events.faults import Search, Step

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def evaluated(search: Search, place: Place, value: Document, besides: str | None = None) -> set[Step]:
    """Names of properties, or indexes of items; ``besides`` is the keyword that asks."""
    search.step()
    if not isinstance(place.schema, dict):
        return set()
    if isinstance(value, dict):
        found = _properties(search, place, value, besides)
    else:
        found = _items(search, place, value, besides)
    for inner in _in_place(search, place, value):
        if search.fits_at(inner, value):
            found |= evaluated(search, inner, value)
    return found


def _properties(search: Search, place: Place, value: dict[str, Any], besides: str | None) -> set[Step]:
    rest = {"additionalProperties", "unevaluatedProperties"} - {besides}
    return set(value) if rest & place.schema.keys() else search.named(place, value)


def _items(search: Search, place: Place, value: list[Any], besides: str | None) -> set[Step]:
    schema = place.schema
    is_of_2020 = place.draft == DRAFT_2020
    leading = schema.get("prefixItems" if is_of_2020 else "items", ())
    # ``additionalItems`` says nothing without the list form of ``items``.
    rest = {"unevaluatedItems", "items" if is_of_2020 else "additionalItems" if leading else ""} - {besides}
    if rest & schema.keys() or isinstance(leading, dict | bool):
        return set(range(len(value)))
    found: set[Step] = set(range(min(len(leading), len(value))))
    if "contains" in schema:
        found.update(number for number, item in enumerate(value) if search.fits(place, schema["contains"], item))
    return found


def _in_place(search: Search, place: Place, value: Document) -> Iterator[Place]:
    """The schemas that apply to the same value, be it valid by them or not."""
    schema, inside = place.schema, search.inside
    for keyword in _REFERENCES:
        target = search.target(place, keyword) if keyword in schema else None
        if target is not None:
            yield target
    if "$ref" in schema and place.draft <= DRAFT_07:
        return
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from (inside(place, part) for part in schema.get(keyword, ()))
    if "if" in schema:
        fits = search.fits(place, schema["if"], value)
        yield inside(place, schema["if"])
        branch = "then" if fits else "else"
        if branch in schema:
            yield inside(place, schema[branch])
    for name, inner in schema.get("dependentSchemas", {}).items():
        if isinstance(value, dict) and name in value:
            yield inside(place, inner)
