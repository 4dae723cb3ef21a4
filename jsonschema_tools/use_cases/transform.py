"""One schema, transformed: without references, or as it would be released. Nothing is written."""

from __future__ import annotations

from pathlib import Path

from jsonschema_tools.documents.reading import content_type_of, parse
from jsonschema_tools.documents.values import Document
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.release.materialization import accidents_told
from jsonschema_tools.release.materialization import flatten as flattened
from jsonschema_tools.release.materialization import materialize as materialize_document
from jsonschema_tools.repository.discovery import (
    read_content,
)
from jsonschema_tools.repository.explaining import explain
from jsonschema_tools.settings import Config

_STDIN = Path("<stdin>")


def dereference(schema: Path | str | bytes | Document, config: Config, *, offline: bool = False) -> Document:
    """A schema without references and without ``allOf``: a file by its path, a YAML or JSON text, or a document."""
    return _transform(schema, config, offline, flatten=True)


def materialized(schema: Path | str | bytes | Document, config: Config, *, offline: bool = False) -> Document:
    """A schema as it would be released; nothing is written."""
    return _transform(schema, config, offline, flatten=False)


def to_text(document: Document, content_type: str = "yaml") -> str:
    """The canonical YAML or JSON text of a document."""
    return serialize(document, content_type)


def _transform(schema: Path | str | bytes | Document, config: Config, offline: bool, *, flatten: bool) -> Document:
    content = read_content(schema, config) if isinstance(schema, Path) else schema
    path = schema if isinstance(schema, Path) else _STDIN
    content_type = content_type_of(path.name)
    is_text = isinstance(content, (str, bytes))
    document = parse(content, source=str(path), content_type=content_type) if is_text else content
    store = open_store(config, offline=offline)
    try:
        with accidents_told("materializing this schema"):
            if flatten:
                return flattened(document, store.retrieve)
            return materialize_document(document, config, store.retrieve)
    except SchemaToolsError as error:
        raise (explain(error, path, _bytes(content), content_type, store) if is_text else error) from error


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
