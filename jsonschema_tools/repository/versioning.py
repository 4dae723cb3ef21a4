"""The version of a schema, changed in its text: comments, layout and line endings stay as they are."""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import basename

from jsonschema_tools.documents.pointers import split
from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import content_type_of, parse
from jsonschema_tools.documents.values import Document, clone, equal
from jsonschema_tools.errors import UsageError
from jsonschema_tools.versions import field, field_pointer

_NUMBERS = re.compile(rb"[0-9]+(\.[0-9]+){0,2}")


def with_version(content: bytes, path: Path, old: str, new: str, version_field: str = "$id") -> bytes:
    """The text of a schema with another version at the end of its version field.

    Raises `UsageError` where the version is not written out there, or somewhere else too.
    """
    content_type = content_type_of(path.name)
    document = parse(content, source=str(path), content_type=content_type)
    pointer = field_pointer(document, version_field)
    value = field(document, version_field)
    position = locate(content, pointer, source=str(path))
    if position is not None and isinstance(value, str):
        lines = content.splitlines(keepends=True)
        line = lines[position.line - 1]
        written = value.encode("utf-8", "surrogatepass")
        start = line.find(written, len(line.decode("utf-8", "replace")[: position.column - 1].encode()))
        last = written[written.rfind(basename(value.rstrip("/")).encode()) :]
        number = _NUMBERS.search(last)
        if start >= 0 and number is not None:
            at = start + len(written) - len(last)
            changed = line[: at + number.start()] + new.encode() + line[at + number.end() :]
            lines[position.line - 1] = changed
            edited = b"".join(lines)
            if _is_only_edit(document, parse(edited, source=str(path), content_type=content_type), version_field):
                return edited
    raise UsageError(
        f"the version {old} is not written out in {version_field} in a way that can be edited",
        source=str(path),
        position=position,
        remedy=f"Set it to {new} yourself.",
    )


def _is_only_edit(before: Document, after: Document, version_field: str) -> bool:
    """Whether nothing but the version field differs."""
    rest = [clone(document) for document in (before, after)]
    for document in rest:
        *parents, last = split(field_pointer(document, version_field))
        holder = document
        for name in parents:
            holder = holder[int(name)] if isinstance(holder, list) else holder[name]
        holder[int(last) if isinstance(holder, list) else last] = None
    return equal(*rest)
