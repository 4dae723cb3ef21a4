"""PostgreSQL: scalars and lists of scalars as columns, all that is nested as jsonb, which needs no evolution."""

from __future__ import annotations

from jsonschema_tools.tables.dialects.sql import (
    changes_by_column,
    column_comment,
    comment_of,
    comments,
    create_table,
    is_new,
    quoted,
)
from jsonschema_tools.tables.model import Evolution, Step, Table, Widened
from jsonschema_tools.tables.naming import check_columns, short_name
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Scalar, Struct, Type

_SCALARS = {
    Scalar.BOOLEAN: "boolean",
    Scalar.STRING: "text",
    Scalar.INT64: "bigint",
    Scalar.DOUBLE: "double precision",
    Scalar.TIMESTAMP: "timestamptz",
    Scalar.DATE: "date",
    Scalar.UUID: "uuid",
    Scalar.JSON: "jsonb",
}


def type_text(type_: Type) -> str:
    """A type as PostgreSQL writes it."""
    match type_:
        case Decimal(scale):
            return f"numeric({PRECISION},{scale})"
        case Array(Decimal() as element):
            return f"{type_text(element)}[]"
        case Array(Scalar() as element) if element is not Scalar.JSON:
            return f"{type_text(element)}[]"
        case Scalar():
            return _SCALARS[type_]
    return "jsonb"


def name(text: str) -> str:
    """A name in quotation marks, of 63 bytes at most."""
    return quoted(short_name(text))


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The statements that make a table, its comments last."""
    _check(table.columns, table)
    return [create_table(table, type_text, name, not_null), *comments(table, name)]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The statements that change a table, whatever rows it has."""
    _check(evolution.after, table)
    return [statement for column, steps in changes_by_column(evolution) for statement in _changes(table, column, steps)]


def _check(columns: Struct, table: Table) -> None:
    # Only columns have names there: what is nested is JSON.
    top = Struct(tuple(Field(each.name, Scalar.JSON, pointer=each.pointer) for each in columns.fields))
    check_columns(top, short_name, table.name)


def _changes(table: Table, column: Field, steps: list[Step]) -> list[str]:
    start, own, type_ = f"ALTER TABLE {name(table.name)}", name(column.name), type_text(column.type)
    if is_new(steps):
        added = [f"{start} ADD COLUMN {own} {type_}"]
        return added + ([column_comment(table, column, column.description, name)] if column.description else [])
    found = []
    if type_ != "jsonb" and any(isinstance(step, Widened) for step in steps):
        found.append(f"{start} ALTER COLUMN {own} TYPE {type_} USING {own}::{type_}")
    comment = comment_of(steps)
    return found if comment is None else [*found, column_comment(table, column, comment, name)]
