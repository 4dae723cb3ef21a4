"""Trino: rows, arrays and maps; comments on tables and columns."""

from __future__ import annotations

from jsonschema_tools.tables.dialects.sql import columns_text, literal, quoted, refused
from jsonschema_tools.tables.model import Added, Commented, Evolution, Step, Table
from jsonschema_tools.tables.naming import check_columns
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Inside, Map, Path, Scalar, Struct, Type

_SCALARS = {
    Scalar.BOOLEAN: "BOOLEAN",
    Scalar.STRING: "VARCHAR",
    Scalar.INT64: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.TIMESTAMP: "TIMESTAMP(6) WITH TIME ZONE",
    Scalar.DATE: "DATE",
    Scalar.UUID: "VARCHAR",
    Scalar.JSON: "VARCHAR",
}


def type_text(type_: Type) -> str:
    """A type as Trino writes it; JSON is text, since hardly a connector stores the type."""
    match type_:
        case Decimal(scale):
            return f"DECIMAL({PRECISION},{scale})"
        case Array(element):
            return f"ARRAY({type_text(element)})"
        case Map(value):
            return f"MAP(VARCHAR, {type_text(value)})"
        case Struct(fields):
            return f"ROW({', '.join(f'{quoted(each.name)} {type_text(each.type)}' for each in fields)})"
    return _SCALARS[type_]


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The statement that makes a table, with its comments."""
    check_columns(table.columns, str.casefold, table.name)
    lines = [_column(each, not_null) for each in table.columns.fields]
    comment = f" COMMENT {literal(table.description)}" if table.description else ""
    return [f"CREATE TABLE {quoted(table.name)} {columns_text(lines)}{comment}"]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The statements that change a table of a connector with nested columns, such as Iceberg's."""
    check_columns(evolution.after, str.casefold, table.name)
    return [found for step in evolution.steps for found in _change(table, step)]


def _change(table: Table, step: Step) -> list[str]:
    place = f"ALTER TABLE {quoted(table.name)}"
    if isinstance(step, Added):
        if len(step.path) == 1:
            return [f"{place} ADD COLUMN {_column(step.field)}"]
        return [f"{place} ADD COLUMN {_place(step.path)} {type_text(step.field.type)}"]
    if isinstance(step, Commented):
        if len(step.path) > 1:
            return []
        text = literal(step.new) if step.new else "NULL"
        return [f"COMMENT ON COLUMN {quoted(table.name)}.{_place(step.path)} IS {text}"]
    if isinstance(step.old, Decimal) and isinstance(step.new, Decimal):
        return [f"{place} ALTER COLUMN {_place(step.path)} SET DATA TYPE {type_text(step.new)}"]
    raise refused("Trino", table, step)


def _place(path: Path) -> str:
    return ".".join(each.value if isinstance(each, Inside) else quoted(each) for each in path)


def _column(column: Field, not_null: bool = False) -> str:
    required = " NOT NULL" if not_null and column.required else ""
    comment = f" COMMENT {literal(column.description)}" if column.description else ""
    return f"{quoted(column.name)} {type_text(column.type)}{required}{comment}"
