"""MySQL 8 and MariaDB: scalars as columns, all that is nested as JSON, which needs no evolution."""

from __future__ import annotations

from jsonschema_tools.tables.dialects.sql import changes_by_column, columns_text, comment_of, escaped_literal, is_new
from jsonschema_tools.tables.dialects.sql import quoted as quoted_with
from jsonschema_tools.tables.model import Evolution, Step, Table, Widened
from jsonschema_tools.tables.naming import check_columns
from jsonschema_tools.tables.types import PRECISION, Decimal, Field, Scalar, Struct, Type

_LONGEST_NAME = 64
_LONGEST_COMMENT = 1024
_LONGEST_TABLE_COMMENT = 2048
_SCALARS = {
    Scalar.BOOLEAN: "BOOLEAN",
    Scalar.STRING: "LONGTEXT",
    Scalar.INT64: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.TIMESTAMP: "DATETIME(6)",
    Scalar.DATE: "DATE",
    Scalar.UUID: "CHAR(36)",
    Scalar.JSON: "JSON",
}


def type_text(type_: Type) -> str:
    """A type as MySQL writes it. Times are DATETIME in UTC: TIMESTAMP ends in 2038."""
    match type_:
        case Decimal(scale):
            return f"DECIMAL({PRECISION},{scale})"
        case Scalar():
            return _SCALARS[type_]
    return "JSON"


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The statement that makes a table, with its comments."""
    _check(table.columns, table)
    lines = [_column(each, not_null) for each in table.columns.fields]
    comment = f" COMMENT {_comment(table.description, _LONGEST_TABLE_COMMENT)}" if table.description else ""
    # Keys compare by their bytes.
    options = f"DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin{comment}"
    return [f"CREATE TABLE {_quoted(table.name)} {columns_text(lines)} {options}"]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The statements that change a table, whatever rows it has. Each commits by itself."""
    _check(evolution.after, table)
    return [
        f"ALTER TABLE {_quoted(table.name)} {change}"
        for column, steps in changes_by_column(evolution)
        for change in _changes(column, steps)
    ]


def _check(columns: Struct, table: Table) -> None:
    top = Struct(tuple(Field(each.name, Scalar.JSON, pointer=each.pointer) for each in columns.fields))
    check_columns(top, lambda name: name[:_LONGEST_NAME].casefold(), table.name)


def _changes(column: Field, steps: list[Step]) -> list[str]:
    if is_new(steps):
        return [f"ADD COLUMN {_column(column)}"]
    widens = type_text(column.type) != "JSON" and any(isinstance(step, Widened) for step in steps)
    return [f"MODIFY COLUMN {_column(column)}"] if widens or comment_of(steps) is not None else []


def _column(column: Field, not_null: bool = False) -> str:
    parts = [_quoted(column.name), type_text(column.type)]
    if not_null and column.required:
        parts.append("NOT NULL")
    if column.description:
        parts.append(f"COMMENT {_comment(column.description, _LONGEST_COMMENT)}")
    return " ".join(parts)


def _quoted(name: str) -> str:
    return quoted_with(name[:_LONGEST_NAME], "`")


def _comment(text: str, longest: int) -> str:
    return escaped_literal(text if len(text) <= longest else f"{text[: longest - 3]}...")
