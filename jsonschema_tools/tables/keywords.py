"""The types of numbers and of single values, and what a schema says of an object or a list before its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal as Exact
from decimal import InvalidOperation
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import written
from jsonschema_tools.tables.types import Decimal, Scalar, Type

_INT64 = range(-(2**63), 2**63)
_LARGEST_SCALE = 18
CHOICES = ("anyOf", "oneOf")


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """The types that a schema names, beside null unless that is all; sorted."""
    named = schema.get("type")
    types = [each for each in (named if isinstance(named, list) else [named]) if isinstance(each, str)]
    return sorted({*types} - {"null"}) or types[:1]


def may_be_null(schema: Any) -> bool:
    """Whether a schema names null among several types."""
    named = schema.get("type") if isinstance(schema, dict) else None
    return isinstance(named, list) and "null" in named


def type_of_value(value: Any) -> Scalar | None:
    """The type of a value of JSON; ``None`` for null, which every column takes."""
    if isinstance(value, bool):
        return Scalar.BOOLEAN
    if isinstance(value, int):
        return Scalar.INT64 if value in _INT64 else Scalar.JSON
    if isinstance(value, float):
        return Scalar.DOUBLE
    return Scalar.STRING if isinstance(value, str) else None if value is None else Scalar.JSON


def integer_type(schema: Mapping[str, Any]) -> Type:
    """The type of integers: of 64 bits, unless its bounds lie beyond."""
    bounds = (schema.get(key) for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
    numbers = [bound for bound in bounds if isinstance(bound, int | float) and not isinstance(bound, bool)]
    return Scalar.INT64 if all(_INT64[0] - 1 <= bound <= _INT64[-1] + 1 for bound in numbers) else Decimal(0)


def number_type(schema: Mapping[str, Any]) -> Type:
    """A number, exact where it is a multiple of something (validation, 6.2.1)."""
    step = schema.get("multipleOf")
    if not isinstance(step, int | float) or isinstance(step, bool):
        return Scalar.DOUBLE
    try:
        exponent = Exact(written(step)).normalize().as_tuple().exponent
    except InvalidOperation:
        return Scalar.DOUBLE
    if not isinstance(exponent, int) or -exponent > _LARGEST_SCALE:
        return Scalar.DOUBLE
    return integer_type(schema) if exponent >= 0 else Decimal(-exponent)


def map_values(schema: Mapping[str, Any], pointer: str) -> Iterator[tuple[Any, str]]:
    """The schemas of values by any key, of an object that is a map."""
    patterns = schema.get("patternProperties")
    for pattern, inner in patterns.items() if isinstance(patterns, dict) else ():
        if isinstance(inner, dict) and inner and not schema.get("properties"):
            yield inner, f"{pointer}/patternProperties/{escape_token(pattern)}"
    additional = schema.get("additionalProperties")
    if isinstance(additional, dict) and additional:
        yield additional, f"{pointer}/additionalProperties"


def applied(schema: Mapping[str, Any], pointer: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The schemas that speak of the same object (core, 9.2)."""
    for key in ("allOf", *CHOICES):
        for index, branch in enumerate(schema[key] if isinstance(schema.get(key), list) else ()):
            if isinstance(branch, dict):
                yield branch, f"{pointer}/{key}/{index}"
    for key in ("then", "else"):
        if isinstance(schema.get(key), dict):
            yield schema[key], f"{pointer}/{key}"
    for key in ("dependentSchemas", "dependencies"):
        for name, branch in schema[key].items() if isinstance(schema.get(key), dict) else ():
            if isinstance(branch, dict):
                yield branch, f"{pointer}/{key}/{escape_token(name)}"
