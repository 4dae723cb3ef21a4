"""What of a valid event is not portable, by the types of the columns of its schema."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.events.explaining import MOST_ERRORS
from jsonschema_tools.events.model import EventError, Obstacle
from jsonschema_tools.events.validators import CompiledSchema, SchemaValidators
from jsonschema_tools.schemas.references import dereference
from jsonschema_tools.tables.conversion import type_of
from jsonschema_tools.tables.portable import unportable
from jsonschema_tools.tables.types import Scalar, Type


class Portability:
    """Knows the columns of schemas. Threads may share it."""

    def __init__(self, validators: SchemaValidators) -> None:
        self._validators = validators
        self._types: dict[str, tuple[CompiledSchema, Type]] = {}

    def holds(self, compiled: CompiledSchema, uri: str, event: Document) -> bool:
        """Whether an event that is valid by the schema at a URI is portable."""
        return next(unportable(self._type(compiled, uri), event), None) is None

    def errors(self, compiled: CompiledSchema, uri: str, event: Document) -> tuple[EventError, ...]:
        """What is not portable in such an event, the first `MOST_ERRORS` of it."""
        found = islice(unportable(self._type(compiled, uri), event), MOST_ERRORS)
        return tuple(
            EventError(each.message, each.pointer, None, uri, Obstacle.NOT_PORTABLE, each.remedy) for each in found
        )

    def _type(self, compiled: CompiledSchema, uri: str) -> Type:
        """The type of the events of a schema; JSON where they are no rows."""
        known = self._types.get(uri)
        if known is not None and known[0] is compiled:
            return known[1]
        document = compiled.document
        with suppress(SchemaToolsError):
            document = dereference(document, self._validators.retrieve, base_uri=uri)
        type_ = type_of(document).columns or Scalar.JSON
        self._types[uri] = compiled, type_
        return type_
