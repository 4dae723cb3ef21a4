"""Validating events: the verdict, and the reasons for a refused one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from operator import itemgetter, length_hint
from typing import Any, Protocol, TypedDict

from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.errors import accident, is_accident, is_panic
from jsonschema_tools.events.defaults import with_defaults
from jsonschema_tools.events.explaining import explain
from jsonschema_tools.events.model import EventError, Obstacle, Verdict
from jsonschema_tools.events.obstacles import NoValidator
from jsonschema_tools.events.plain import NotJson, plain
from jsonschema_tools.events.portability import Portability
from jsonschema_tools.events.reading import LONGEST_SHALLOW, may_be_deep, read_event, reader
from jsonschema_tools.events.results import BlockResult
from jsonschema_tools.events.shape_reader import TAG, ShapeReader
from jsonschema_tools.events.shaped import KnownShapes
from jsonschema_tools.events.targets import Target, calls_itself, is_absolute, is_version_of_title
from jsonschema_tools.events.validators import CompiledSchema, SchemaValidators
from jsonschema_tools.events.wording import shortened
from jsonschema_tools.settings import EventSettings
from jsonschema_tools.versions import field as value_at
from jsonschema_tools.versions import is_permanent

_LONGEST_URI = 2000

ODD = (ValueError, LookupError, TypeError, RecursionError, NoValidator)
"""What the quick way of judging may raise for an event that the careful way has to look at."""


class Strictness(TypedDict):
    """How strict compiled schemas are: arguments of `SchemaValidators`."""

    allow_insecure: bool
    quick_formats: bool


def strictness(settings: EventSettings, target: Target) -> Strictness:
    """How strict compiled schemas are: arguments of `SchemaValidators`.

    A schema that the caller names is the caller's choice; the others are what events say.
    """
    insecure = settings.allow_insecure or target.schema is not None
    return {"allow_insecure": insecure, "quick_formats": settings.quick_formats}


class Documents(Protocol):
    """The look-up of schemas."""

    def retrieve(self, uri: str) -> Document:
        """The document at a URI, the same object as long as it is the same. Raises `SchemaToolsError`.

        Where there is a method ``lasts``, too, it says whether that of a URI never changes; else versions do not.
        """


class EventValidator:
    """Validates events by the schemas that they name. Make one and keep it: it remembers compiled schemas.

    Threads may share it. Whatever is wrong with an event or its schema is in the `Verdict`: nothing is raised.

    Args:
        documents: the look-up of schemas, such as a `SchemaStore`; or compiled schemas that are kept elsewhere.
        settings: where an event names its schema, and how strict to be.
        target: the schema or version to validate by, where that is not the one that an event names.
    """

    def __init__(
        self,
        documents: Documents | SchemaValidators,
        settings: EventSettings | None = None,
        target: Target | None = None,
    ) -> None:
        self._settings = settings or EventSettings()
        self._target = target or Target()
        if not isinstance(documents, SchemaValidators):
            strict = strictness(self._settings, self._target)
            lasts = getattr(documents, "lasts", is_permanent)
            documents = SchemaValidators(documents.retrieve, lasts=lasts, **strict)
        validators = self._validators = documents
        self._uri_of = _uri_getter(self._settings, self._target)
        self._shapes = KnownShapes(validators)
        tagged = self._target.schema is not None or self._settings.schema_uri_fields == (TAG,)
        self._portability = Portability(validators) if self._settings.portable else None
        # Shapes know schemas, and not how values are written.
        self._shaped = tagged and not self._settings.fill_defaults and not self._settings.portable

    def verdict(self, event: Any) -> Verdict:
        """The verdict on one event, which is not changed."""
        try:
            return self._verdict(plain(event))
        except NotJson as error:
            return not_json(error.message, error.pointer)

    def compiled(self, named: str) -> CompiledSchema:
        """The schema by which an event that names ``named`` is validated, ready for use. Raises `NoValidator`."""
        return self._compiled(self._schema_uri(named))

    def verdict_on_text(self, text: bytes) -> Verdict:
        """The verdict on one event that is a JSON text."""
        try:
            event = read_event(text)
        except NotJson as error:
            return not_json(error.message, error.pointer)
        return self._verdict(event)

    def validate_lines(self, block: bytes, start: int = 0) -> Iterator[BlockResult]:
        """The results of a block of JSON lines from the line ``start`` on, one after the other.

        There is one, or several where many events are refused. Blank lines are no events.
        """
        lines = BytesIO(block)
        return self._judge_all(islice(lines, start, None), lambda: lines.tell() < len(block), is_utf_8(block))

    def validate_texts(self, texts: Sequence[bytes], start: int = 0) -> Iterator[BlockResult]:
        """The results of the texts of events from the one with the index ``start`` on; indexes stand for lines."""
        unread = iter(texts[start:])
        return self._judge_all(unread, lambda: length_hint(unread) > 0, is_utf_8(b"\n".join(texts)))

    def _judge_all(
        self, unread: Iterator[bytes], has_more: Callable[[], bool], is_utf_8: bool
    ) -> Iterator[BlockResult]:
        # What no schema describes, that reader passes over: whether it is UTF-8 has to be known before.
        shapes = self._shapes.reader() if self._shaped and is_utf_8 else None
        more = True
        while more:
            result = self._judge_some(unread, shapes)
            more = result.more = has_more()
            yield result

    def _judge_some(self, lines: Iterator[bytes], shapes: ShapeReader | None) -> BlockResult:
        """The result of as many of the lines as one should tell of.

        Valid events, which most are, pass in few steps: by their shape, or by the whole schema. All others go
        another way.
        """
        result = BlockResult()
        read, uri_of, careful = reader(), self._uri_of, self._settings.fill_defaults
        read_shaped, tests = (shapes.read, shapes.tests) if shapes is not None else (None, {})
        checks: dict[Any, Callable[[Any], bool]] = {}
        valid: defaultdict[Any, int] = defaultdict(int)
        number = -1
        for number, line in enumerate(lines):
            if not (careful or (len(line) > LONGEST_SHALLOW and may_be_deep(line))):
                if read_shaped is not None:
                    try:
                        shaped = read_shaped(line)
                        tag, holds = tests[type(shaped)]
                        if holds(shaped):
                            valid[tag] += 1
                            continue
                    except ODD:
                        pass
                try:
                    event = read(line)
                    uri = uri_of(event)
                    check = checks.get(uri) or checks.setdefault(uri, self._check(uri))
                    if check(event):
                        valid[uri] += 1
                        continue
                except ODD:
                    pass
                except BaseException as error:
                    if not is_panic(error):
                        raise
            if not line.isspace():
                event = None  # It may be large, and is read again.
                text = line.removesuffix(b"\n")
                result.add(number, text, self.verdict_on_text(text))
            if result.full:
                break
        result.lines = number + 1
        for named, count in valid.items():
            uri = self._schema_uri(named)
            result.summary.add_valid(uri, count)
            self._shapes.learn(named, uri, count)
        return result

    def _check(self, named: Any) -> Callable[[Any], bool]:
        uri = self._schema_uri(named)
        compiled = self._compiled(uri)
        assert compiled.validator is not None
        is_valid, portability = compiled.validator.is_valid, self._portability
        if portability is None:
            return is_valid
        return lambda event: is_valid(event) and portability.holds(compiled, uri, event)

    def _compiled(self, uri: str) -> CompiledSchema:
        """The schema at a URI. Raises `NoValidator`, also where an event may not name it."""
        chosen = self._target.schema is not None
        if chosen or is_version_of_title(uri):
            return self._validators.get(uri)
        # A base may stand for absolute URIs: then documents are named as they name themselves.
        if is_absolute(uri) and not any(mark in uri for mark in "?#"):
            compiled = self._validators.get(uri)
            if calls_itself(compiled.document, uri):
                return compiled
        raise NoValidator(
            EventError(
                f"{describe(uri)} is no version of a schema",
                schema_uri=uri,
                obstacle=Obstacle.SCHEMA_FORBIDDEN,
                remedy="Name a version, or the latest one: /user/create/1.0.0, /user/create/latest.",
            )
        )

    def _schema_uri(self, named: Any) -> str:
        """The schema for an event that names one. Raises `NoValidator`."""
        if self._target.schema is not None:
            return self._target.schema
        if not isinstance(named, str) or not named:
            said = "names no schema" if named is None else f"names {describe(named)} as its schema"
            fields = ", ".join(self._settings.schema_uri_fields)
            remedy = f"Give the event the URI of its schema, such as /user/create/1.0.0, in {fields}."
            message = f"the event {said}: it has no text in {fields}"
            raise NoValidator(EventError(message, obstacle=Obstacle.NO_SCHEMA_URI, remedy=remedy))
        if len(named) > _LONGEST_URI:
            message = f"the schema URI has more than {_LONGEST_URI} characters: {shortened(named)}"
            raise NoValidator(EventError(message, obstacle=Obstacle.SCHEMA_FORBIDDEN))
        return self._target.uri(named)

    def _verdict(self, event: Document) -> Verdict:
        uri, filled = None, None
        stream = value_at(event, self._settings.stream_field)
        stream = stream if isinstance(stream, str) else None
        try:
            uri = self._schema_uri(_named(event, self._settings.schema_uri_fields))
            compiled = self._compiled(uri)
        except NoValidator as refusal:
            return Verdict(uri, (refusal.error,), stream)
        assert compiled.validator is not None
        if self._settings.fill_defaults:
            event = filled = with_defaults(event, compiled.document)
        try:
            if compiled.validator.is_valid(event):
                errors = self._portability.errors(compiled, uri, event) if self._portability is not None else ()
                return Verdict(uri, errors, stream, filled)
            return Verdict(uri, explain(compiled.parts, event, uri), stream, filled)
        except BaseException as error:
            if not is_accident(error):
                raise
            told = accident(error, "judging the event")
            return Verdict(uri, (EventError(told.message, schema_uri=uri, obstacle=Obstacle.SCHEMA_UNUSABLE),), stream)


def not_json(message: str, pointer: str = "") -> Verdict:
    """The verdict on what is no JSON."""
    return Verdict(None, (EventError(message, pointer, obstacle=Obstacle.NOT_JSON),))


def _named(event: Document, fields: tuple[str, ...]) -> Any:
    """The first of the alternatives that the event has."""
    return next((uri for name in fields if (uri := value_at(event, name)) is not None), None)


def is_utf_8(text: bytes) -> bool:
    """Whether a text is UTF-8."""
    try:
        return text.isascii() or bool(text.decode())
    except UnicodeDecodeError:
        return False


def _uri_getter(settings: EventSettings, target: Target) -> Callable[[Any], Any]:
    """The quick way to the schema URI in an event; raises one of `ODD` where there is none."""
    if target.schema is not None:
        return lambda _event: None
    if settings.schema_uri_fields == (TAG,):
        return itemgetter(TAG)
    return lambda event: _named(event, settings.schema_uri_fields)
