"""Spark SQL, and Hive's tables by way of it: structs, arrays and maps, with comments at any depth."""

from __future__ import annotations

from jsonschema_tools.tables.dialects.sql import columns_text, escaped_literal, quoted, refused
from jsonschema_tools.tables.model import Added, Commented, Evolution, Step, Table
from jsonschema_tools.tables.naming import check_columns
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Inside, Map, Path, Scalar, Struct, Type

_SCALARS = {
    Scalar.BOOLEAN: "BOOLEAN",
    Scalar.STRING: "STRING",
    Scalar.INT64: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.TIMESTAMP: "TIMESTAMP",
    Scalar.DATE: "DATE",
    Scalar.UUID: "STRING",
    Scalar.JSON: "STRING",
}


def type_text(type_: Type) -> str:
    """A type as Spark writes it."""
    match type_:
        case Decimal(scale):
            return f"DECIMAL({PRECISION},{scale})"
        case Array(element):
            return f"ARRAY<{type_text(element)}>"
        case Map(value):
            return f"MAP<STRING,{type_text(value)}>"
        case Struct(fields):
            return f"STRUCT<{', '.join(_field(each, ': ') for each in fields)}>"
    return _SCALARS[type_]


def schema_text(columns: Struct) -> str:
    """The columns as `from_json` and `DataFrameReader.schema` take them."""
    return ", ".join(_field(each, " ") for each in columns.fields)


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The statement that makes a table, with its comments."""
    check_columns(table.columns, str.casefold, table.name)
    lines = [_field(each, " ", not_null) for each in table.columns.fields]
    comment = f" COMMENT {escaped_literal(table.description)}" if table.description else ""
    return [f"CREATE TABLE {quoted(table.name, '`')} {columns_text(lines)}{comment}"]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The statements that change a table, of a format that can: Iceberg and Delta change more than Parquet does."""
    check_columns(evolution.after, str.casefold, table.name)
    return [f"ALTER TABLE {quoted(table.name, '`')} {_change(table, step)}" for step in evolution.steps]


def _change(table: Table, step: Step) -> str:
    place = _place(step.path)
    if isinstance(step, Added):
        comment = f" COMMENT {escaped_literal(step.field.description)}" if step.field.description else ""
        return f"ADD COLUMNS ({place} {type_text(step.field.type)}{comment})"
    if isinstance(step, Commented):
        return f"ALTER COLUMN {place} COMMENT {escaped_literal(step.new)}"
    if isinstance(step.old, Decimal) and isinstance(step.new, Decimal):
        return f"ALTER COLUMN {place} TYPE {type_text(step.new)}"
    raise refused("Spark", table, step)


def _place(path: Path) -> str:
    return ".".join(quoted(each.value if isinstance(each, Inside) else each, "`") for each in path)


def _field(field: Field, between: str, not_null: bool = False) -> str:
    comment = f" COMMENT {escaped_literal(field.description)}" if field.description else ""
    required = " NOT NULL" if not_null and field.required else ""
    return f"{quoted(field.name, '`')}{between}{type_text(field.type)}{required}{comment}"
