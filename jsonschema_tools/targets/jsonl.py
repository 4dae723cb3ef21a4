"""Rows as JSON lines: portable events, which any engine reads by the types of the table.

So times have three digits of a second, as `jsonschema_tools.tables.portable` wants them: columns of Flink have no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jsonschema_tools.tables.rows import portable
from jsonschema_tools.targets.folder import FolderTarget
from jsonschema_tools.targets.model import TableRows


def jsonl_target(folder: Path) -> FolderTarget:
    """The target of a folder."""
    return FolderTarget(folder, "jsonl", write)


def write(rows: TableRows, kept: Sequence[int] | None, path: Path) -> None:
    """Write rows to a new file, a line each: null is left out, integers have no fraction, times are UTC."""
    from msgspec.json import Encoder

    convert = portable(rows.table.columns)
    names = [each.name for each in rows.table.columns.fields]
    encode = Encoder(decimal_format="number").encode
    chosen = rows.rows if kept is None else [rows.rows[index] for index in kept]
    with path.open("wb") as stream:
        for row in chosen:
            stream.write(encode(convert(dict(zip(names, row, strict=True)))) + b"\n")
