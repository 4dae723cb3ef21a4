"""ClickHouse: named tuples, arrays and maps; scalars may be null, what holds others may not."""

from __future__ import annotations

from jsonschema_tools.tables.dialects.sql import (
    changes_by_column,
    changes_type,
    columns_text,
    comment_of,
    escaped_literal,
    is_new,
    quoted,
)
from jsonschema_tools.tables.model import Evolution, Step, Table
from jsonschema_tools.tables.naming import check_columns
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Map, Scalar, Struct, Type

_SCALARS = {
    Scalar.BOOLEAN: "Bool",
    Scalar.STRING: "String",
    Scalar.INT64: "Int64",
    Scalar.DOUBLE: "Float64",
    Scalar.TIMESTAMP: "DateTime64(6, 'UTC')",
    Scalar.DATE: "Date32",
    Scalar.UUID: "UUID",
    Scalar.JSON: "String",
}


def type_text(type_: Type, *, nullable: bool = True) -> str:
    """A type as ClickHouse writes it."""
    match type_:
        case Array(element):
            return f"Array({type_text(element)})"
        case Map(value):
            return f"Map(String, {type_text(value)})"
        case Struct(fields):
            return f"Tuple({', '.join(f'{quoted(each.name, chr(96))} {type_text(each.type)}' for each in fields)})"
        case Decimal(scale):
            plain = f"Decimal({PRECISION}, {scale})"
        case _:
            plain = _SCALARS[type_]
    return f"Nullable({plain})" if nullable else plain


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The statement that makes a table, with its comments; the order of its rows is up to its owner."""
    check_columns(table.columns, str, table.name)
    lines = [_column(each, not_null) for each in table.columns.fields]
    comment = f" COMMENT {escaped_literal(table.description)}" if table.description else ""
    return [
        f"CREATE TABLE {quoted(table.name, '`')} {columns_text(lines)} ENGINE = MergeTree ORDER BY tuple(){comment}"
    ]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The statements that change a table."""
    check_columns(evolution.after, str, table.name)
    return [
        f"ALTER TABLE {quoted(table.name, '`')} {change}"
        for column, steps in changes_by_column(evolution)
        for change in _changes(column, steps)
    ]


def _changes(column: Field, steps: list[Step]) -> list[str]:
    if is_new(steps):
        return [f"ADD COLUMN {_column(column)}"]
    if changes_type(steps) or comment_of(steps) is not None:
        return [f"MODIFY COLUMN {_column(column)}"]
    return []


def _column(column: Field, not_null: bool = False) -> str:
    comment = f" COMMENT {escaped_literal(column.description)}" if column.description else ""
    type_ = type_text(column.type, nullable=not (not_null and column.required))
    return f"{quoted(column.name, '`')} {type_}{comment}"
