"""The schemas that streams name, in their latest version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import RetrievalError, SchemaToolsError
from jsonschema_tools.patterns.searching import matches
from jsonschema_tools.rules.editable import materialized
from jsonschema_tools.rules.model import Context, NotApplicable, Subject
from jsonschema_tools.rules.repository import Collection, Title
from jsonschema_tools.rules.stream_file import WrittenStream
from jsonschema_tools.rules.stream_subjects import of_stream


class Schemas:
    """The latest version of each title: of this repository, else of any base URI."""

    def __init__(self, collection: Collection, context: Context) -> None:
        self.titles: dict[str, Title] = {title.name: title for title in collection.titles}
        self._context = context
        self._latest: dict[str, Document | SchemaToolsError | None] = {}

    def find(self, title: str) -> Document | None:
        """The latest version; ``None`` where there is no such schema. Raises `RetrievalError` where a base is down."""
        if title not in self._latest:
            self._latest[title] = self._found(title)
        found = self._latest[title]
        if isinstance(found, SchemaToolsError):
            raise found
        return found

    def near(self, title: str) -> str | None:
        """The title of this repository that may be meant."""
        return next(iter(get_close_matches(title, self.titles, n=1, cutoff=0.6)), None)

    def _found(self, title: str) -> Document | SchemaToolsError | None:
        own = self.titles.get(title)
        if own is not None:
            released = own.released(self._context.config.content_types[0]) or list(own.files)
            newest = released[-1]
            return materialized(newest, self._context) if newest.is_current else newest.document
        if self._context.retrieve is None:
            return None
        try:
            return self._context.retrieve(f"/{title}/latest")
        except RetrievalError as error:
            return error if error.down else None
        except SchemaToolsError:
            return None


@dataclass(frozen=True, slots=True)
class StreamSchema:
    """A stream with the schemas that there are."""

    stream: WrittenStream
    schemas: Schemas

    @property
    def latest(self) -> dict[str, Any]:
        """The latest version of its schema. Raises `NotApplicable` where there is none: that is another finding."""
        title = self.stream.title
        document = self.schemas.find(title) if title is not None else None
        if not isinstance(document, dict):
            raise NotApplicable("the stream has no schema")
        return document


def streams_with_schemas(collection: Collection, context: Context) -> Iterator[Subject]:
    """Every stream, with the schemas."""
    if context.streams is not None:
        schemas = Schemas(collection, context)
        for stream in context.streams.streams:
            yield of_stream(stream, context.streams, StreamSchema(stream, schemas))


@dataclass(frozen=True, slots=True)
class FieldInSchema:
    """A field of events as a schema has it; ``required`` at every level above it, too."""

    schemas: tuple[Any, ...]
    required: bool


def field_in(schema: Document, path: str) -> FieldInSchema | None:
    """The field at a path such as ``meta.id``; ``None`` where the schema does not have it.

    A key of a map counts as a field. Raises `NotApplicable` where a reference hides it.
    """
    schemas: tuple[Any, ...] = (schema,)
    required = True
    for name in path.split("."):
        parts = [part for one in schemas for part in _parts(one)]
        required = required and any(name in part.get("required", ()) for part in parts)
        schemas = tuple(found for part in parts for found in _members(part, name))
        if not schemas and any("$ref" in part for part in parts):
            raise NotApplicable("the schema has references that are not resolved")
        if not schemas:
            return None
    return FieldInSchema(schemas, required)


def types_in(field: FieldInSchema) -> set[str]:
    """The types that a field may have, as its schemas name them."""
    found: set[str] = set()
    for part in (part for one in field.schemas for part in _parts(one)):
        written = part.get("type", [])
        found.update([written] if isinstance(written, str) else written if isinstance(written, list) else [])
    return found


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and what it has in ``allOf``."""
    if isinstance(schema, dict):
        yield schema
        members = schema.get("allOf")
        for member in members if isinstance(members, list) else ():
            yield from _parts(member)


def _members(part: dict[str, Any], name: str) -> Iterator[Any]:
    properties, patterns, others = (
        part.get(key) for key in ("properties", "patternProperties", "additionalProperties")
    )
    if isinstance(properties, dict) and name in properties:
        yield properties[name]
        return
    for pattern, schema in patterns.items() if isinstance(patterns, dict) else ():
        if matches(pattern, name):
            yield schema
            return
    if isinstance(others, dict):
        yield others
