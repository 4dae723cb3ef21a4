"""BigQuery's SQL: structs and arrays; a map is an array of keys and values. No field is added in a column."""

from __future__ import annotations

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables.dialects.sql import columns_text, quoted, refused
from jsonschema_tools.tables.model import Added, Commented, Evolution, Step, Table
from jsonschema_tools.tables.naming import check_columns, plain_name
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Map, Scalar, Struct, Type, path_text

SCALARS = {
    Scalar.BOOLEAN: "BOOL",
    Scalar.STRING: "STRING",
    Scalar.INT64: "INT64",
    Scalar.DOUBLE: "FLOAT64",
    Scalar.TIMESTAMP: "TIMESTAMP",
    Scalar.DATE: "DATE",
    Scalar.UUID: "STRING",
    Scalar.JSON: "JSON",
}
LONGEST_DESCRIPTION = 1024


def type_text(type_: Type) -> str:
    """A type as BigQuery writes it. An array of arrays, which it has not, is JSON."""
    match type_:
        case Decimal(scale):
            return f"BIGNUMERIC({PRECISION},{scale})"
        case Array(Array() | Map()):
            return "JSON"
        case Array(element):
            return f"ARRAY<{type_text(element)}>"
        case Map(value):
            return f"ARRAY<STRUCT<`key` STRING, `value` {type_text(value)}>>"
        case Struct(fields):
            return f"STRUCT<{', '.join(_column(each) for each in fields)}>"
    return SCALARS[type_]


def name_of(name: str) -> str:
    """The name that a column can have, without regard to upper and lower case."""
    return plain_name(name).casefold()


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The statement that makes a table, with its descriptions."""
    check_columns(table.columns, name_of, table.name)
    lines = [_column(each, not_null) for each in table.columns.fields]
    options = f" OPTIONS (description = {_description(table.description)})" if table.description else ""
    return [f"CREATE TABLE {quoted(table.name, '`')} {columns_text(lines)}{options}"]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The statements that change a table. Raises `SchemaToolsError` for a field inside of a column."""
    check_columns(evolution.after, name_of, table.name)
    start = f"ALTER TABLE {quoted(table.name, '`')}"
    return [f"{start} {change}" for step in evolution.steps for change in _change(table, step)]


def _change(table: Table, step: Step) -> list[str]:
    if isinstance(step, Commented):
        if len(step.path) > 1:
            return []
        text = _description(step.new) if step.new else "NULL"
        return [f"ALTER COLUMN {_name(str(step.path[0]))} SET OPTIONS (description = {text})"]
    if len(step.path) > 1:
        raise SchemaToolsError(
            f"SQL of BigQuery cannot change {path_text(step.path)} of {table.name}, inside of a column",
            remedy="Give `bq update` the schema as JSON: `--as bigquery-json`.",
        )
    if isinstance(step, Added):
        return [f"ADD COLUMN {_column(step.field)}"]
    if step.new is Scalar.DOUBLE or isinstance(step.new, Decimal):
        return [f"ALTER COLUMN {_name(str(step.path[0]))} SET DATA TYPE {type_text(step.new)}"]
    raise refused("BigQuery", table, step)


def _column(column: Field, not_null: bool = False) -> str:
    required = " NOT NULL" if not_null and column.required else ""
    options = f" OPTIONS (description = {_description(column.description)})" if column.description else ""
    return f"{_name(column.name)} {type_text(column.type)}{required}{options}"


def _name(name: str) -> str:
    return quoted(plain_name(name), "`")


def _description(text: str) -> str:
    # BigQuery reads no doubled quotation marks.
    short = text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 3]}..."
    return "'" + short.replace("\\", "\\\\").replace("'", "\\'").replace("\0", " ") + "'"
