"""What a YAML scalar means: text to ``None``, ``bool``, number, `Timestamp` or ``str``.

The rules are those of the default safe schema of js-yaml 3.x (`lib/js-yaml/type/`), which is YAML 1.1 without
``yes``, ``no``, ``on`` and ``off``. They differ from PyYAML's in many corners: ``1e3`` is a number, ``08`` a string.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from jsonschema_tools.documents.numbers import MAX_DIGITS, NumberTooLarge, number_text, parse_decimal
from jsonschema_tools.documents.yaml.timestamps import parse_timestamp

TAG_PREFIX = "tag:yaml.org,2002:"

CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_NUMBER_START = frozenset("0123456789+-.")
_SIMPLE_INTEGER = re.compile(r"-?[1-9][0-9]{0,17}")
_INTEGER = re.compile(
    r"""[-+]?(?:
        (?P<zero>0)
      | 0b(?P<binary>[01_]*[01])
      | 0x(?P<hexadecimal>[0-9a-fA-F_]*[0-9a-fA-F])
      | 0(?P<octal>[0-7_]*[0-7])
      | (?P<decimal>[1-9](?:[0-9_]*[0-9])?)
      | (?P<sexagesimal>[1-9][0-9_]*(?::[0-5]?[0-9])+)
    )""",
    re.VERBOSE,
)
_FLOAT = re.compile(
    r"""[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?
      | \.[0-9_]+(?:[eE][-+]?[0-9]+)?
      | (?P<sexagesimal>[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)
      | (?P<infinity>[-+]?\.(?:inf|Inf|INF))
      | (?P<nan>\.(?:nan|NaN|NAN))""",
    re.VERBOSE,
)
_BOUND = 10**MAX_DIGITS
_RADIX = {"binary": 2, "octal": 8, "hexadecimal": 16}

Scalar = None | bool | int | float | str


class UnfitScalar(ValueError):
    """A scalar that is not what its tag says."""


def plain_value(text: str) -> Scalar:
    """What an unquoted scalar without a tag means. Raises `NumberTooLarge`."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _SIMPLE_INTEGER.fullmatch(text):
        return int(text)
    for read in (_integer, _float, parse_timestamp):
        value = read(text)
        if value is not None:
            return value
    return text


def tagged_value(tag: str, text: str, *, empty: bool) -> Scalar | list[object] | dict[str, object]:
    """What a scalar with an explicit tag (``tag:yaml.org,2002:int``) means; ``empty``: nothing is written there.

    Raises `UnfitScalar` (also for a tag that is not known), `NumberTooLarge`.
    """
    kind = tag.removeprefix(TAG_PREFIX)
    if kind == "str":
        return text
    if empty and kind in _OF_NOTHING:
        return _OF_NOTHING[kind]()
    read = _TAGGED.get(kind)
    if read is None or empty:
        raise UnfitScalar(tag)
    if kind == "null" and text and text in CONSTANTS and CONSTANTS[text] is None:
        return None
    value = read(text)
    if value is None:
        raise UnfitScalar(tag)
    return value


def key_text(value: Scalar) -> str:
    """The mapping key that a scalar becomes, as JavaScript's ``String(value)``."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value)


def _integer(text: str) -> int | float | None:
    match = _INTEGER.fullmatch(text)
    if match is None:
        return None
    kind = match.lastgroup
    assert kind is not None
    digits = match[kind].replace("_", "")
    if kind == "zero":
        return 0
    if len(digits) > MAX_DIGITS:
        raise NumberTooLarge(text)
    if kind == "sexagesimal":
        number = 0
        for part in digits.split(":"):
            number = number * 60 + int(part)
    else:
        number = int(digits, _RADIX.get(kind, 10))
    if number >= _BOUND:
        raise NumberTooLarge(text)
    if number == 0:
        return _zero(text)
    return -number if text[0] == "-" else number


def _float(text: str) -> int | float | None:
    match = _FLOAT.fullmatch(text)
    if match is None or text[-1] == "_":
        return None
    literal = text.replace("_", "")
    if match["infinity"]:
        return float("-inf" if text[0] == "-" else "inf")
    if match["nan"] or not any(digit in "0123456789" for digit in literal.lower().partition("e")[0]):
        return float("nan")
    if match["sexagesimal"]:
        return _sexagesimal_float(literal)
    return parse_decimal(literal)


def _sexagesimal_float(literal: str) -> int | float:
    number, base = 0.0, 1.0
    for part in reversed(literal.lstrip("+-").split(":")):
        number += float(part) * base
        base *= 60
    if not math.isfinite(number):
        raise NumberTooLarge(literal)
    if literal[0] == "-":
        number = -number
    return int(number) if number and number.is_integer() else number or _zero(literal)


def _zero(literal: str) -> int | float:
    return -0.0 if literal[0] == "-" else 0


_TAGGED: dict[str, Callable[[str], Scalar]] = {
    "null": lambda text: None,
    "bool": CONSTANTS.get,
    "int": _integer,
    "float": _float,
    "timestamp": parse_timestamp,
    "merge": lambda text: text if text == "<<" else None,
}
_OF_NOTHING: dict[str, Callable[[], list[object] | dict[str, object] | None]] = {
    "null": lambda: None,
    "merge": lambda: None,
    "map": dict,
    "set": dict,
    "seq": list,
    "omap": list,
    "pairs": list,
}
