"""Text to document: the one way in which YAML and JSON files are read."""

from __future__ import annotations

import re
from pathlib import Path

from jsonschema_tools.documents.json_reading import parse_json
from jsonschema_tools.documents.values import Document
from jsonschema_tools.documents.yaml.reading import parse_yaml
from jsonschema_tools.errors import DocumentError, Position, UsageError

_PARSERS = {"yaml": parse_yaml, "json": parse_json}
_BYTE_ORDER_MARK = "\ufeff"
_CONFLICT = re.compile(r"^(<{7}|\|{7}|>{7})(?: [^\r\n]*)?\r?$", re.MULTILINE)
"""A line that Git writes into a file where two sides of a merge differ."""


def parse(text: str | bytes, *, source: str, content_type: str = "yaml") -> Document:
    """The document in a text, as js-yaml 3.x ``safeLoad`` reads it; numbers keep all their digits.

    ``content_type`` is ``yaml`` or ``json``, bytes are UTF-8, ``source`` names the text in errors. An empty text is
    ``None``; an alias is the same object as its anchor. Raises `DocumentError`, and `UsageError` for a content type
    that is not known.
    """
    if content_type not in _PARSERS:
        raise UsageError(f"the content type {content_type!r} is not known", remedy="Use yaml or json.", source=source)
    text = decode(text, source)
    try:
        return _PARSERS[content_type](text, source)
    except DocumentError as error:
        marker = _CONFLICT.search(text)
        if marker is None:
            raise
        raise DocumentError(
            f"the file has conflict markers of Git ({marker[1]}): a merge was not finished",
            source=source,
            position=_position(text[: marker.start()]),
            remedy="Choose between the two sides, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>.",
        ) from error


def content_type_of(name: str) -> str:
    """The content type of a file, by its extension: ``json``, and ``yaml`` for everything else."""
    return "json" if name.endswith(".json") else "yaml"


def parse_file(path: Path, content: bytes) -> Document:
    """The document in the content of a file; its name tells the content type. Raises `DocumentError`."""
    return parse(content, source=str(path), content_type=content_type_of(path.name))


def decode(text: str | bytes, source: str) -> str:
    """The text without byte order mark. Raises `DocumentError` where it is not UTF-8 or has a null character."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            valid = error.object[: error.start].decode("utf-8")
            raise DocumentError(
                f"the byte 0x{error.object[error.start]:02X} is not UTF-8",
                source=source,
                position=_position(valid),
                remedy="Save the file as UTF-8.",
            ) from None
    text = text.removeprefix(_BYTE_ORDER_MARK)
    null = text.find("\0")
    if null >= 0:
        raise DocumentError(
            "the text has a null character",
            source=source,
            position=_position(text[:null]),
            remedy="Remove it, and save the file as UTF-8.",
        )
    return text


def _position(before: str) -> Position:
    """The place right behind a text. Lines end as in YAML: with CR LF, LF or CR."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Position(len(lines), len(lines[-1].removeprefix(_BYTE_ORDER_MARK)) + 1)
