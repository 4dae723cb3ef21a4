"""Errors about a document, with file, line and column added."""

from __future__ import annotations

from pathlib import Path

from jsonschema_tools.documents.positions import locate
from jsonschema_tools.errors import DocumentError, MergeConflict, SchemaError, SchemaToolsError
from jsonschema_tools.lookup.store import SchemaStore, Text


def explain(
    error: SchemaToolsError, path: Path, content: bytes, content_type: str, store: SchemaStore
) -> SchemaToolsError:
    """The error with file, line and column: in the schema itself, or in the schema it refers to."""
    own = Text(content, str(path), content_type)
    if isinstance(error, MergeConflict):
        error = error.replaced(sources=tuple(_source(source, own, store) for source in error.sources))
    if error.position is None and error.pointer is not None:
        try:
            text = own if error.source in (None, str(path)) else store.text(error.source)
        except SchemaToolsError:
            return error
        position = locate(text.text, error.pointer, source=text.location)
        error = error.replaced(source=text.location, position=position)
    error = error.replaced(source=error.source or str(path))
    if error.referrer is None and isinstance(error, DocumentError | SchemaError):
        # What is wrong with another schema may come by here again, and is told of that one.
        error = error.replaced(referrer="" if error.source == str(path) else str(path))
    return error


def _source(source: str, own: Text, store: SchemaStore) -> str:
    """``uri#/pointer`` as ``path:line:column``; without a URI it is in the schema itself."""
    uri, _, pointer = source.partition("#")
    text = store.text(uri) if uri else own
    position = locate(text.text, pointer, source=text.location)
    place = f":{position.line}:{position.column}" if position else ""
    return f"{text.location}{place} (#{pointer})"
