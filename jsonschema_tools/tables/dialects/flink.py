"""Flink SQL: rows, arrays and maps. A job is pinned to the table it was written for: an evolution is a new table."""

from __future__ import annotations

from jsonschema_tools.tables.dialects.sql import columns_text, literal, quoted
from jsonschema_tools.tables.model import Evolution, Table
from jsonschema_tools.tables.naming import check_columns
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Map, Scalar, Struct, Type

_SCALARS = {
    Scalar.BOOLEAN: "BOOLEAN",
    Scalar.STRING: "STRING",
    Scalar.INT64: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.TIMESTAMP: "TIMESTAMP_LTZ(3)",
    Scalar.DATE: "DATE",
    Scalar.UUID: "STRING",
    Scalar.JSON: "STRING",
}


def type_text(type_: Type, *, comments: bool = True) -> str:
    """A type as Flink writes it."""
    match type_:
        case Decimal(scale):
            return f"DECIMAL({PRECISION},{scale})"
        case Array(element):
            return f"ARRAY<{type_text(element, comments=comments)}>"
        case Map(value):
            return f"MAP<STRING,{type_text(value, comments=comments)}>"
        case Struct(fields):
            return f"ROW<{', '.join(_part(each, comments) for each in fields)}>"
    return _SCALARS[type_]


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The statement that makes a table, without its connector."""
    check_columns(table.columns, str, table.name)
    lines = [column_text(each, not_null) for each in table.columns.fields]
    comment = f" COMMENT {literal(table.description)}" if table.description else ""
    return [f"CREATE TABLE {quoted(table.name, '`')} {columns_text(lines)}{comment}"]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The statements that put a new table in the place of the one that is there: data is in its topics, not in it."""
    from dataclasses import replace

    return [f"DROP TABLE IF EXISTS {quoted(table.name, '`')}", *create(replace(table, columns=evolution.after))]


def column_text(column: Field, not_null: bool = False) -> str:
    """A column with its type and comment."""
    required = " NOT NULL" if not_null and column.required else ""
    comment = f" COMMENT {literal(column.description)}" if column.description else ""
    return f"{quoted(column.name, '`')} {type_text(column.type)}{required}{comment}"


def _part(field: Field, comments: bool) -> str:
    comment = f" {literal(field.description)}" if comments and field.description else ""
    return f"{quoted(field.name, '`')} {type_text(field.type, comments=comments)}{comment}"
