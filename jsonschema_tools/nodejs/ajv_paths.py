"""The paths in the errors of AJV 6: of data as expressions of JavaScript, of schemas as fragments of URIs."""

from __future__ import annotations

import re
from urllib.parse import quote

from jsonschema_tools.documents.pointers import escape_token

_IDENTIFIER = re.compile(r"[a-zA-Z$_][a-zA-Z$_0-9]*")
_ESCAPES = {"'": "\\'", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\f": "\\f", "\t": "\\t"}
_UNRESERVED = "!'()*~"


def property_path(data: str, name: str) -> str:
    """The path of a property that the schema names."""
    if _IDENTIFIER.fullmatch(name):
        return f"{data}.{name}"
    return f"{data}['{''.join(_ESCAPES.get(character, character) for character in name)}']"


def key_path(data: str, name: str) -> str:
    """The path of a property that only the data names."""
    return f"{data}['{name}']"


def index_path(data: str, index: int) -> str:
    """The path of an item."""
    return f"{data}[{index}]"


def fragment(name: str) -> str:
    """A name as a part of ``schemaPath``, as ``encodeURIComponent`` has it."""
    return quote(escape_token(name), safe=_UNRESERVED, errors="replace")
