"""What PHP makes of values, since the answers of EventStreamConfig rest on it. Source: PHP 8.2, ``precision`` 14.

Also of keys: there a list is a mapping with the keys 0, 1, 2, so that both merge and compare with each other.
"""

from __future__ import annotations

import math
import re
from typing import Any

_LARGEST = 2**63 - 1
_DIGITS = 14
_QUOTED = re.compile(r"[.\\+*?\[^\]$(){}=!<>|:\-#/]")


def text_of(value: bool | float | str) -> str:
    """A scalar as PHP converts it to a string: ``True`` is ``1``, ``False`` is empty, ``1.0`` is ``1``."""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, int) and -_LARGEST - 1 <= value <= _LARGEST:
        return str(value)
    if isinstance(value, str):
        return value
    return _float_text(value)


def _float_text(value: float) -> str:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if value > 0 else -math.inf
    if math.isnan(number):
        return "NAN"
    if math.isinf(number):
        return "INF" if number > 0 else "-INF"
    text = f"{number:.{_DIGITS}G}"
    mantissa, exponent, power = text.partition("E")
    if not exponent:
        return text
    return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}E{int(power):+d}"


def entries(value: dict[str, Any] | list[Any]) -> dict[str, Any]:
    """A list or a mapping as the mapping that it is in PHP."""
    return value if isinstance(value, dict) else {str(index): item for index, item in enumerate(value)}


def quoted(text: str) -> str:
    """A text in which what has a meaning in a regular expression is escaped, as ``preg_quote`` does it."""
    return _QUOTED.sub(r"\\\g<0>", text)
