"""What a merge of ``allOf`` makes of two or more values of one keyword: a table from keywords to rules.

A rule takes the values in order (no two of which count as the same) and returns the merged one, or `UNDEFINED` where
they contradict each other. A keyword without a rule cannot be merged at all. Source: json-schema-merge-allof 0.6.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from jsonschema_tools.documents.numbers import parse_decimal
from jsonschema_tools.documents.values import ExactFloat, distinct, value_key
from jsonschema_tools.schemas.comparison import UNDEFINED, ordered


def first(values: list[Any]) -> Any:
    return values[0]


def union_of_names(values: list[Any]) -> list[Any]:
    """Every name once, sorted."""
    return ordered([name for value in values for name in (value if isinstance(value, list) else [value])])


def shared_types(values: list[Any]) -> Any:
    """The types that all allow: a name for one, a list for several."""
    lists = [value if isinstance(value, list) else [value] for value in values]
    if not any(isinstance(value, list) for value in values):
        return UNDEFINED
    common = [name for name in dict.fromkeys(lists[0]) if all(name in names for names in lists[1:])]
    if not common:
        return UNDEFINED
    return common[0] if len(common) == 1 else common


def shared_values(values: list[Any]) -> Any:
    """The values of ``enum`` that all allow, sorted."""
    others = [set(map(value_key, other)) for other in values[1:]]
    common = (value for value in values[0] if all(value_key(value) in other for other in others))
    return ordered(distinct(common)) or UNDEFINED


def least_common_multiple(values: list[Any]) -> Any:
    """Exact also for decimal fractions (upstream computes with doubles there)."""
    fractions = [Fraction(Decimal(v.text if isinstance(v, ExactFloat) else repr(v))) for v in values]
    numerator, denominator = 1, 0
    for fraction in fractions:
        numerator = math.lcm(numerator, fraction.numerator)
        denominator = math.gcd(denominator, fraction.denominator)
    scale = Decimal(numerator) / Decimal(denominator)
    return parse_decimal(format(scale, "f"))


RULES: dict[str, Callable[[list[Any]], Any]] = {
    "$id": first,
    "$ref": first,
    "$schema": first,
    "title": first,
    "description": first,
    "default": first,
    "examples": first,
    "type": shared_types,
    "enum": shared_values,
    "required": union_of_names,
    "uniqueItems": any,
    "multipleOf": least_common_multiple,
    **dict.fromkeys(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"], min),
    **dict.fromkeys(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"], max),
}
