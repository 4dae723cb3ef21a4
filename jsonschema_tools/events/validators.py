"""Compiled schemas by URI: each compiled once for as long as its documents are the same.

Formats are asserted by their specifications (RFC 3339 and so on), see `schemas.assertions`. The quick patterns of
AJV 6, by which `schemas.instances` judges examples, are a setting: they let more pass (``2021-02-30``, an offset
``+0000``), and refuse little that is right (a leap second elsewhere than at 23:59).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError, is_accident
from jsonschema_tools.events.faults import Schema
from jsonschema_tools.events.model import EventError
from jsonschema_tools.events.places import Places
from jsonschema_tools.events.shape_reader import Shape
from jsonschema_tools.events.shapes import shape_of
from jsonschema_tools.nodejs.ajv import format_checkers
from jsonschema_tools.nodejs.ajv_security import weaknesses
from jsonschema_tools.schemas.assertions import format_schema
from jsonschema_tools.schemas.compiling import PatternCompiler, decided
from jsonschema_tools.schemas.dialects import DRAFT_07, is_known_dialect, metaschema_at, metaschema_uris
from jsonschema_tools.versions import is_permanent

if TYPE_CHECKING:
    from jsonschema_rs import Registry, Validator
from jsonschema_tools.events.canonical import canonical, for_compiler
from jsonschema_tools.events.obstacles import NoValidator, insecure, obstacle, unusable

Retrieve = Callable[[str], Document]
"""From a URI without fragment to its document; raises a `SchemaToolsError`."""

_BASE = "json-schema:///"

_IN_URIS = "/:?[]@!$&'()*+,;=~%"


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A schema ready for use, or the ``error`` that keeps it from being used.

    ``sources`` are the documents that it is made of and that may change: it holds as long as looking up each gives the
    same object (``None``: nothing). ``parts`` say what is wrong with an event.
    """

    document: Document
    validator: Validator | None
    error: EventError | None
    sources: tuple[tuple[str, Document], ...]
    parts: Schema


class SchemaValidators:
    """Validators by schema URI, the latest ``limit`` of them. Threads may share it.

    Insecure schemas (see the rule ``schema-is-secure``) are refused unless ``allow_insecure``. ``quick_formats``
    asserts formats as AJV 6 does. ``lasts`` is whether the document at a URI, which was looked up, never changes: what
    does not is looked up again whenever it is asked for.
    """

    def __init__(
        self,
        retrieve: Retrieve,
        *,
        allow_insecure: bool = False,
        quick_formats: bool = False,
        limit: int = 2000,
        lasts: Callable[[str], bool] = is_permanent,
    ) -> None:
        self._retrieve, self._lasts = retrieve, lasts
        self._allow_insecure = allow_insecure
        self._formats = format_checkers() if quick_formats else {}
        self._limit = limit
        self._lock = threading.Lock()
        self._compiled: dict[str, CompiledSchema] = {}

    def get(self, uri: str) -> CompiledSchema:
        """The schema at a URI, ready for use. Raises `NoValidator`."""
        compiled = self._compiled.get(uri)
        if compiled is None or any(self._now(source) is not then for source, then in compiled.sources):
            compiled = self._compile(uri)
            with self._lock:
                self._compiled[uri] = compiled
                while len(self._compiled) > self._limit:
                    del self._compiled[next(iter(self._compiled))]
        if compiled.error is not None:
            raise NoValidator(compiled.error)
        return compiled

    def retrieve(self, uri: str) -> Document:
        """The document at a URI, as it is looked up for schemas. Raises a `SchemaToolsError`."""
        return self._retrieve(uri)

    def shape(self, compiled: CompiledSchema, tag: str | None, *, whole: bool = False) -> Shape | None:
        """The shape of the events that name a schema as ``tag``, if it has one; a ``whole`` one has all of an event."""
        schema = canonical(compiled.document)
        if not isinstance(schema, dict) or not is_known_dialect(schema):
            return None
        dialect = schema.get("$schema", DRAFT_07)

        return shape_of(schema, tag, lambda part: self._compile_part(part, dialect).is_valid, whole=whole)

    def _compile_part(self, part: dict[str, Any], dialect: str) -> Validator:
        schema = for_compiler({**part, "$schema": dialect})
        return PatternCompiler().compile(
            schema, validate_formats=True, formats=self._formats, retriever=_nothing_elsewhere
        )

    def _now(self, uri: str) -> Document | None:
        try:
            return self._retrieve(uri)
        except SchemaToolsError:
            return None

    def _compile(self, uri: str) -> CompiledSchema:
        try:
            document = self._retrieve(uri)
        except SchemaToolsError as error:
            raise NoValidator(obstacle(error, uri)) from error
        documents = _Documents(self._retrieve, uri, document)
        validator, problem = None, None
        try:
            validator = _validator(document, uri, documents, self._formats)
        except BaseException as raised:
            if not is_accident(raised):
                raise
            cause = documents.error
            problem = obstacle(cause, uri, "a $ref of the schema fails: ") if cause else unusable(raised, uri)
        if problem is None and not self._allow_insecure:
            problem = next((insecure(uri, *found) for found in documents.weaknesses()), None)
        sources = documents.sources(self._lasts if problem is None else lambda _uri: False)
        parts = Schema(
            Places(document, uri, documents.known()),
            lambda part, draft: decided(self._compile_part(part, draft)),
            decided(validator) if validator is not None else lambda _event: False,
        )
        return CompiledSchema(document, validator, problem, sources, parts)


class _Documents:
    """The documents that one schema is made of, as they are asked for."""

    def __init__(self, retrieve: Retrieve, uri: str, document: Document) -> None:
        self._retrieve = retrieve
        self._all: dict[str, Document | None] = {uri: document}
        self.compiler = PatternCompiler()
        self.error: SchemaToolsError | None = None

    def retrieve(self, uri: str) -> Any:
        """What the compiler asks for; it makes an error of its own of any other."""
        own = format_schema(uri) or metaschema_at(uri)
        if own is not None:
            return own
        name = uri.removeprefix("json-schema://")
        try:
            self._all[name] = document = self._retrieve(name)
        except SchemaToolsError as error:
            self.error = error
            self._all[name] = None
            raise LookupError(error.message) from error
        return self.compiler.respelt(for_compiler(document))

    def known(self) -> Retrieve:
        """The look-up of documents for later: those that the schema is made of are at hand."""
        # Not of this object, whose error holds the frames it came through, and with them a store.
        documents, retrieve = self._all, self._retrieve

        def known(uri: str) -> Document:
            for document in (documents.get(uri), metaschema_at(uri)):
                if document is not None:
                    return document
            return retrieve(uri)

        return known

    def name_metaschema(self) -> bool:
        """Whether one of them refers to the metaschema of a draft."""
        return any(map(_names_metaschema, self._all.values()))

    def has_metaschema(self, uri: Any) -> bool:
        """Whether a ``$schema`` that is no draft's can be looked up."""
        try:
            return isinstance(uri, str) and isinstance(self._retrieve(uri.removesuffix("#")), dict)
        except SchemaToolsError:
            return False

    def weaknesses(self) -> list[tuple[str, str, str]]:
        """Of the first document that has any: its URI, the JSON Pointer of each, and what is missing there."""
        for uri, document in self._all.items():
            found = [(uri, weak.pointer, weak.message) for weak in weaknesses(document, strict=True)]
            if found:
                return found
        return []

    def sources(self, last: Callable[[str], bool]) -> tuple[tuple[str, Document], ...]:
        """The documents that do not ``last``."""
        return tuple((uri, doc) for uri, doc in self._all.items() if not last(uri))


def _nothing_elsewhere(uri: str) -> Any:
    own = format_schema(uri)
    if own is None:
        raise LookupError(uri)
    return own


def _validator(
    document: Document, uri: str, documents: _Documents, formats: dict[str, Callable[[str], bool]]
) -> Validator:
    base = quote(uri, safe=_IN_URIS) if "://" in uri[:10] else _BASE + quote(uri.lstrip("/"), safe=_IN_URIS)
    schema = for_compiler(document)
    if isinstance(schema, dict) and not _has_dialect(schema, documents):
        schema = {**schema, "$schema": DRAFT_07}
    options: Any = {"formats": formats, "retriever": documents.retrieve, "base_uri": base}
    try:
        return documents.compiler.compile(schema, validate_formats=True, **options)
    except ValueError:
        if documents.error is not None or not documents.name_metaschema():
            raise
        # With a registry, metaschemas of one's own are not looked up, so it is the second choice.
        return documents.compiler.compile(schema, validate_formats=True, registry=_metaschemas(), **options)


def _names_metaschema(schema: Any) -> bool:
    """Whether a schema refers to one."""
    if isinstance(schema, list):
        return any(map(_names_metaschema, schema))
    if not isinstance(schema, dict):
        return False
    reference = schema.get("$ref")
    known = isinstance(reference, str) and metaschema_at(reference.partition("#")[0]) is not None
    return known or any(map(_names_metaschema, schema.values()))


@cache
def _metaschemas() -> Registry:
    """Those that a schema of another draft may refer to: the compiler has only those of its own at hand."""
    from jsonschema_rs import Registry

    return Registry([(uri, metaschema_at(uri)) for uri in metaschema_uris()])


def _has_dialect(schema: dict[str, Any], documents: _Documents) -> bool:
    declared = schema.get("$schema")
    return declared is not None and (is_known_dialect(schema) or documents.has_metaschema(declared))
