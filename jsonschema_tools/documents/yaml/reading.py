"""YAML text to a document, as js-yaml 3.x ``safeLoad`` reads it."""

from __future__ import annotations

from jsonschema_tools.documents.values import Document
from jsonschema_tools.documents.yaml.fast import read_fast


def parse_yaml(text: str, source: str) -> Document:
    """The document that a YAML text without byte order mark and null characters holds. Raises `DocumentError`."""
    text = text if text.endswith(("\n", "\r")) else text + "\n"
    document = read_fast(text)
    return parse_exactly(text, source) if document is NotImplemented else document


def parse_exactly(text: str, source: str) -> Document:
    """As `parse_yaml`, always with libyaml. Raises `DocumentError`."""
    from jsonschema_tools.documents.yaml.construction import Construction
    from jsonschema_tools.documents.yaml.events import read_events
    from jsonschema_tools.documents.yaml.tabs import legible

    readable, disguise = legible(text, source)
    return Construction(readable, source, disguise).run(read_events(readable, source))
