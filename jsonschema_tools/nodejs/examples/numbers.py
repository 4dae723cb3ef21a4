"""Numbers of generated examples, and every choice that upstream leaves to chance.

Upstream draws each random number as 0.15, so "chance" is a fixed place in every range. All arithmetic is that of
doubles, in upstream's order of operations, since the digits of the result depend on it.
Source: json-schema-faker 0.5.0-rcv.34.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from jsonschema_tools.documents.numbers import number_text
from jsonschema_tools.nodejs.examples.values import as_document, at, number_at, refuse, truthy

DRAW = 0.15
"""What the random source always answers."""

_LOWEST, _HIGHEST = -100_000_000.0, 100_000_000.0


def picked(items: Sequence[Any]) -> Any:
    """The item that chance picks of a list that is not empty."""
    return items[int(DRAW * len(items))]


def shuffled(items: Sequence[Any]) -> list[Any]:
    """The items in the order that chance brings them into."""
    order = list(items)
    for last in range(len(order) - 1, -1, -1):
        drawn = int(DRAW * (last + 1))
        order[last], order[drawn] = order[drawn], order[last]
    return order


def whole_between(low: float, high: float) -> float:
    """A whole step above ``low``, up to ``high``. A ``high`` below ``low`` is counted from ``low`` on."""
    if high < low:
        high += low
    return _floor(DRAW * ((high - low) + 1)) + low


def number_example(schema: Any, *, whole: bool) -> int | float:
    """The value for type ``number``, or for ``integer`` when ``whole``."""
    step = _step(schema, whole)
    low, high = number_at(schema, "minimum", _LOWEST), number_at(schema, "maximum", _HIGHEST)
    if step is not None:
        high = _floor(high / step) * step
        low = _ceil(low / step) * step
    if truthy(at(schema, "exclusiveMinimum")) and low == number_at(schema, "minimum", math.nan):
        low += step or 1
    if truthy(at(schema, "exclusiveMaximum")) and high == number_at(schema, "maximum", math.nan):
        high -= step or 1
    if low > high:
        refuse("no number lies within the bounds")
    if step is None:
        return as_document(DRAW * (high - low) + low)
    if "." in number_text(step):
        return as_document(low + _fractional_multiple(high - low, step))
    return as_document(_whole_multiple(low, high, step))


def _step(schema: Any, whole: bool) -> float | None:
    if at(schema, "multipleOf") == 0:
        return None
    return number_at(schema, "multipleOf", 1.0 if whole else 0.0) or None


def _whole_multiple(low: float, high: float, step: float) -> float:
    multiple = whole_between(_floor(low / step), _floor(high / step)) * step
    while multiple < low:
        if not multiple + step > multiple:
            refuse("counting up by `multipleOf` never ends")
        multiple += step
    return multiple


def _fractional_multiple(width: float, step: float) -> float:
    multiple = whole_between(0.0, width / step) * step
    if not math.isfinite(multiple / step) or math.fmod(multiple / step, 1) != 0:
        refuse("the search for a multiple of `multipleOf` never ends")
    return multiple


def _floor(number: float) -> float:
    return float(math.floor(number)) if number and math.isfinite(number) else number


def _ceil(number: float) -> float:
    return math.copysign(float(math.ceil(number)), number) if number and math.isfinite(number) else number
