"""Events with what they hold and the verdict on them: valid ones in few steps, the others with all that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import is_panic
from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.plain import NotJson
from jsonschema_tools.events.reading import LONGEST_SHALLOW, may_be_deep, read_event, reader
from jsonschema_tools.events.shape_reader import ShapeReader
from jsonschema_tools.events.validation import ODD, EventValidator, is_utf_8, not_json


class ValidEvent(NamedTuple):
    """A valid event, and the URI of the schema by which it is valid; ``None`` where only its shape is known."""

    uri: str
    event: Document | None


class ReadingValidator(EventValidator):
    """An `EventValidator` that also gives the events that it has read."""

    def judged(self, texts: Sequence[bytes]) -> list[ValidEvent | Verdict]:
        """For each JSON text the event if it is valid, its defaults filled in where wanted; else the verdict."""
        shapes = self._shapes.reader() if self._shaped and is_utf_8(b"\n".join(texts)) else None
        counts, checks = Counter[Any](), dict[Any, tuple[str, Callable[[Any], bool]]]()
        shaped = dict[Any, ValidEvent]()
        quick = None if self._settings.fill_defaults else reader()
        found: list[ValidEvent | Verdict] = []
        for text in texts:
            event = None
            try:
                if quick is not None and not (len(text) > LONGEST_SHALLOW and may_be_deep(text)):
                    fits = _fits(shapes, text)
                    if fits is None:
                        event = self._quickly(quick(text), checks, counts)
                    else:
                        counts[fits[0]] += 1
                        event = shaped.get(fits[0]) or shaped.setdefault(fits[0], self._shaped_event(fits[0]))
            except ODD:
                pass
            except BaseException as error:
                if not is_panic(error):
                    raise
            found.append(event or self.judged_carefully(text))
        for named, count in counts.items():
            if named in checks:
                self._shapes.learn(named, checks[named][0], count)
        return found

    def judged_carefully(self, text: bytes) -> ValidEvent | Verdict:
        """The same for one text, with all of its schema."""
        try:
            event = read_event(text)
        except NotJson as error:
            return not_json(error.message, error.pointer)
        verdict = self._verdict(event)
        if not verdict.valid:
            return verdict
        assert verdict.schema_uri is not None
        return ValidEvent(verdict.schema_uri, event if verdict.event is None else verdict.event)

    def _shaped_event(self, named: str | None) -> ValidEvent:
        return ValidEvent(self._schema_uri(named), None)

    def _quickly(
        self, event: Document, checks: dict[Any, tuple[str, Callable[[Any], bool]]], counts: Counter[Any]
    ) -> ValidEvent | None:
        """The event if it is valid."""
        named = self._uri_of(event)
        if named not in checks:
            checks[named] = self._schema_uri(named), self._check(named)
        uri, check = checks[named]
        if not check(event):
            return None
        counts[named] += 1
        return ValidEvent(uri, event)


def _fits(shapes: ShapeReader | None, text: bytes) -> tuple[str | None] | None:
    """What the shape that a text fits is known by, if it fits any."""
    if shapes is None:
        return None
    try:
        shaped = shapes.read(text)
        tag, holds = shapes.tests[type(shaped)]
        return (tag,) if holds(shaped) else None
    except ODD:
        return None
