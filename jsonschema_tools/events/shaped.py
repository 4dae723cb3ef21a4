"""The shapes of schemas that many events name, and one reader for all of them."""

from __future__ import annotations

import threading
from collections import Counter

from jsonschema_tools.events.obstacles import NoValidator
from jsonschema_tools.events.shape_reader import Shape, ShapeReader
from jsonschema_tools.events.validators import SchemaValidators

ENOUGH_EVENTS = 100
"""So many events of a schema make up for the making of its shape."""

MOST_SHAPES = 500
_MOST_COUNTED = 10_000


class KnownShapes:
    """Shapes by what events name. Threads may share it.

    Only released versions have one: nothing has to be asked again, since they never change. ``whole`` ones have all of
    an event in them.
    """

    def __init__(self, validators: SchemaValidators, *, whole: bool = False) -> None:
        self._validators = validators
        self._whole = whole
        self._lock = threading.Lock()
        self._counts: Counter[str | None] = Counter()
        self._wanted: dict[str | None, str] = {}
        self._shapes: dict[str | None, Shape | None] = {}
        self._reader: ShapeReader | None = None

    def learn(self, named: str | None, uri: str, events: int) -> None:
        """Take note of events that name the schema at a URI so."""
        with self._lock:
            if named in self._shapes or len(self._shapes) + len(self._wanted) >= MOST_SHAPES:
                return
            if named not in self._counts and len(self._counts) >= _MOST_COUNTED:
                self._counts.clear()
            self._counts[named] += events
            if self._counts[named] >= ENOUGH_EVENTS:
                self._wanted[named] = uri

    def reader(self) -> ShapeReader | None:
        """The reader for all that are known by now; ``None`` where none has a shape."""
        with self._lock:
            wanted, self._wanted = self._wanted, {}
        if wanted:
            made = {named: self._made(named, uri) for named, uri in wanted.items()}
            with self._lock:
                self._shapes |= made
                shapes = [shape for shape in self._shapes.values() if shape is not None]
                self._reader = ShapeReader(shapes) if shapes else None
        return self._reader

    def _made(self, named: str | None, uri: str) -> Shape | None:
        try:
            schema = self._validators.get(uri)
            return None if schema.sources else self._validators.shape(schema, named, whole=self._whole)
        except (NoValidator, RecursionError):
            return None
