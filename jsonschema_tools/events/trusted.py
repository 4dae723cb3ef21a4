"""Events that are believed to be valid: read by their tables, and by no schema."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.plain import NotJson
from jsonschema_tools.events.reading import LONGEST_SHALLOW, may_be_deep, read_event, reader
from jsonschema_tools.events.shape_reader import TAG
from jsonschema_tools.events.valid_events import ReadingValidator, ValidEvent
from jsonschema_tools.events.validation import ODD, is_utf_8, not_json


class TrustingReader(ReadingValidator):
    """A `ReadingValidator` that takes each event as valid whose schema there is."""

    def judged(self, texts: Sequence[bytes]) -> list[ValidEvent | Verdict]:
        """For each JSON text the event, or why it is none, or why there is no schema for it."""
        named: dict[Any, ValidEvent] = {}
        read, found = self._named, list[ValidEvent | Verdict]()
        for text in texts:
            event = None
            try:
                if not (len(text) > LONGEST_SHALLOW and may_be_deep(text)) and is_utf_8(text):
                    uri = read(text)
                    event = named.get(uri) or named.setdefault(uri, ValidEvent(self._usable(uri), None))
            except ODD:
                pass
            found.append(event or self.judged_carefully(text))
        return found

    def judged_carefully(self, text: bytes) -> ValidEvent | Verdict:
        """The same for one text, all of it read."""
        try:
            event = read_event(text)
        except NotJson as error:
            return not_json(error.message, error.pointer)
        try:
            return ValidEvent(self._usable(self._uri_of(event)), event)
        except ODD:
            # It is no object, or names no schema that there is: the validator says which.
            return self._verdict(event)

    def _usable(self, named: Any) -> str:
        uri = self._schema_uri(named)
        self._compiled(uri)
        return uri

    @cached_property
    def _named(self) -> Callable[[bytes], Any]:
        """What reads the URI of its schema from an event, and passes over the rest."""
        if self._settings.schema_uri_fields != (TAG,):
            return lambda text: self._uri_of(reader()(text))
        from msgspec import defstruct
        from msgspec.json import Decoder

        named: Any = defstruct("Named", [("uri", str)], rename={"uri": TAG}, gc=False)
        decode: Callable[[bytes], Any] = Decoder(named).decode
        return lambda text: decode(text).uri
