"""What targets of `jst load` hold, read by the programs that people read them by, as plain data: null is absent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.naming import short_name
from jsonschema_tools.tables.stored import from_data
from jsonschema_tools.tables.types import Array, Decimal, Map, Scalar, Struct, Type
from jsonschema_tools.targets.mysql_connection import arguments_of

PLACES = {"sqlite": "rows.db", "duckdb": "rows.duckdb", "parquet": "parquet", "jsonl": "lines"}
"""By the name of each target: the file or folder."""

Stored = list[tuple[Table, list[dict[str, Any]]]]


def stored(kind: str, place: Path | str) -> Stored:
    """The tables of a target, each with its rows in no order."""
    readers: dict[str, Any] = {"sqlite": _sqlite, "duckdb": _duckdb, "parquet": _parquet, "jsonl": _jsonl}
    reader = {**readers, "postgres": _postgres, "mysql": _mysql}[kind]
    return [(table, list(rows)) for table, rows in reader(place)]


def read(text: str | bytes) -> Any:
    """JSON, its numbers exact."""
    return json.loads(text, parse_float=Number)


def rows_of(kind: str, place: Path | str, name: str) -> list[dict[str, Any]]:
    """The rows of one table."""
    [rows] = [rows for table, rows in stored(kind, place) if table.name == name]
    return rows


def _sqlite(place: Path) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    with closing(sqlite3.connect(place)) as connection:
        connection.row_factory = sqlite3.Row
        for (definition,) in connection.execute("SELECT definition FROM _jst_tables").fetchall():
            table = from_data(json.loads(definition))
            rows = [dict(row) for row in connection.execute(f'SELECT * FROM "{table.name}"')]
            yield table, [_row(table, row, _of_sqlite) for row in rows]


def _of_sqlite(type_: Type, value: Any) -> Any:
    if type_ is Scalar.BOOLEAN:
        return {0: False, 1: True}[value]
    if isinstance(type_, Decimal):
        return Number(value)
    return value if isinstance(type_, Scalar) and type_ is not Scalar.JSON else read(value)


def _duckdb(place: Path) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    with closing(duckdb.connect(str(place), read_only=True)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for (definition,) in connection.execute("SELECT definition FROM _jst_tables").fetchall():
            table = from_data(json.loads(definition))
            found = connection.execute(f'SELECT * FROM "{table.name}"')
            names = [column[0] for column in found.description]
            yield table, [_row(table, dict(zip(names, row, strict=True)), _of_objects) for row in found.fetchall()]


def _postgres(place: str) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    import psycopg
    from psycopg.types.json import set_json_loads

    with psycopg.connect(place, autocommit=True) as connection:
        set_json_loads(read, connection)
        connection.execute("SET TimeZone = 'UTC'")
        for (definition,) in connection.execute("SELECT definition FROM _jst_tables").fetchall():
            table = from_data(json.loads(definition))
            found = connection.execute(f'SELECT * FROM "{short_name(table.name)}"'.encode())
            names = [column.name for column in found.description or ()]
            columns = {short_name(each.name): each.name for each in table.columns.fields}
            rows = [dict(zip((columns[name] for name in names), row, strict=True)) for row in found.fetchall()]
            yield table, [_row(table, row, lambda _, value: value) for row in rows]


def _mysql(place: str) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """``place`` is the URL of a database."""
    import pymysql

    with closing(pymysql.connect(charset="utf8mb4", autocommit=True, **arguments_of(place))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT definition FROM _jst_tables")
        for (definition,) in cursor.fetchall():
            table = from_data(json.loads(definition))
            cursor.execute(f"SELECT * FROM `{table.name[:64]}`")
            columns = {each.name[:64]: each.name for each in table.columns.fields}
            names = [columns[column[0]] for column in cursor.description]
            yield table, [_row(table, dict(zip(names, row, strict=True)), _of_mysql) for row in cursor.fetchall()]


def _of_mysql(type_: Type, value: Any) -> Any:
    if type_ is Scalar.BOOLEAN:
        return {0: False, 1: True}[value]
    if type_ is Scalar.TIMESTAMP:
        # PyMySQL has no years below 1000 as times.
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else f"{value.replace(' ', 'T')}Z"
    return read(value) if type_ is Scalar.JSON or not isinstance(type_, Scalar | Decimal) else value


def _parquet(place: Path) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from pyarrow.parquet import ParquetFile

    for table in _of_manifest(place):
        rows: list[dict[str, Any]] = []
        for file in sorted((place / table.name).glob("[!._]*.parquet")):
            rows += ParquetFile(file).read().to_pylist(maps_as_pydicts="strict")
        yield table, [_row(table, row, _of_objects) for row in rows]


def _of_objects(type_: Type, value: Any) -> Any:
    match type_:
        case Scalar.JSON:
            return read(value)
        case Array(element):
            return [None if item is None else _of_objects(element, item) for item in value]
        case Map(inner):
            return {key: None if item is None else _of_objects(inner, item) for key, item in dict(value).items()}
        case Struct(fields):
            return {
                each.name: _of_objects(each.type, value[each.name])
                for each in fields
                if value.get(each.name) is not None
            }
    return value


def _jsonl(place: Path) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    for table in _of_manifest(place):
        rows: list[dict[str, Any]] = []
        for file in sorted((place / table.name).glob("[!._]*.jsonl")):
            rows += [read(line) for line in file.read_bytes().splitlines()]
        yield table, rows


def _of_manifest(place: Path) -> list[Table]:
    manifest = json.loads((place / "_jst.json").read_bytes())
    return [from_data(data) for data in manifest["tables"].values()]


def _row(table: Table, row: dict[str, Any], value_of: Any) -> dict[str, Any]:
    return {
        each.name: value_of(each.type, row[each.name])
        for each in table.columns.fields
        if row.get(each.name) is not None
    }
