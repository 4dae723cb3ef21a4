"""The targets of `jst load` that need no server, and what tests read back from them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from jsonschema_tools.tables.stored import from_data
from jsonschema_tools.tables.types import Decimal, Scalar, Struct, Type

Rows = list[dict[str, Any]]


def sqlite_rows(path: Path, table: str) -> Rows:
    """The rows of a table as events: nulls are absent, JSON is itself."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        [(definition,)] = connection.execute("SELECT definition FROM _jst_tables WHERE name = ?", (table,)).fetchall()
        columns = from_data(json.loads(definition)).columns
        return [_from_sqlite(columns, dict(row)) for row in connection.execute(f'SELECT * FROM "{table}"')]


def _from_sqlite(columns: Struct, row: dict[str, Any]) -> dict[str, Any]:
    return {each.name: _value(each.type, row[each.name]) for each in columns.fields if row.get(each.name) is not None}


def _value(type_: Type, value: Any) -> Any:
    if type_ is Scalar.BOOLEAN:
        return {0: False, 1: True}[value]
    if isinstance(type_, Scalar) and type_ is not Scalar.JSON:
        return value
    return float(value) if isinstance(type_, Decimal) else json.loads(value)


def duckdb_rows(path: Path, table: str) -> Rows:
    """The same of a file of DuckDB."""
    import duckdb

    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(f'SELECT to_json(t) FROM "{table}" t').fetchall()
    return [_plain(json.loads(row)) for (row,) in found]


def parquet_rows(path: Path, table: str) -> Rows:
    """The same of the files of Parquet of a folder, as DuckDB reads them."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        files = f"read_parquet('{path}/{table}/*.parquet', union_by_name = true)"
        found = connection.execute(f"SELECT to_json(t) FROM {files} t").fetchall()
    manifest = json.loads((path / "_jst.json").read_bytes())
    columns = from_data(manifest["tables"][table]).columns
    return [_json_columns(columns, _plain(json.loads(row))) for (row,) in found]


def jsonl_rows(path: Path, table: str) -> Rows:
    """The same of the JSON lines of a folder."""
    files = sorted((path / table).glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def _plain(value: Any) -> Any:
    """A value without nulls."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _json_columns(columns: Struct, row: dict[str, Any]) -> dict[str, Any]:
    """Columns of JSON are text in Parquet."""
    texts = {each.name for each in columns.fields if each.type is Scalar.JSON}
    return {name: json.loads(value) if name in texts else value for name, value in row.items()}


STORES: dict[str, tuple[str, Callable[[Path, str], Rows]]] = {
    "sqlite": ("rows.db", sqlite_rows),
    "duckdb": ("rows.duckdb", duckdb_rows),
    "parquet": ("parquet", parquet_rows),
    "jsonl": ("lines", jsonl_rows),
}
"""By the name of the target: the file or folder, and what reads the rows of a table."""
