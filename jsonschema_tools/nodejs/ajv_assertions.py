"""What AJV 6 says of a value by the keywords that hold no schemas: which keyword, its parameters, and the message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from jsonschema_tools.documents.numbers import number_text
from jsonschema_tools.documents.values import equal, value_key
from jsonschema_tools.nodejs.ajv import format_checkers
from jsonschema_tools.nodejs.ecmascript import as_double
from jsonschema_tools.patterns.searching import legacy_matches

Said = Iterator[tuple[str, dict[str, Any], str]]

_AS_POWER = 1e21
"""From here on JavaScript writes a number with an exponent."""

_MANY = ("object", "array")


def _is_whole(number: float | Decimal) -> bool:
    return number == number.to_integral_value() if isinstance(number, Decimal) else number % 1 == 0


def is_of_type(value: Any, kind: Any) -> bool:
    """Whether a value is of a type, or one of a list of types."""
    if isinstance(kind, list):
        return any(is_of_type(value, one) for one in kind)
    if kind in ("number", "integer"):
        number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        return number and (kind == "number" or _is_whole(value))
    of_kind = {"string": str, "array": list, "object": dict, "boolean": bool, "null": type(None)}.get(str(kind))
    return of_kind is not None and isinstance(value, of_kind)


def said_type(kind: Any) -> str:
    """A type, or a list of types, in the words of AJV."""
    return ",".join(kind) if isinstance(kind, list) else str(kind)


def pattern_found(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text; where that is not decided, it is."""
    return legacy_matches(pattern, text) is not False


def _limit(schema: dict[str, Any], value: Any, keyword: str, exclusive: str, sign: str) -> Said:
    limit, other = schema.get(keyword), schema.get(exclusive)
    name, is_exclusive = keyword, False
    if isinstance(other, bool):
        is_exclusive = other and limit is not None
    elif other is not None:
        beyond = limit is None or (other <= limit if sign == "<" else other >= limit)
        limit, is_exclusive = (other, True) if beyond else (limit, False)
    if limit is None:
        return
    name = exclusive if is_exclusive else keyword
    if sign == "<":
        wrong = value >= limit if is_exclusive else value > limit
    else:
        wrong = value <= limit if is_exclusive else value < limit
    if wrong:
        comparison = sign if is_exclusive else f"{sign}="
        params = {"comparison": comparison, "limit": limit, "exclusive": is_exclusive}
        yield name, params, f"should be {comparison} {number_text(limit)}"


def _maximum(schema: dict[str, Any], value: Any) -> Said:
    return _limit(schema, value, "maximum", "exclusiveMaximum", "<")


def _minimum(schema: dict[str, Any], value: Any) -> Said:
    return _limit(schema, value, "minimum", "exclusiveMinimum", ">")


def _multiple_of(schema: dict[str, Any], value: Any) -> Said:
    divisor = schema["multipleOf"]
    number, parts = as_double(value), as_double(divisor)
    # `parseInt` reads the text of a number: of 1e21 and more it takes the first digits only.
    if parts == 0 or not abs(quotient := number / parts) < _AS_POWER or quotient != int(quotient):
        yield "multipleOf", {"multipleOf": divisor}, f"should be multiple of {number_text(divisor)}"


def _format(schema: dict[str, Any], value: Any) -> Said:
    name = schema["format"]
    check = format_checkers().get(name) if isinstance(value, str) else None
    if check is not None and not check(value):
        yield "format", {"format": name}, f'should match format "{name}"'


def _pattern(schema: dict[str, Any], value: Any) -> Said:
    pattern = schema["pattern"]
    if not pattern_found(pattern, value):
        yield "pattern", {"pattern": pattern}, f'should match pattern "{pattern}"'


def _amount(keyword: str, few: bool, words: str) -> Callable[[dict[str, Any], Any], Said]:
    def said(schema: dict[str, Any], value: Any) -> Said:
        limit = schema[keyword]
        if len(value) < limit if few else len(value) > limit:
            yield keyword, {"limit": limit}, f"should NOT {words.format(number_text(limit))}"

    return said


def _unique(schema: dict[str, Any], value: Any) -> Said:
    if schema["uniqueItems"] is not True:
        return
    pair = _pair(value) if _may_be_large(schema.get("items")) else _scalar_pair(value, schema["items"]["type"])
    if pair is not None:
        i, j = pair
        message = f"should NOT have duplicate items (items ## {j} and {i} are identical)"
        yield "uniqueItems", {"i": i, "j": j}, message


def _may_be_large(items: Any) -> bool:
    kinds = items.get("type") if isinstance(items, dict) else None
    return not kinds or any(kind in _MANY for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _pair(items: list[Any]) -> tuple[int, int] | None:
    """The last item that equals an earlier one, and the nearest of those."""
    before: dict[Any, list[int]] = {}
    for index, item in enumerate(items):
        before.setdefault(value_key(item), []).append(index)
    pairs = [(places[-1], places[-2]) for places in before.values() if len(places) > 1]
    return max(pairs, default=None)


def _scalar_pair(items: list[Any], kinds: Any) -> tuple[int, int] | None:
    """As AJV finds it among items of simple types, from the last to the first."""
    seen: dict[Any, int] = {}
    for index in range(len(items) - 1, -1, -1):
        if not is_of_type(items[index], kinds):
            continue
        key = value_key(items[index])
        if key in seen:
            return index, seen[key]
        seen[key] = index
    return None


def _const(schema: dict[str, Any], value: Any) -> Said:
    if not equal(schema["const"], value):
        yield "const", {"allowedValue": schema["const"]}, "should be equal to constant"


def _enum(schema: dict[str, Any], value: Any) -> Said:
    if not any(equal(one, value) for one in schema["enum"]):
        yield "enum", {"allowedValues": schema["enum"]}, "should be equal to one of the allowed values"


ASSERTIONS: dict[str, Callable[[dict[str, Any], Any], Said]] = {
    "maximum": _maximum,
    "minimum": _minimum,
    "multipleOf": _multiple_of,
    "format": _format,
    "pattern": _pattern,
    "maxLength": _amount("maxLength", False, "be longer than {} characters"),
    "minLength": _amount("minLength", True, "be shorter than {} characters"),
    "maxItems": _amount("maxItems", False, "have more than {} items"),
    "minItems": _amount("minItems", True, "have fewer than {} items"),
    "maxProperties": _amount("maxProperties", False, "have more than {} properties"),
    "minProperties": _amount("minProperties", True, "have fewer than {} properties"),
    "uniqueItems": _unique,
    "const": _const,
    "enum": _enum,
}
