"""The table of a title: its columns and their types, from its schemas, and how they change from version to version.

It knows no engine but in words: `jsonschema_tools.tables.dialects`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema_tools.documents.values import Document
    from jsonschema_tools.tables.model import Table


def table_of(title: str, versions: Iterable[tuple[str, Document]]) -> Table:
    """The table that is in use for the events of a title.

    Args:
        title: the title, which names the table.
        versions: its released versions in the order of SemVer, each with its schema, which refers to no other one.

    Raises `SchemaToolsError` where events of the title are no rows.
    """
    from jsonschema_tools.errors import SchemaToolsError
    from jsonschema_tools.tables.titles import tables_of

    tables, notes = tables_of(title, versions)
    if not tables:
        why = f": {notes[0].message}" if notes else ""
        raise SchemaToolsError(f"events of {title!r} are no rows{why}", remedy=notes[0].cure if notes else None)
    return tables[-1]


def render(table: Table, dialect: str, *, not_null: bool = False) -> str:
    """What makes a table in an engine, one of `jsonschema_tools.tables.dialects.DIALECTS`: statements or a document.

    ``not_null`` forbids null where every event of the newest version has a value.
    """
    from jsonschema_tools.tables.dialects import dialect as dialect_of

    return _text(dialect_of(dialect).create(table, not_null=not_null), dialect)


def migration(before: Table, after: Table, dialect: str) -> str:
    """What makes one table of a title another one, a later one, with the rows it has: statements or a document.

    It is empty where nothing changes, and makes a new table where no change of the old one will do. Raises
    `SchemaToolsError` for a change that the engine refuses.
    """
    from jsonschema_tools.tables.dialects import dialect as dialect_of
    from jsonschema_tools.tables.folding import evolution

    found = evolution(before.columns, after.columns)
    if before.name != after.name or found.conflicts:
        return render(after, dialect)
    return _text(dialect_of(dialect).evolve(before, found), dialect) if found.steps else ""


def _text(parts: Iterable[str], dialect: str) -> str:
    from jsonschema_tools.tables.dialects import is_document

    return "".join(part + ("\n" if is_document(dialect) else ";\n") for part in parts)
