"""Plain data as YAML text, byte for byte as ``dump`` of js-yaml 3.x writes it (its `lib/js-yaml/dumper.js`).

Block style, two spaces a level, lists indented under their key, keys in canonical order. A mapping or list that
occurs more than once becomes an anchor and aliases. How a string is quoted is the matter of `scalar_styles`.
"""

from __future__ import annotations

from jsonschema_tools.documents.key_order import sorted_keys
from jsonschema_tools.documents.numbers import number_text
from jsonschema_tools.documents.values import Document, Timestamp, own_keys
from jsonschema_tools.documents.yaml.scalar_styles import key_text, string_text

_LONGEST_IMPLICIT_KEY = 1024
_SIMPLE = {None: "null", True: "true", False: "false"}
_NOT_FINITE = {"NaN": ".nan", "Infinity": ".inf", "-Infinity": "-.inf"}


def yaml_text(document: Document) -> str:
    """The document in YAML, with a newline at its end. Raises `RecursionError` when it is nested too deeply."""
    writer = _Writer(_anchors(document))
    writer.value("", document, level=0, compact=True)
    # Every value is written with a space before it; the first one has no indicator to be kept apart from.
    return "".join(writer.parts)[1:] + "\n"


def _scalar(value: Document, level: int) -> str:
    if isinstance(value, str):
        return str(value) if isinstance(value, Timestamp) else string_text(value, level)
    if value is None or isinstance(value, bool):
        return _SIMPLE[value]
    return _number(value)


def _number(value: int | float) -> str:
    text = number_text(value)
    if isinstance(value, int):
        return text
    if text == "0":
        return "-0.0" if str(value)[0] == "-" else text
    if text in _NOT_FINITE:
        return _NOT_FINITE[text]
    # YAML 1.1 wants a point in a decimal fraction, which JavaScript does not write in 1e-7.
    return text if "." in text or value.is_integer() else text.replace("e", ".e")


def _anchors(document: Document) -> dict[int, str]:
    """The names of what occurs more than once, by object identity, in the order in which it is met again.

    A timestamp takes part in the numbering although it is never written as an alias: it is an object in JavaScript.
    """
    seen: set[int] = set()
    again: dict[int, str] = {}

    def visit(value: Document) -> None:
        if id(value) in seen:
            again.setdefault(id(value), f"ref_{len(again)}")
            return
        seen.add(id(value))
        if isinstance(value, dict):
            for key in own_keys(value):
                if isinstance(value[key], (dict, list, Timestamp)):
                    visit(value[key])
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, (dict, list, Timestamp)):
                    visit(item)

    visit(document)
    return again


class _Writer:
    """Collects the text of one document in ``parts``; ``anchors`` are the names by object identity."""

    def __init__(self, anchors: dict[int, str]) -> None:
        self.parts: list[str] = []
        self._anchors = anchors
        self._written: set[int] = set()

    def value(self, lead: str, value: Document, level: int, *, compact: bool) -> None:
        """The indicator before a value (``:`` or ``-``), then the value.

        ``compact``: a collection may begin on the line of its indicator. One with an anchor never does.
        """
        if not isinstance(value, (dict, list)):
            self.parts.append(f"{lead} {_scalar(value, level)}")
            return
        name = self._anchors.get(id(value)) if self._anchors else None
        if name is not None:
            if id(value) in self._written:
                self.parts.append(f"{lead} *{name}")
                return
            self._written.add(id(value))
            lead = f"{lead} &{name}"
        if not value:
            self.parts.append(f"{lead} {'{}' if isinstance(value, dict) else '[]'}")
            return
        self.parts.append(lead)
        separator = "\n" + "  " * level
        start = " " if compact and name is None else separator
        if isinstance(value, dict):
            self._mapping(value, level, start, separator)
        else:
            self._sequence(value, level, start, separator)

    def _mapping(self, mapping: dict[str, Document], level: int, start: str, separator: str) -> None:
        for key in sorted_keys(mapping):
            written_key = key_text(key)
            if len(written_key) > _LONGEST_IMPLICIT_KEY:
                self.parts.append(f"{start}? {written_key}{separator}")
                self.value(":", mapping[key], level + 1, compact=True)
            else:
                self.parts.append(start)
                self.value(f"{written_key}:", mapping[key], level + 1, compact=False)
            start = separator

    def _sequence(self, items: list[Document], level: int, start: str, separator: str) -> None:
        for item in items:
            self.parts.append(start)
            self.value("-", item, level + 1, compact=True)
            start = separator
