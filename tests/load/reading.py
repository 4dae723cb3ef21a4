"""What targets of `jst load` hold, read by the programs that people read them by, as plain data: null is absent."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal as Number
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.naming import short_name
from jsonschema_tools.tables.stored import from_data
from jsonschema_tools.tables.types import Array, Decimal, Map, Scalar, Struct, Type
from jsonschema_tools.targets.mysql_connection import arguments_of

PLACES = {
    "sqlite": "rows.db",
    "duckdb": "rows.duckdb",
    "parquet": "parquet",
    "jsonl": "lines",
    "iceberg": "iceberg",
    "delta": "delta",
}
"""By the name of each target: the file or folder; for Iceberg, what the namespace is named after."""

LAKES = ("iceberg", "delta")
KINDS = [pytest.param(kind, marks=[pytest.mark.engines] if kind in LAKES else []) for kind in PLACES]
"""The targets as parameters of tests; those with packages that the extra dev has not are left to `pytest -m engines`."""

# pyiceberg reads it once, when it is imported.
_WAREHOUSE = Path(tempfile.gettempdir()) / f"jst-tests-iceberg-{os.getpid()}"
os.environ["PYICEBERG_CATALOG__TESTS__URI"] = f"sqlite:///{_WAREHOUSE}/catalog.db"
os.environ["PYICEBERG_CATALOG__TESTS__WAREHOUSE"] = _WAREHOUSE.as_uri()


def word(kind: str, place: Path | str) -> str:
    """The target as `jst load --to` names it."""
    if kind == "delta":
        pytest.importorskip("deltalake", reason="deltalake is not installed")
    if kind != "iceberg":
        return f"{kind}:{place}"
    pytest.importorskip("pyiceberg", reason="pyiceberg is not installed")
    if not _WAREHOUSE.exists():
        _WAREHOUSE.mkdir()
        atexit.register(shutil.rmtree, _WAREHOUSE)
    return f"iceberg:tests.{_namespace(place)}"


def _namespace(place: Path | str) -> str:
    return f"n{sha256(str(place).encode()).hexdigest()[:16]}"


Stored = list[tuple[Table, list[dict[str, Any]]]]


def stored(kind: str, place: Path | str) -> Stored:
    """The tables of a target, each with its rows in no order."""
    readers: dict[str, Any] = {"sqlite": _sqlite, "duckdb": _duckdb, "parquet": _parquet, "jsonl": _jsonl}
    reader = {**readers, "postgres": _postgres, "mysql": _mysql, "iceberg": _iceberg, "delta": _delta}[kind]
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
            yield table, [_row(table, dict(zip(names, row, strict=True)), of_objects) for row in found.fetchall()]


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
        yield table, [_row(table, row, of_objects) for row in rows]


def _iceberg(place: Path) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    from pyiceberg.catalog import load_catalog

    with closing(load_catalog("tests")) as catalog:
        for name in catalog.list_tables(_namespace(place)):
            found = catalog.load_table(name)
            if "jst.table" in found.properties:
                table = replace(from_data(json.loads(found.properties["jst.table"])), name=name[-1])
                rows = [
                    row for file in found.scan().plan_files() for row in _of_file(file.file.file_path, found.schema())
                ]
                assert found.scan().count() == len(rows)
                yield table, [_row(table, row, of_objects) for row in rows]


def _of_file(place: str, schema: Any) -> list[dict[str, Any]]:
    """The rows of a file of Iceberg, whose fields have names by their ids.

    A scan of pyiceberg 0.12 reads a list of structs that is null as an empty one (apache/iceberg-python#3833).
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    def value(type_: Any, item: Any) -> Any:
        if item is None:
            return None
        if pa.types.is_struct(type_):
            return {name(field): value(field.type, item[field.name]) for field in type_}
        if pa.types.is_map(type_):
            return {key: value(type_.item_type, each) for key, each in item.items()}
        if pa.types.is_list(type_) or pa.types.is_large_list(type_):
            return [value(type_.value_type, each) for each in item]
        return item

    def name(field: Any) -> str:
        return str(schema.find_field(int(field.metadata[b"PARQUET:field_id"])).name)

    found = ParquetFile(place.removeprefix("file://")).read()
    whole = pa.struct(list(found.schema))
    return [value(whole, row) for row in found.to_pylist(maps_as_pydicts="strict")]


def _delta(place: Path) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    from deltalake import DeltaTable

    for table in _of_manifest(place):
        found = (place / table.name).is_dir()
        rows = DeltaTable(place / table.name).to_pyarrow_table().to_pylist(maps_as_pydicts="strict") if found else []
        yield table, [_row(table, row, of_objects) for row in rows]


def of_objects(type_: Type, value: Any) -> Any:
    """A value of an engine with nested types, as plain data."""
    match type_:
        case Scalar.JSON:
            return read(value)
        case Array(element):
            return [None if item is None else of_objects(element, item) for item in value]
        case Map(inner):
            return {key: None if item is None else of_objects(inner, item) for key, item in dict(value).items()}
        case Struct(fields):
            return {
                each.name: of_objects(each.type, value[each.name])
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
