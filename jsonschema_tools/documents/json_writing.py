"""Plain data as JSON text, byte for byte as json-stable-stringify writes it with two spaces and a key order.

Nothing is left on one line: an empty object is a brace, a newline, the indentation, and a brace. Strings are escaped
as by ``JSON.stringify`` (ECMA-262, QuoteJSONString): as little as possible, and lone surrogates.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache

from jsonschema_tools.documents.key_order import sorted_keys
from jsonschema_tools.documents.numbers import number_text
from jsonschema_tools.documents.values import Document

_SIMPLE = {None: "null", True: "true", False: "false"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_quote = json.JSONEncoder(ensure_ascii=False).encode


def json_text(document: Document) -> str:
    """The document in JSON, without a newline at its end. What is shared is written out each time.

    Raises `RecursionError` when it is nested too deeply, or contains itself.
    """
    parts: list[str] = []
    _write(document, "\n", parts)
    return "".join(parts)


def _write(value: Document, separator: str, parts: list[str]) -> None:
    """Append the text of the value; ``separator`` is the newline and the indentation of the line it begins on."""
    if isinstance(value, dict):
        _write_object(value, separator, parts)
    elif isinstance(value, list):
        _write_array(value, separator, parts)
    else:
        parts.append(_scalar(value))


def _write_object(mapping: dict[str, Document], separator: str, parts: list[str]) -> None:
    inner = separator + "  "
    before = "{"
    for key in sorted_keys(mapping):
        parts.append(f"{before}{inner}{_string(key)}: ")
        _write(mapping[key], inner, parts)
        before = ","
    parts.append(f"{separator}}}" if mapping else f"{{{separator}}}")


def _write_array(items: list[Document], separator: str, parts: list[str]) -> None:
    inner = separator + "  "
    before = "["
    for item in items:
        parts.append(before + inner)
        _write(item, inner, parts)
        before = ","
    parts.append(f"{separator}]" if items else f"[{separator}]")


def _scalar(value: Document) -> str:
    if isinstance(value, str):
        return _string(value)
    if value is None or isinstance(value, bool):
        return _SIMPLE[value]
    return number_text(value) if isinstance(value, int) or math.isfinite(value) else "null"


@lru_cache(maxsize=8192)
def _string(text: str) -> str:
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", _quote(text))
