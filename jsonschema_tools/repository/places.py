"""From a place in a released document to the file and line that a person would edit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from jsonschema_tools.documents.positions import locate_entry
from jsonschema_tools.documents.reading import decode
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.files import read_file
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.materialization import origins
from jsonschema_tools.release.version_files import holds
from jsonschema_tools.rules.model import Place
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.settings import Config

_BREAK = re.compile("\r\n|[\n\r]")
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
        self._collection = collection
        self._is_current_content: dict[Path, bool] = {}
        self._origins: dict[Path, _Origins | None] = {}
        self._lines: dict[Path, Sequence[str]] = {}

    def __call__(self, path: Path, pointer: str) -> Place:
        """The place of the value at a pointer of the file; as far as the pointer leads, never an error."""
        return self._place(path, pointer, frozenset())

    def origin(self, current: SchemaFile, pointer: str) -> Place | None:
        """The place of a value of the materialized current file; ``None`` where it came over the network."""
        found = self._origins_of(current)
        return self._best(current, found(pointer), frozenset()) if found else Place(current.path)

    def lines(self, path: Path) -> Sequence[str]:
        """The lines of a file as positions count them; none where it cannot be read."""
        if path not in self._lines:
            self._lines[path] = lines_of(path)
        return self._lines[path]

    def _place(self, path: Path, pointer: str, seen: frozenset[Path]) -> Place:
        # A copied folder has the title of another one: what is in it was not released from the current file there.
        files = self._collection.files_in(path.parent)
        file = next((each for each in files if each.path == path), None)
        current = next((each for each in files if each.is_current), None)
        # A schema may refer to what it released: then the way back leads round in a circle.
        if file is not None and current is not None and not file.is_current and path not in seen:
            found = self._origins_of(current) if self._holds_current(file, current) else None
            if found is not None:
                # What came over the network, nobody can edit here.
                return self._best(current, found(pointer), seen | {path}) or Place(current.path)
        return _in_file(path, pointer)[0]

    def _holds_current(self, file: SchemaFile, current: SchemaFile) -> bool:
        """Whether a released file is what its current file says now."""
        if file.path not in self._is_current_content:
            try:
                same = file.version == current.version and holds(file.document, self._materialize(current))
            except (SchemaToolsError, RecursionError):
                same = False
            self._is_current_content[file.path] = same
        return self._is_current_content[file.path]

    def _origins_of(self, current: SchemaFile) -> _Origins | None:
        """From pointers in the materialized current file to where they came from; ``None`` where that has errors."""
        if current.path not in self._origins:
            self._origins[current.path] = None
            with suppress(SchemaToolsError, RecursionError):
                self._origins[current.path] = (
                    origins(current.document, self._store.retrieve)
                    if self._config.should_dereference
                    else lambda pointer: [(None, pointer)]
                )
        return self._origins[current.path]

    def _best(
        self, current: SchemaFile, candidates: list[tuple[str | None, str]], seen: frozenset[Path]
    ) -> Place | None:
        """Of parts that were merged, the one that goes farthest towards the value: of this file, if it can be."""
        best: Place | None = None
        fewest: int | None = None
        for uri, pointer in sorted(candidates, key=lambda candidate: candidate[0] is not None):
            path = current.path if uri is None else Path(self._store.location(uri))
            place, steps = _in_file(path, pointer)
            missing = pointer.count("/") - steps
            if fewest is None or missing < fewest:
                is_here = uri is None or path.is_absolute()
                best = (place if uri is None else self._place(path, pointer, seen)) if is_here else None
                fewest = missing
        return best


def lines_of(path: Path) -> Sequence[str]:
    """The lines of a file as positions count them; none where it cannot be read."""
    try:
        return _BREAK.split(decode(read_file(path), str(path)))
    except (OSError, SchemaToolsError):
        return ()


def _in_file(path: Path, pointer: str) -> tuple[Place, int]:
    """The place in the file, and how many steps of the pointer lead to something."""
    try:
        found = locate_entry(read_file(path), pointer, source=str(path))
    except (OSError, SchemaToolsError):
        found = None
    if found is None:
        return Place(path), 0
    position, steps = found
    return Place(path, position.line, position.column), steps
