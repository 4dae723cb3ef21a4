"""Documents as text: what upstream would write, byte for byte, in canonical key order.

Both formats keep every digit of a number, also those beyond a double, which upstream rounds away.
"""

from __future__ import annotations

from collections.abc import Callable

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.documents.values import Document
from jsonschema_tools.documents.yaml.writing import yaml_text
from jsonschema_tools.errors import SchemaError, UsageError


def to_yaml(document: Document) -> str:
    """The document as YAML, with a newline at its end.

    A mapping or list that is the same object in several places is written once, with an anchor, and then as aliases.
    Raises `SchemaError` when the document is nested too deeply.
    """
    return _written(yaml_text, document)


def to_json(document: Document) -> str:
    """The document as JSON with an indentation of two spaces, without a newline at its end.

    Raises `SchemaError` when the document is nested too deeply, or contains itself.
    """
    return _written(json_text, document)


def serialize(document: Document, content_type: str) -> str:
    """The document in the given content type, ``yaml`` or ``json``. Raises `UsageError` for another one."""
    write = _WRITERS.get(content_type)
    if write is None:
        raise UsageError(f"the content type {content_type!r} is not known", remedy="Use yaml or json.")
    return write(document)


def _written(write: Callable[[Document], str], document: Document) -> str:
    try:
        return write(document)
    except RecursionError:
        raise SchemaError(
            "the document is nested too deeply to be written",
            remedy="Move inner schemas to files of their own, and remove aliases that stand inside their own anchor.",
        ) from None


_WRITERS: dict[str, Callable[[Document], str]] = {"yaml": to_yaml, "json": to_json}
