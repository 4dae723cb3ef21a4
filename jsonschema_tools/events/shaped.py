"""The shapes of the schemas that events have named so far, and a reader that knows them all."""

from __future__ import annotations

import threading

from jsonschema_tools.events.shapes import Shape, ShapeReader
from jsonschema_tools.events.validators import CompiledSchema, NoValidator, SchemaValidators

MOST_SHAPES = 500
"""Schemas with a shape, at most: it takes about a millisecond to make one, and some memory to keep it."""


class KnownShapes:
    """Shapes by what events name. Threads may share it."""

    def __init__(self, validators: SchemaValidators) -> None:
        self._validators = validators
        self._lock = threading.Lock()
        self._uris: dict[str | None, str] = {}
        self._schemas: dict[str | None, CompiledSchema] = {}
        self._shapes: dict[str | None, tuple[CompiledSchema, Shape | None]] = {}
        self._reader: ShapeReader | None = None

    def learn(self, named: str | None, uri: str) -> None:
        """Know the shape of the schema at a URI, which events name so, from the next `reader` on."""
        with self._lock:
            if len(self._uris) < MOST_SHAPES:
                self._uris[named] = uri

    def reader(self) -> ShapeReader | None:
        """The reader for the schemas as they are now; ``None`` where none has a shape."""
        with self._lock:
            schemas = {named: schema for named, uri in self._uris.items() if (schema := self._current(named, uri))}
            if schemas != self._schemas:
                shapes = [shape for named, schema in schemas.items() if (shape := self._shape(named, schema))]
                self._reader = ShapeReader(shapes) if shapes else None
                self._schemas = schemas
            return self._reader

    def _current(self, named: str | None, uri: str) -> CompiledSchema | None:
        before = self._schemas.get(named)
        if before is not None and not before.sources:
            return before  # It never changes.
        try:
            return self._validators.get(uri)
        except NoValidator:
            return None

    def _shape(self, named: str | None, schema: CompiledSchema) -> Shape | None:
        known = self._shapes.get(named)
        if known is None or known[0] is not schema:
            known = self._shapes[named] = (schema, self._validators.shape(schema, named))
        return known[1]
