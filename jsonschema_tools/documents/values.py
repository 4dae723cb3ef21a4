"""Plain data, and the few operations on it that must agree with the tool this one replaces.

A *document* is ``None | bool | int | float | str | list | dict[str, document]``, with these conventions:

- a number whose value is whole is an ``int`` of any size (``1.0`` and ``1e3`` too); ``-0`` is the float ``-0.0``;
- a decimal fraction that a double cannot hold is an `ExactFloat`, which remembers its text;
- an unquoted YAML timestamp is a `Timestamp`: a ``str`` in ISO 8601 form that YAML writes without quotes;
- a YAML alias is the *same object* as its anchor: identity is kept by `clone`, and the YAML writer turns an object
  that occurs twice into an anchor and an alias, as js-yaml does.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from jsonschema_tools.documents.pointers import escape_token

Document = Any
"""Plain data as described above."""


class Timestamp(str):
    """A date or date-time that was written without quotes in YAML, as ``2021-01-01T00:00:00.000Z``."""

    __slots__ = ()


class ExactFloat(float):
    """A decimal fraction with more digits than a double has; ``text`` is how it is written out."""

    text: str

    def __new__(cls, value: float, text: str) -> ExactFloat:
        """The number that a text writes, with the double that is nearest to it."""
        number = super().__new__(cls, value)
        number.text = text
        return number

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]
        """What another one like it is made of, in another process as well."""
        return float(self), self.text


class TracedObject(dict[str, Any]):
    """A mapping that knows where it was written: ``origins`` are pairs of (source, JSON Pointer).

    There is one, or several where mappings were merged into one. Only reports need them, so documents are traced only
    when one is due: see `trace`.
    """

    __slots__ = ("origins",)
    origins: tuple[tuple[str, str], ...]


def trace(document: Document, source: str, pointer: str = "") -> Document:
    """A copy of the document in which every mapping is a `TracedObject`. What was shared is no longer shared."""
    if isinstance(document, dict):
        traced = TracedObject()
        traced.origins = ((source, pointer),)
        for key, item in document.items():
            traced[key] = trace(item, source, f"{pointer}/{escape_token(key)}")
        return traced
    if isinstance(document, list):
        return [trace(item, source, f"{pointer}/{index}") for index, item in enumerate(document)]
    return document


_CONTAINERS = frozenset({dict, list, TracedObject})


def own_keys(mapping: dict[str, Any]) -> list[str]:
    """The keys in the order ECMAScript lists them: array indices ascending, then the others as inserted.

    Source: ECMA-262, OrdinaryOwnPropertyKeys. Merging and anchors depend on this order.
    """
    keys = list(mapping)
    for key in keys:
        if key[:1].isdigit():
            break
    else:
        return keys
    indices = [key for key in keys if _is_array_index(key)]
    if not indices:
        return keys
    found = set(indices)
    return sorted(indices, key=int) + [key for key in keys if key not in found]


def _is_array_index(key: str) -> bool:
    if not (key.isascii() and key.isdigit()) or len(key) > 10:
        return False
    return (key == "0" or key[0] != "0") and int(key) < 2**32 - 1


def clone(document: Document) -> Document:
    """A deep copy in which whatever was shared (or the same object twice) is shared again."""
    return _clone(document, {})


def is_tree(document: Document) -> bool:
    """Whether no list and no mapping occurs twice in the document, as the same object."""
    seen: set[int] = set()
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, (dict, list)):
            if id(value) in seen:
                return False
            seen.add(id(value))
            pending.extend(value.values() if isinstance(value, dict) else value)
    return True


def describe(value: Any) -> str:
    """A value of a document in few words, for messages: ``'abc'``, ``12``, ``a list``, ``an object``."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = written(value)
    if len(text) > 60 and isinstance(value, int):
        from jsonschema_tools.documents.numbers import number_text

        text = number_text(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def written(value: float | str) -> str:
    """A number or text as messages have it, every character of it."""
    if isinstance(value, str):
        return repr(str(value))
    if isinstance(value, float) and not isinstance(value, ExactFloat):
        from jsonschema_tools.documents.numbers import json_text_of

        return json_text_of(value)
    return str(getattr(value, "text", value))


def _clone(value: Any, seen: dict[int, Any]) -> Any:
    copy = seen.get(id(value))
    if copy is not None:
        return copy
    if isinstance(value, dict):
        copy = seen[id(value)] = blank(value)
        for key, item in value.items():
            copy[key] = _clone(item, seen) if type(item) in _CONTAINERS else item
    elif isinstance(value, list):
        copy = seen[id(value)] = []
        copy.extend([_clone(item, seen) if type(item) in _CONTAINERS else item for item in value])
    else:
        return value
    return copy


def blank(mapping: dict[str, Any]) -> dict[str, Any]:
    """An empty mapping that stands for the given one: traced to the same origins when that one is traced."""
    if isinstance(mapping, TracedObject):
        copy = TracedObject()
        copy.origins = mapping.origins
        return copy
    return {}


def equal(left: Document, right: Document) -> bool:
    """Deep equality as JSON means it: ``True`` is not ``1``, ``1`` is ``1.0``, the order of keys is no matter."""
    if left is right:
        return True
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and len(left) == len(right)
            and all(key in right and equal(value, right[key]) for key, value in left.items())
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, float) and isinstance(right, float) and left != left and right != right:
        return True
    if isinstance(left, ExactFloat) or isinstance(right, ExactFloat):
        return getattr(left, "text", left) == getattr(right, "text", right)
    return bool(left == right)


class Equality:
    """`equal` for parts of documents that do not change, each pair looked into once, however often it is asked."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[bool, Document, Document]] = {}

    def __call__(self, left: Document, right: Document) -> bool:
        """Whether two values are equal."""
        if left is right or not (isinstance(left, (dict, list)) and isinstance(right, (dict, list))):
            return equal(left, right)
        pair = (id(left), id(right))
        if pair not in self._known:
            same = len(left) == len(right) and isinstance(left, dict) is isinstance(right, dict)
            for key, item in (left.items() if isinstance(left, dict) else enumerate(left)) if same else ():
                if (isinstance(right, dict) and key not in right) or not self(item, right[key]):
                    same = False
                    break
            # The two are kept with the answer, so that no others can come to have their identities.
            self._known[pair] = (same, left, right)
        return self._known[pair][0]


def value_key(value: Document) -> Hashable:
    """A key that two values share exactly if they are `equal`: with it, long lists are compared in one pass."""
    if isinstance(value, dict):
        return dict, frozenset((name, value_key(item)) for name, item in value.items())
    if isinstance(value, list):
        return list, tuple(map(value_key, value))
    return scalar_key(value)


def scalar_key(value: Any) -> Hashable:
    """The same for two values, neither of them a list or a mapping, exactly where `equal` holds."""
    if isinstance(value, bool):
        return bool, value
    if isinstance(value, ExactFloat):
        return ExactFloat, value.text
    return (float, "nan") if isinstance(value, float) and value != value else value


def distinct(values: Iterable[Document]) -> list[Document]:
    """The values to which no earlier one is `equal`, in order."""
    found: dict[Hashable, Document] = {}
    for value in values:
        found.setdefault(value_key(value), value)
    return list(found.values())
