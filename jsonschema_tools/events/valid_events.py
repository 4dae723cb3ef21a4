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
from jsonschema_tools.events.shape_reader import IsValid
from jsonschema_tools.events.shaped import KnownShapes
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.validation import ODD, Documents, EventValidator, is_utf_8, not_json
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.settings import EventSettings


class ValidEvent(NamedTuple):
    """A valid event, and the URI of the schema by which it is valid.

    One that was told by its shape has no ``event``, but is ``shaped``: a value of the type of a whole shape.
    """

    uri: str
    event: Document | None
    shaped: Any = None


class ReadingValidator(EventValidator):
    """An `EventValidator` that also gives the events that it has read."""

    def __init__(
        self,
        documents: Documents | SchemaValidators,
        settings: EventSettings | None = None,
        target: Target | None = None,
    ) -> None:
        super().__init__(documents, settings, target)
        self._shapes = KnownShapes(self._validators, whole=True)

    def judged(self, texts: Sequence[bytes]) -> list[ValidEvent | Verdict]:
        """For each JSON text the event if it is valid, its defaults filled in where wanted; else the verdict."""
        shapes = self._shapes.reader() if self._shaped and is_utf_8(b"\n".join(texts)) else None
        read_shaped, tests = (shapes.read, shapes.tests) if shapes is not None else (None, {})
        counts, checks = Counter[Any](), dict[Any, tuple[str, Callable[[Any], bool]]]()
        uris = {tag: self._schema_uri(tag) for tag, _ in tests.values()}
        quick = None if self._settings.fill_defaults else reader()
        found: list[ValidEvent | Verdict] = []
        for text in texts:
            event = None
            try:
                if quick is not None and not (len(text) > LONGEST_SHALLOW and may_be_deep(text)):
                    fits = _fits(read_shaped, tests, text) if read_shaped is not None else None
                    event = (
                        self._quickly(quick(text), checks, counts)
                        if fits is None
                        else ValidEvent(uris[fits[0]], None, fits[1])
                    )
            except ODD:
                pass
            except BaseException as error:
                if not is_panic(error):
                    raise
            found.append(event or self.judged_carefully(text))
        for named, count in counts.items():
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


def _fits(
    read: Callable[[bytes], Any], tests: dict[Any, tuple[str | None, IsValid]], text: bytes
) -> tuple[str | None, Any] | None:
    """The tag of the shape that a text fits, and its value, if it fits any."""
    try:
        shaped = read(text)
        tag, holds = tests[type(shaped)]
        return (tag, shaped) if holds(shaped) else None
    except ODD:
        return None
