"""SQLite: scalars as columns, all that is nested as JSON text, which needs no evolution; no comments."""

from __future__ import annotations

from dataclasses import replace

from jsonschema_tools.tables.dialects.sql import changes_by_column, create_table, is_new, quoted
from jsonschema_tools.tables.model import Evolution, Table
from jsonschema_tools.tables.naming import check_columns
from jsonschema_tools.tables.types import Field, Scalar, Struct, Type

_SCALARS = {Scalar.BOOLEAN: "INTEGER", Scalar.INT64: "INTEGER", Scalar.DOUBLE: "REAL"}


def type_text(type_: Type) -> str:
    """A type as SQLite writes it: booleans are 0 and 1, times ``YYYY-MM-DDTHH:MM:SS.ffffffZ``, decimals text."""
    return _SCALARS.get(type_, "TEXT") if isinstance(type_, Scalar) else "TEXT"


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The statement that makes a table."""
    _check(table.columns, table)
    return [create_table(table, type_text, quoted, not_null)]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The statements that change a table, whatever rows it has; run them in one transaction.

    A column of another type needs the table to be written anew.
    """
    _check(evolution.after, table)
    changed = list(changes_by_column(evolution))
    old = {each.name: type_text(each.type) for each in evolution.before.fields}
    if any(column.name in old and type_text(column.type) != old[column.name] for column, _ in changed):
        return _rewritten(table, evolution)
    return [
        f"ALTER TABLE {quoted(table.name)} ADD COLUMN {quoted(column.name)} {type_text(column.type)}"
        for column, steps in changed
        if is_new(steps)
    ]


def _rewritten(table: Table, evolution: Evolution) -> list[str]:
    name, new = table.name, f"{table.name}__new"
    old = [quoted(each.name) for each in evolution.before.fields]
    types = {quoted(each.name): type_text(each.type) for each in evolution.after.fields}
    values = ", ".join(f"CAST({each} AS {types[each]})" for each in old)
    return [
        create_table(replace(table, name=new, columns=evolution.after), type_text, quoted, not_null=False),
        f"INSERT INTO {quoted(new)} ({', '.join(old)}) SELECT {values} FROM {quoted(name)}",
        f"DROP TABLE {quoted(name)}",
        f"ALTER TABLE {quoted(new)} RENAME TO {quoted(name)}",
    ]


def _check(columns: Struct, table: Table) -> None:
    top = Struct(tuple(Field(each.name, Scalar.JSON, pointer=each.pointer) for each in columns.fields))
    check_columns(top, str.casefold, table.name)
