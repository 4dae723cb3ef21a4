"""Values as bytes that are kept between runs, and back: nothing that they hold is ever run."""

from __future__ import annotations

import io
import pickle
from typing import Any

_VALUES = {
    "builtins": {"frozenset", "set"},
    "jsonschema_tools.compatibility.assessment": {"Assessment"},
    "jsonschema_tools.compatibility.breaks": {"Break"},
    "jsonschema_tools.compatibility.model": {"Change", "Comparison"},
    "jsonschema_tools.compatibility.policies": {"Direction"},
    "jsonschema_tools.containment.model": {"Answer", "Containment", "Witness"},
    "jsonschema_tools.documents.edits": {"Insert", "Rename", "Replace"},
    "jsonschema_tools.documents.values": {"ExactFloat", "Timestamp"},
}
"""The classes that a kept value may have, by module: nothing else is loaded, and so nothing can be run."""


class NoValue(Exception):
    """What is to be written holds more than values."""


def written(value: Any) -> bytes:
    """The bytes of a value. Raises `NoValue`."""
    try:
        return pickle.dumps(value, protocol=5)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise NoValue from error


def value_of(text: bytes) -> Any:
    """The value that was written; ``None`` where the bytes are not those of one."""
    try:
        return _Reader(io.BytesIO(text)).load()
    except Exception:  # whatever a damaged text makes of it
        return None


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Only what is a value."""
        if name not in _VALUES.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is no value")
        return super().find_class(module, name)
