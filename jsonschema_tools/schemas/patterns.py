"""Rewriting the patterns of a schema for validators that do not read them as ECMA-262 does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from jsonschema_tools.documents.values import Document
from jsonschema_tools.patterns.searching import Undecided
from jsonschema_tools.schemas.vocabulary import DATA, Holds, keywords

REGEX = "x-jst-format-regex"
"""Says that a text is a pattern: for validators that read patterns, and so ``format: regex``, otherwise."""

_BY_NAME = keywords(holds=Holds.MAP)


class Spelling(Protocol):
    """How to write patterns. Each method returns what takes the place of the keyword and its value."""

    def pattern(self, source: str) -> dict[str, Any]:
        """What takes the place of ``pattern``."""

    def names(self, sources: Iterable[str]) -> tuple[dict[str, str], dict[str, Any]]:
        """New keys for ``patternProperties`` by the old ones (one without is dropped), and keywords beside it."""

    def regex(self) -> dict[str, Any]:
        """For `REGEX`."""


def respelt(schema: Document, spelling: Spelling) -> Any:
    """The schema with every ``pattern`` and every key of ``patternProperties`` as the spelling has it.

    What stands under keywords that nobody knows may be a schema that a reference leads to, and is respelt too.
    """
    if isinstance(schema, list):
        return [respelt(item, spelling) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword == "pattern" and isinstance(value, str):
            result |= spelling.pattern(value)
        elif keyword == "patternProperties" and isinstance(value, dict):
            keys, beside = spelling.names(value)
            result[keyword] = {keys[name]: respelt(item, spelling) for name, item in value.items() if name in keys}
            result |= beside
        elif keyword == REGEX:
            result |= spelling.regex()
        elif keyword in _BY_NAME and isinstance(value, dict):
            result[keyword] = {name: respelt(item, spelling) for name, item in value.items()}
        else:
            result[keyword] = value if keyword in DATA else respelt(value, spelling)
    return result


class AmongTexts:
    """Patterns for validating values whose texts are known: each becomes the list of the texts that it is found in.

    ``write`` makes a pattern of a number, which tells it from others, and such a list; ``matches`` is asked for each
    pattern and text. Both methods of the spelling raise `Undecided`.
    """

    def __init__(
        self,
        texts: Iterable[str],
        matches: Callable[[str, str], bool | None],
        write: Callable[[str, int, list[str]], str],
    ) -> None:
        self._texts, self._matches, self._write = sorted(set(texts)), matches, write
        self._known: dict[str, str] = {}

    def pattern(self, source: str) -> dict[str, Any]:
        """What takes the place of ``pattern``."""
        return {"pattern": self._spelt(source)}

    def names(self, sources: Iterable[str]) -> tuple[dict[str, str], dict[str, Any]]:
        """What takes the place of the keys of ``patternProperties``."""
        return {source: self._spelt(source) for source in sources}, {}

    def regex(self) -> dict[str, Any]:
        """What takes the place of `REGEX`."""
        return {REGEX: True}

    def _spelt(self, source: str) -> str:
        if source not in self._known:
            found = []
            for text in self._texts:
                known = self._matches(source, text)
                if known is None:
                    raise Undecided(source, text)
                if known:
                    found.append(text)
            self._known[source] = self._write(source, len(self._known), found)
        return self._known[source]


def texts_in(value: Document) -> set[str]:
    """Every text in a value, names included."""
    found: set[str] = set()
    pending = [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, str):
            found.add(inner)
        elif isinstance(inner, dict):
            found.update(inner)
            pending += inner.values()
        elif isinstance(inner, list):
            pending += inner
    return found


def names_in(value: Document) -> set[str]:
    """The names of all properties in a value."""
    found: set[str] = set()
    pending = [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, dict):
            found.update(inner)
            pending += inner.values()
        elif isinstance(inner, list):
            pending += inner
    return found
