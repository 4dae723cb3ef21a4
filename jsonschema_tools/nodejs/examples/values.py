"""Values as upstream's example generator sees them: plain data with JavaScript's text, truth and absence.

An absent key has the value `UNDEFINED`. Upstream reads every part of a schema that it does not know as if it were a
schema, so keywords are looked up in values of any shape here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Any, NoReturn

from jsonschema_tools.documents.numbers import number_text, parse_decimal
from jsonschema_tools.documents.values import Timestamp, own_keys
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.all_of_equality import UNDEFINED

REMEDY = (
    "Correct the schema there, write an entry of `examples` at the top of the schema by hand, "
    "or set `shouldGenerateExample: false`."
)


def refuse(reason: str) -> NoReturn:
    """No example can be made, for the reason given; the traversal adds the place."""
    raise SchemaError(f"no example can be generated: {reason}", remedy=REMEDY)


def at(value: Any, keyword: str) -> Any:
    """The value of a keyword, `UNDEFINED` where there is none or the value is not a mapping."""
    return value.get(keyword, UNDEFINED) if isinstance(value, dict) else UNDEFINED


def truthy(value: Any) -> bool:
    """Whether JavaScript takes the value for true: empty mappings and lists count, ``0``, ``""`` and NaN do not."""
    if isinstance(value, (dict, list)):
        return True
    return value is not UNDEFINED and bool(value) and value == value


def composite(value: Any) -> bool:
    """Whether the value is an "object" in JavaScript's wide sense: a mapping, a list, or null."""
    return value is None or isinstance(value, (dict, list))


def entries(value: Any) -> list[tuple[str, Any]]:
    """Keys and values in ECMAScript's order; the keys of a list or text are its indices, other scalars have none."""
    if isinstance(value, dict):
        return [(key, value[key]) for key in own_keys(value)]
    if isinstance(value, (list, str)):
        return [(str(index), item) for index, item in enumerate(value)]
    if value is None or value is UNDEFINED:
        refuse("there is null where a schema is needed")
    return []


def mapping(schema: Any, keyword: str) -> dict[str, Any]:
    """The mapping under a keyword; empty where there is none."""
    value = at(schema, keyword)
    if not truthy(value):
        return {}
    if not isinstance(value, dict):
        refuse(f"the value of `{keyword}` is not an object")
    return value


def number_at(schema: Any, keyword: str, default: float) -> float:
    """The number under a keyword, as a double; ``default`` where there is none."""
    value = at(schema, keyword)
    if value is UNDEFINED:
        return default
    number = as_double(value) if _is_number(value) else math.nan
    if not math.isfinite(number):
        refuse(f"the value of `{keyword}` is not a number that fits")
    return number


def as_double(number: int | float) -> float:
    """The double next to a number; infinite where there is none."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def as_document(number: float) -> int | float:
    """A finite double as plain data has it: whole values as the ``int`` that JavaScript would print."""
    if not math.isfinite(number):
        refuse("the bounds of the number are out of range")
    return parse_decimal(repr(float(number)))


def same_key(value: Any) -> Hashable:
    """A key that two values share if JavaScript's ``===`` holds: mappings and lists only when they are one object."""
    return ("object", id(value)) if isinstance(value, (dict, list)) else (isinstance(value, bool), value)


def text_of(value: Any) -> str:
    """The value as JavaScript writes it into text."""
    if value is None or value is UNDEFINED:
        return "null" if value is None else "undefined"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, list):
        return ",".join("" if item is None or item is UNDEFINED else text_of(item) for item in value)
    return value if isinstance(value, str) else "[object Object]"


def utf16_length(text: str) -> int:
    """The length that JavaScript counts: UTF-16 code units."""
    return len(text) + sum(unit > "\uffff" for unit in text)


def utf16_units(text: str) -> str:
    """The text with characters beyond the basic plane taken apart into their surrogates."""
    if all(unit <= "\uffff" for unit in text):
        return text
    data = text.encode("utf-16-be", "surrogatepass")
    return "".join(chr(data[at] << 8 | data[at + 1]) for at in range(0, len(data), 2))


def from_utf16_units(units: str) -> str:
    """The text of which `utf16_units` made the units; a surrogate without its half stays alone."""
    return units.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")


def workspace(document: Any, copies: dict[int, tuple[Any, Any]]) -> Any:
    """A copy to work on, sharing what the document shares. A timestamp becomes an empty mapping, as upstream has it.

    ``copies`` takes up every copy with its original, by the identity of the original.
    """
    if isinstance(document, Timestamp):
        return {}
    if not isinstance(document, (dict, list)):
        return document
    if id(document) not in copies:
        copy: Any = {} if isinstance(document, dict) else []
        copies[id(document)] = copy, document
        if isinstance(document, dict):
            copy.update((key, workspace(item, copies)) for key, item in entries(document))
        else:
            copy.extend(workspace(item, copies) for item in document)
    return copies[id(document)][0]


def freeze(value: Any) -> Any:
    """A hashable stand-in: equal for values with the same JSON text (the order of keys counts)."""
    if isinstance(value, dict):
        return tuple((key, freeze(item)) for key, item in entries(value) if item is not UNDEFINED)
    if isinstance(value, list):
        return ("list", *(freeze(None if item is UNDEFINED else item) for item in value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return ("number", number_text(value))
    return (type(value).__name__, value)


def open_choice(schema: Any) -> Callable[[Any], Any] | None:
    """The choice among ``oneOf`` or ``anyOf`` that is still open; it wants the value the schema belongs to.

    The resolution keeps it in the schema under ``thunk``, as upstream does.
    """
    choice = at(schema, "thunk")
    return choice if callable(choice) else None


def compared(left: Any, right: Any) -> float:
    """Below, at or above 0 as JavaScript's ``<`` and ``>`` order the values; NaN where neither holds."""
    if isinstance(left, str) and isinstance(right, str):
        one, other = (text.encode("utf-16-be", "surrogatepass") for text in (left, right))
        return (one > other) - (one < other)
    if _is_number(left) and _is_number(right):
        return (left > right) - (left < right) if left == left and right == right else math.nan
    one_number, other_number = _to_number(left), _to_number(right)
    if math.isnan(one_number) or math.isnan(other_number):
        return math.nan
    return (one_number > other_number) - (one_number < other_number)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _to_number(value: Any) -> float:
    if value is None or isinstance(value, (bool, int, float)):
        return as_double(value or 0)
    try:
        return float(text_of(value).strip() or 0)
    except ValueError:
        return math.nan
