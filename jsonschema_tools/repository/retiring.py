"""``deprecated`` and ``x-deprecated``, written into the text of a schema: comments and layout stay as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.reading import content_type_of, decode, parse
from jsonschema_tools.documents.values import equal
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import DocumentError, Position, SchemaToolsError, UsageError
from jsonschema_tools.repository.discovery import read_content, read_schema_file
from jsonschema_tools.schemas.deprecation import Deprecation, deprecation_of
from jsonschema_tools.settings import Config

_HEAD = ("title", "description", "$id", "id", "$schema")
"""What a schema begins with: the new lines come behind."""


def deprecation_in(current: Path | None, config: Config) -> Deprecation | None:
    """What a current file says of its retirement; ``None`` also where it cannot be read."""
    try:
        return deprecation_of(read_schema_file(current, config).document) if current is not None else None
    except SchemaToolsError:
        return None


def read_current(path: Path, config: Config) -> tuple[bytes, dict[str, Any]]:
    """The text of a current file, and its document. Raises `SchemaToolsError`."""
    content = read_content(path, config)
    document: dict[str, Any] = read_schema_file(path, config, content).document
    return content, document


def with_entries(content: bytes, path: Path, entries: dict[str, Any]) -> bytes:
    """The text of a schema with more entries at its root.

    Raises `UsageError` where they cannot be put there without changing anything else.
    """
    content_type = content_type_of(path.name)
    before = parse(content, source=str(path), content_type=content_type)
    for place in _places(content, path):
        edited = _inserted(content, place, entries)
        try:
            after = None if edited is None else parse(edited, source=str(path), content_type=content_type)
        except DocumentError:
            continue
        if edited is not None and equal(after, {**before, **entries}):
            return edited
    raise UsageError(
        "the file is not laid out in a way that can be edited",
        source=str(path),
        remedy=f"Write it yourself, at the root of the schema: {json.dumps(entries, ensure_ascii=False)}",
    )


def _places(content: bytes, path: Path) -> list[Position]:
    """The keys at the root before which there may be others: first those behind the head."""
    from jsonschema_tools.documents.yaml.nodes import compose

    root = compose(decode(content, str(path)), str(path))
    keys = root.keys if root is not None else {}
    return sorted(keys.values(), key=lambda at: (_name(keys, at) in _HEAD, at.line, at.column))


def _name(keys: dict[str, Position], at: Position) -> str:
    return next(name for name, position in keys.items() if position == at)


def _inserted(content: bytes, place: Position, entries: dict[str, Any]) -> bytes | None:
    """The text with the entries before the key at a place; ``None`` where something else stands before that."""
    lines = content.splitlines(keepends=True)
    line = lines[place.line - 1]
    column = len(line.decode("utf-8", "replace")[: place.column - 1].encode())
    before, key = line[:column], line[column:]
    end = "\r\n" if line.endswith(b"\r\n") else "\n"
    if _is_flow(content):
        # As JSON has it; after the comma goes what stands before the key.
        gap = end.encode() + before if not before.strip() else b" "
        written = b"".join(f"{json.dumps(name)}: {_flow(value)},".encode() + gap for name, value in entries.items())
        lines[place.line - 1] = before + written + key
        return b"".join(lines)
    if before.strip():
        return None
    at = place.line - 1
    while at > 0 and lines[at - 1].startswith(before + b"#"):
        at -= 1
    indent = before.decode("utf-8")
    text = serialize(entries, "yaml")
    lines.insert(at, "".join(f"{indent}{each}{end}" if each else end for each in text.splitlines()).encode())
    return b"".join(lines)


def _is_flow(content: bytes) -> bool:
    written = (line.strip() for line in content.removeprefix(b"\xef\xbb\xbf").splitlines())
    first = next((line for line in written if line and not line.startswith((b"#", b"%", b"---"))), b"")
    return first.startswith(b"{")


def _flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
