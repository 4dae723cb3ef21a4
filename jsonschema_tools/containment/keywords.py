"""What each keyword says, in nodes.

A reading gets the reader, the value of the keyword, the schema around it and its place. It raises `Misshapen` for a
value that no draft gives a meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jsonschema_tools.containment.formats import FORMATS
from jsonschema_tools.containment.nodes import TYPES, WRITTEN_WHOLE, Node, exact
from jsonschema_tools.containment.references import Place
from jsonschema_tools.containment.unevaluated import (
    Misshapen,
    Schema,
    unevaluated_items,
    unevaluated_properties,
)
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.vocabulary import Draft

if TYPE_CHECKING:
    from jsonschema_tools.containment.reading import Reader
from jsonschema_tools.containment.object_keywords import (
    additional_properties,
    dependencies,
    pattern_properties,
    properties,
    property_names,
    required,
)

Reading = Callable[["Reader", Any, Schema, Place], list[Node]]


def _type(reader: Reader, value: Any, _schema: Schema, _place: Place) -> list[Node]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not set(names) <= {*TYPES, "integer"}:
        raise Misshapen
    # Draft-04, 3.5: an integer is "a JSON number without a fraction or exponent part".
    if reader.draft is Draft.DRAFT_04:
        names = [WRITTEN_WHOLE if name == "integer" else name for name in names]
    return [reader.graph.types(names)]


def _enum(reader: Reader, value: Any, _schema: Schema, _place: Place) -> list[Node]:
    if not isinstance(value, list):
        raise Misshapen
    return [reader.graph.enum(value)]


def _const(reader: Reader, value: Any, _schema: Schema, _place: Place) -> list[Node]:
    return [reader.graph.enum([value])]


def _bound(kind: str, exclusive_keyword: str) -> tuple[Reading, Reading]:
    """``minimum`` and ``exclusiveMinimum``: a flag in draft-04, a number of its own since."""

    def inclusive(reader: Reader, value: Any, schema: Schema, _place: Place) -> list[Node]:
        exclusive = reader.draft is Draft.DRAFT_04 and schema.get(exclusive_keyword) is True
        return [reader.graph.atom(kind, _number(value), exclusive, keyword=exclusive_keyword)]

    def exclusive(reader: Reader, value: Any, _schema: Schema, _place: Place) -> list[Node]:
        if reader.draft is Draft.DRAFT_04:
            return []
        return [reader.graph.atom(kind, _number(value), True, keyword=exclusive_keyword)]

    return inclusive, exclusive


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Misshapen
    return exact(value)


def _multiple_of(reader: Reader, value: Any, _schema: Schema, _place: Place) -> list[Node]:
    factor = _number(value)
    if factor <= 0:
        raise Misshapen
    return [reader.graph.atom("multiple", factor, keyword="multipleOf")]


def _count(value: Any) -> int:
    count = _number(value)
    if not isinstance(count, int) or count < 0:
        raise Misshapen
    return count


def _at_least(kind: str) -> Reading:
    return lambda reader, value, schema, place: [reader.graph.at_least(kind, _count(value))]


def _at_most(kind: str) -> Reading:
    return lambda reader, value, schema, place: [reader.graph.at_most(kind, _count(value))]


def _pattern(reader: Reader, value: Any, _schema: Schema, _place: Place) -> list[Node]:
    if not isinstance(value, str):
        raise Misshapen
    return [reader.graph.atom("pattern", value)]


def _format(reader: Reader, value: Any, _schema: Schema, _place: Place) -> list[Node]:
    return [reader.graph.atom("format", value)] if value in FORMATS else []


def _items(reader: Reader, value: Any, schema: Schema, place: Place) -> list[Node]:
    """``items`` in its three meanings: a schema for all, for each position, or for those after ``prefixItems``."""
    if isinstance(value, list):
        if reader.draft >= Draft.DRAFT_2020_12:
            raise Misshapen
        nodes = _positions(reader, value, place)
        if "additionalItems" in schema:
            nodes += _rest(reader, len(value), schema["additionalItems"], place)
        return nodes
    prefix = schema.get("prefixItems", []) if reader.draft >= Draft.DRAFT_2020_12 else []
    return _rest(reader, len(prefix), value, place)


def _positions(reader: Reader, schemas: Any, place: Place) -> list[Node]:
    if not isinstance(schemas, list):
        raise Misshapen
    nodes = [reader.inner(schema, place) for schema in schemas]
    return [reader.graph.holding("item", index, node) for index, node in enumerate(nodes)]


def _rest(reader: Reader, start: int, schema: Document, place: Place) -> list[Node]:
    return [reader.graph.holding("rest", start, reader.inner(schema, place))]


def _prefix_items(reader: Reader, value: Any, _schema: Schema, place: Place) -> list[Node]:
    return _positions(reader, value, place)


def _contains(reader: Reader, value: Any, schema: Schema, place: Place) -> list[Node]:
    node = reader.inner(value, place)
    low, high = 1, None
    if not reader.draft.ref_stands_alone:
        low = _count(schema.get("minContains", 1))
        high = _count(schema["maxContains"]) if "maxContains" in schema else None
    nodes = []
    if low > 0:
        nodes.append(reader.graph.atom("min-contains", node, low, keyword="contains"))
    if high is not None:
        nodes.append(reader.graph.atom("max-contains", node, high, keyword="maxContains"))
    return nodes


def _unique_items(reader: Reader, value: Any, _schema: Schema, _place: Place) -> list[Node]:
    return [reader.graph.atom("unique", keyword="uniqueItems")] if value is True else []


def _all_of(reader: Reader, value: Any, _schema: Schema, place: Place) -> list[Node]:
    return [reader.schema(schema, place) for schema in _branches(value)]


def _any_of(reader: Reader, value: Any, _schema: Schema, place: Place) -> list[Node]:
    return [reader.graph.any_of(reader.schema(schema, place) for schema in _branches(value))]


def _one_of(reader: Reader, value: Any, _schema: Schema, place: Place) -> list[Node]:
    return [reader.graph.one_of(reader.schema(schema, place) for schema in _branches(value))]


def _branches(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Misshapen
    return value


def _not(reader: Reader, value: Any, _schema: Schema, place: Place) -> list[Node]:
    return [reader.schema(value, place).opposite]


def _if(reader: Reader, value: Any, schema: Schema, place: Place) -> list[Node]:
    then, otherwise = (reader.schema(schema.get(keyword, True), place) for keyword in ("then", "else"))
    return [reader.graph.choice(reader.schema(value, place), then, otherwise)]


def _ref(keyword: str) -> Reading:
    return lambda reader, value, schema, place: [reader.reference(keyword, schema, place)]


_MINIMUM, _EXCLUSIVE_MINIMUM = _bound("at-least", "exclusiveMinimum")

_MAXIMUM, _EXCLUSIVE_MAXIMUM = _bound("at-most", "exclusiveMaximum")

KEYWORDS: dict[str, Reading] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "$ref": _ref("$ref"),
    "$recursiveRef": _ref("$recursiveRef"),
    "$dynamicRef": _ref("$dynamicRef"),
    "minimum": _MINIMUM,
    "maximum": _MAXIMUM,
    "exclusiveMinimum": _EXCLUSIVE_MINIMUM,
    "exclusiveMaximum": _EXCLUSIVE_MAXIMUM,
    "multipleOf": _multiple_of,
    "minLength": _at_least("length"),
    "maxLength": _at_most("length"),
    "pattern": _pattern,
    "format": _format,
    "minItems": _at_least("items"),
    "maxItems": _at_most("items"),
    "uniqueItems": _unique_items,
    "prefixItems": _prefix_items,
    "items": _items,
    "contains": _contains,
    "minProperties": _at_least("properties"),
    "maxProperties": _at_most("properties"),
    "required": required,
    "properties": properties,
    "patternProperties": pattern_properties,
    "additionalProperties": additional_properties,
    "propertyNames": property_names,
    "dependencies": dependencies,
    "dependentRequired": dependencies,
    "dependentSchemas": dependencies,
    "not": _not,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "if": _if,
    "unevaluatedItems": unevaluated_items,
    "unevaluatedProperties": unevaluated_properties,
}
"""How each keyword is read, cheap and telling ones first."""
