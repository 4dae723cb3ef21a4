"""The tables of a title: the fold of its versions, and where a new table has to begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from jsonschema_tools.documents.values import Document
from jsonschema_tools.tables.conversion import type_of
from jsonschema_tools.tables.folding import evolution
from jsonschema_tools.tables.model import Note, Table, Typed, Types
from jsonschema_tools.tables.naming import table_name
from jsonschema_tools.tables.types import path_text, text


def tables_of(
    title: str, versions: Iterable[tuple[str, Document]], types: Types | None = None
) -> tuple[tuple[Table, ...], tuple[Note, ...]]:
    """The tables of a title, for its versions in the order of SemVer, each with its schema; the last one is in use.

    There is a second table where a version changes a type in a way that no table can follow. Versions whose events are
    no rows have no table: the notes say why.
    """
    tables: list[Table] = []
    without: list[Note] = []
    for version, schema in versions:
        typed = type_of(schema, types)
        if typed.columns is None:
            without += [replace(typed.notes[0], message=f"{version}: {typed.notes[0].message}")]
        else:
            _append(tables, title, version, schema, typed)
    return tuple(tables), tuple(without)


def conflicts_of(table: Table) -> list[str]:
    """Why a title needs a new table, a sentence for each change that the one before cannot follow."""
    return [f"{path_text(each.path)} was {text(each.old)}, and is {text(each.new)}" for each in table.conflict]


def _append(tables: list[Table], title: str, version: str, schema: Document, typed: Typed) -> None:
    assert typed.columns is not None
    said = schema.get("description") if isinstance(schema, dict) else None
    description = " ".join(said.split()) if isinstance(said, str) else ""
    new = Table(table_name(title), title, (version,), typed.columns, description, typed.notes)
    if not tables:
        tables.append(new)
        return
    last = tables[-1]
    step = evolution(last.columns, typed.columns)
    if step.conflicts:
        tables.append(replace(new, name=_next_name(tables, version), conflict=step.conflicts))
        return
    kept = tuple({each.path: each for each in (*last.kept, *step.kept)}.values())
    tables[-1] = replace(
        last,
        versions=(*last.versions, version),
        columns=step.after,
        description=description,
        notes=typed.notes,
        kept=kept,
    )


def _next_name(tables: Sequence[Table], version: str) -> str:
    """The name of a table that begins with a version: with its major, or all of it where that is taken."""
    first, major = tables[0].name, version.partition(".")[0]
    name = f"{first}_{major}"
    return name if all(table.name != name for table in tables) else f"{first}_{table_name(version)}"
