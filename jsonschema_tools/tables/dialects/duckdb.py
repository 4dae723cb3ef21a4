"""DuckDB 2: structs, lists and maps, which change at any depth; comments on tables and columns."""

from __future__ import annotations

from jsonschema_tools.tables.dialects.sql import (
    changes_by_column,
    changes_type,
    column_comment,
    comment_of,
    comments,
    create_table,
    is_new,
    quoted,
)
from jsonschema_tools.tables.model import Evolution, Step, Table
from jsonschema_tools.tables.naming import check_columns
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Map, Scalar, Struct, Type

_SCALARS = {
    Scalar.BOOLEAN: "BOOLEAN",
    Scalar.STRING: "VARCHAR",
    Scalar.INT64: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.TIMESTAMP: "TIMESTAMPTZ",
    Scalar.DATE: "DATE",
    Scalar.UUID: "UUID",
    Scalar.JSON: "JSON",
}


def type_text(type_: Type) -> str:
    """A type as DuckDB writes it."""
    match type_:
        case Decimal(scale):
            return f"DECIMAL({PRECISION},{scale})"
        case Array(element):
            return f"{type_text(element)}[]"
        case Map(value):
            return f"MAP(VARCHAR, {type_text(value)})"
        case Struct(fields):
            return f"STRUCT({', '.join(f'{quoted(each.name)} {type_text(each.type)}' for each in fields)})"
    return _SCALARS[type_]


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The statements that make a table, its comments last."""
    check_columns(table.columns, str.casefold, table.name)
    return [create_table(table, type_text, quoted, not_null), *comments(table, quoted)]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The statements that change a table, whatever rows it has."""
    check_columns(evolution.after, str.casefold, table.name)
    return [statement for column, steps in changes_by_column(evolution) for statement in _changes(table, column, steps)]


def _changes(table: Table, column: Field, steps: list[Step]) -> list[str]:
    start = f"ALTER TABLE {quoted(table.name)}"
    if is_new(steps):
        added = [f"{start} ADD COLUMN {quoted(column.name)} {type_text(column.type)}"]
        return added + ([column_comment(table, column, column.description, quoted)] if column.description else [])
    found = []
    if changes_type(steps):
        # A cast takes structs by the names of their fields. DuckDB 2.0.1 has ADD COLUMN for a field inside, and fails
        # with an internal error where a struct is added to one that some rows do not have.
        found.append(f"{start} ALTER COLUMN {quoted(column.name)} TYPE {type_text(column.type)}")
    comment = comment_of(steps)
    return found if comment is None else [*found, column_comment(table, column, comment, quoted)]
