"""Events that are believed to be valid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.plain import NotJson
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.events.valid_events import ReadingValidator, ValidEvent
from jsonschema_tools.events.validation import ODD, not_json


class TrustingReader(ReadingValidator):
    """A `ReadingValidator` that takes each event as valid whose schema there is.

    Those that fit a shape are read by it, which no other way of reading is faster than.
    """

    def judged_carefully(self, text: bytes) -> ValidEvent | Verdict:
        """For one JSON text the event, or why it is none, or why there is no schema for it."""
        try:
            event = read_event(text)
        except NotJson as error:
            return not_json(error.message, error.pointer)
        try:
            return ValidEvent(self._usable(self._uri_of(event)), event)
        except ODD:
            # It is no object, or names no schema that there is: the validator says which.
            return self._verdict(event)

    def _quickly(
        self, event: Document, checks: dict[Any, tuple[str, Callable[[Any], bool]]], counts: Counter[Any]
    ) -> ValidEvent | None:
        named = self._uri_of(event)
        if named not in checks:
            checks[named] = self._usable(named), lambda _event: True
        counts[named] += 1
        return ValidEvent(checks[named][0], None)

    def _usable(self, named: Any) -> str:
        uri = self._schema_uri(named)
        self._compiled(uri)
        return uri
