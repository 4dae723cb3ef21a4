"""Where a person would look: from a place in a document to the file and line that it was written in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jsonschema_tools.checks import Collection, Place
from jsonschema_tools.documents.positions import locate_entry
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.materialization import origins
from jsonschema_tools.model import Config, SchemaFile
from jsonschema_tools.planning import holds
from jsonschema_tools.repository.store import SchemaStore

_Origins = Callable[[str], list[tuple[str | None, str]]]


class Places:
    """Called with a file and a JSON Pointer, gives the `Place` where that was written.

    For a released file that is what its current file says now, that is a line of the current file, or of the fragment
    that brought the value in, and so on through the fragments. For any other file it is a line of the file itself.
    """

    def __init__(
        self,
        collection: Collection,
        config: Config,
        store: SchemaStore,
        materialize: Callable[[SchemaFile], Document],
    ) -> None:
        self._config = config
        self._store = store
        self._materialize = materialize
        self._files = {file.path: (file, title.current) for title in collection.titles for file in title.files}
        self._origins: dict[Path, _Origins | None] = {}

    def __call__(self, path: Path, pointer: str) -> Place:
        """The place of the value at a pointer of the file; as far as the pointer leads, never an error."""
        file, current = self._files.get(path, (None, None))
        if file is not None and current is not None and not file.is_current:
            written = self._written(file, current)
            if written is not None:
                return self._best(current, written(pointer))
        return _in_file(path, pointer)[0]

    def _written(self, file: SchemaFile, current: SchemaFile) -> _Origins | None:
        """The origins of a released file; ``None`` where the current file is of another version or content."""
        if file.path not in self._origins:
            self._origins[file.path] = None
            try:
                if file.version == current.version and holds(file.document, self._materialize(current)):
                    self._origins[file.path] = (
                        origins(current.document, self._store.retrieve)
                        if self._config.should_dereference
                        else lambda pointer: [(None, pointer)]
                    )
            except (SchemaToolsError, RecursionError):
                pass
        return self._origins[file.path]

    def _best(self, current: SchemaFile, candidates: list[tuple[str | None, str]]) -> Place:
        """Of several parts that were merged, the first that goes farthest towards the value."""
        best, farthest = Place(current.path), -1
        for uri, pointer in candidates:
            path = current.path if uri is None else Path(self._store.location(uri))
            place, steps = _in_file(path, pointer)
            missing = pointer.count("/") - steps
            if farthest < 0 or missing < farthest:
                best, farthest = (place if uri is None else self(path, pointer)), missing
        return best


def _in_file(path: Path, pointer: str) -> tuple[Place, int]:
    """The place in the file, and how many steps of the pointer lead to something."""
    try:
        found = locate_entry(path.read_bytes(), pointer, source=str(path))
    except (OSError, SchemaToolsError):
        found = None
    if found is None:
        return Place(path), 0
    position, steps = found
    return Place(path, position.line, position.column), steps
