"""What a merge of ``allOf`` makes of two or more values of one keyword: a table from keywords to rules.

A rule takes the values in order (no two of which count as the same) and returns the merged one, or `UNDEFINED` where
they contradict each other. A keyword without a rule cannot be merged at all. Source: json-schema-merge-allof 0.6.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from decimal import Decimal
from fractions import Fraction
from typing import Any

from jsonschema_tools.documents.numbers import parse_decimal
from jsonschema_tools.documents.values import ExactFloat, distinct, value_key
from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.javascript_order import ordered


def first(values: list[Any]) -> Any:
    """The first of the values: upstream keeps it."""
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
    fractions = [Fraction(_exact(value)) for value in values]
    numerator, denominator = 1, 0
    for fraction in fractions:
        numerator = math.lcm(numerator, fraction.numerator)
        denominator = math.gcd(denominator, fraction.denominator)
    scale = Decimal(numerator) / Decimal(denominator)
    return parse_decimal(format(scale, "f"))


def lowest(values: list[Any]) -> Any:
    """The tightest upper limit."""
    return min(values, key=_exact)


def highest(values: list[Any]) -> Any:
    """The tightest lower limit."""
    return max(values, key=_exact)


def flagged_bounds(keys: Collection[str], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The bounds of draft-04, where ``exclusiveMinimum: true`` is about the ``minimum`` beside it.

    Of several parts, the tightest bound counts, with its own flag. Empty where no flag is among the ``keys``.
    """
    merged: dict[str, Any] = {}
    for bound, flag, side in (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)):
        if flag not in keys or not any(isinstance(part.get(flag), bool) for part in parts):
            continue
        bounds = [(part[bound], part.get(flag) is True) for part in parts if bound in part]
        bounds += [(part[flag], True) for part in parts if flag in part and not isinstance(part[flag], bool)]
        merged[flag] = any(part.get(flag) is True and bound not in part for part in parts)
        if bounds:
            value, is_excluded = max(bounds, key=lambda found: (_exact(found[0]) * side, found[1]))
            merged |= {bound: value, flag: is_excluded or merged[flag]}
    return merged


def _exact(number: Any) -> Any:
    """The number as it is written, so that digits beyond a double count."""
    if isinstance(number, float) and math.isfinite(number):
        return Fraction(number.text if isinstance(number, ExactFloat) else repr(number))
    return number


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
    **dict.fromkeys(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"], lowest),
    **dict.fromkeys(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"], highest),
}
