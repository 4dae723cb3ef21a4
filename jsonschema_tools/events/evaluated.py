"""Which properties or items of a value a schema has evaluated: what ``unevaluated...`` leaves alone."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.faults import Ask, Step
from jsonschema_tools.events.places import Place
from jsonschema_tools.schemas.vocabulary import Draft

if TYPE_CHECKING:
    from jsonschema_tools.events.search import Search

Evaluated = Generator[Ask, Any, set[Step]]

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def evaluated(search: Search, place: Place, value: Document, besides: str | None = None) -> Evaluated:
    """Names of properties, or indexes of items; ``besides`` is the keyword that asks."""
    search.step()
    if not isinstance(place.schema, dict):
        return set()
    if isinstance(value, dict):
        found = _properties(search, place, value, besides)
    else:
        found = yield from _items(search, place, value, besides)
    for inner in (yield from _in_place(search, place, value)):
        if not (yield Ask(inner, value)):
            found |= yield from evaluated(search, inner, value)
    return found


def _properties(search: Search, place: Place, value: dict[str, Any], besides: str | None) -> set[Step]:
    rest = {"additionalProperties", "unevaluatedProperties"} - {besides}
    return set(value) if rest & place.schema.keys() else search.named(place, value)


def _items(search: Search, place: Place, value: list[Any], besides: str | None) -> Evaluated:
    schema = place.schema
    is_of_2020 = place.draft >= Draft.DRAFT_2020_12
    leading = schema.get("prefixItems" if is_of_2020 else "items", ())
    # ``additionalItems`` says nothing without the list form of ``items``.
    rest = {"unevaluatedItems", "items" if is_of_2020 else "additionalItems" if leading else ""} - {besides}
    if rest & schema.keys() or isinstance(leading, dict | bool):
        return set(range(len(value)))
    found: set[Step] = set(range(min(len(leading), len(value))))
    if "contains" in schema:
        for number, item in enumerate(value):
            if not (yield search.ask(place, schema["contains"], item)):
                found.add(number)
    return found


def _in_place(search: Search, place: Place, value: Document) -> Generator[Ask, Any, list[Place]]:
    """The schemas that apply to the same value, be it valid by them or not."""
    schema = place.schema
    targets = [search.target(place, keyword) for keyword in _REFERENCES if keyword in schema]
    found = [target for target in targets if target is not None]
    if "$ref" in schema and place.draft.ref_stands_alone:
        return found
    inner = [part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())]
    if "if" in schema:
        branch = "else" if (yield search.ask(place, schema["if"], value)) else "then"
        inner += [schema["if"], schema.get(branch, True)]
    if isinstance(value, dict):
        inner += [part for name, part in schema.get("dependentSchemas", {}).items() if name in value]
    return found + [search.inside(place, part) for part in inner]
