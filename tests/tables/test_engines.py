"""Tables in real engines: what makes them runs, and what changes them makes the same table, rows and all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsonschema_tools.tables.conversion import type_of
from jsonschema_tools.tables.dialects import dialect
from jsonschema_tools.tables.folding import evolution
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.titles import tables_of
from tests.needs import NO_CORPUS, WMF_PRIMARY, example_repository
from tests.tables.engines import (
    DuckDb,
    Engine,
    Mysql,
    Postgres,
    Sqlite,
    has_mysql,
    mysql_server,
    postgres_programs,
    postgres_server,
)
from tests.tables.histories import History, histories

SERVERS = [pytest.param(name, marks=pytest.mark.engines) for name in ("postgres", "mysql")]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    if postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres_server() as socket:
        yield socket


@pytest.fixture(scope="session")
def mysql() -> Iterator[str]:
    if not has_mysql():
        pytest.skip("MariaDB is not installed")
    with mysql_server() as socket:
        yield socket


@pytest.fixture(params=["duckdb", "sqlite", *SERVERS])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    opened: Engine
    if request.param in ("duckdb", "sqlite"):
        opened = DuckDb(tmp_path) if request.param == "duckdb" else Sqlite(tmp_path)
    else:
        socket = request.getfixturevalue(request.param)
        opened = Postgres(socket) if request.param == "postgres" else Mysql(socket)
    yield opened
    opened.close()


@pytest.fixture(params=["example", "wmf-primary"])
def repository(request: pytest.FixtureRequest) -> dict[str, History]:
    if request.param == "example":
        return histories(example_repository() / "jsonschema")
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    return histories(WMF_PRIMARY / "jsonschema")


def test_every_history(engine: Engine, repository: dict[str, History]) -> None:
    """Each version changes the table of those before it, with rows in it; in the end it is like a fresh one."""
    for title, versions in repository.items():
        walk(engine, title, versions)


def walk(engine: Engine, title: str, versions: History) -> None:
    table: Table | None = None
    rows = 0
    for count, (_, schema) in enumerate(versions, 1):
        tables, _ = tables_of(title, versions[:count])
        if not tables:
            continue
        now = tables[-1]
        if table is None or table.name != now.name:
            engine.run(engine.dialect.create(now))
            rows = 0
        else:
            typed = type_of(schema).columns
            assert typed is not None
            found = evolution(table.columns, typed)
            assert found.after == now.columns
            engine.run(engine.dialect.evolve(table, found))
        table = now
        for event in [*schema.get("examples", ()), {}]:
            engine.insert(now, event)
            rows += 1
        assert engine.count(now.name) == rows
    if table is not None:
        fresh = replace(table, name=f"{table.name}__fresh"[:60])
        engine.run(engine.dialect.create(fresh))
        assert engine.columns(table.name) == engine.columns(fresh.name)


def test_rows_stay_what_they_are(tmp_path: Path) -> None:
    """An event that was stored is there after every later version, with null for what that brings."""
    engine = DuckDb(tmp_path)
    for title, versions in histories(example_repository() / "jsonschema").items():
        tables, _ = tables_of(title, versions[:1])
        engine.run(engine.dialect.create(tables[0]))
        examples: list[dict[str, Any]] = list(versions[0][1].get("examples", ()))
        for event in examples:
            engine.insert(tables[0], event)
        last = tables_of(title, versions)[0][-1]
        engine.run(engine.dialect.evolve(tables[0], evolution(tables[0].columns, last.columns)))
        assert [without_null(row) for row in engine.rows(last.name)] == [in_utc(event) for event in examples]


def without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_null(item) for key, item in value.items() if item is not None}
    return value


def in_utc(value: Any) -> Any:
    """A value as DuckDB writes it as JSON: times with a space."""
    if isinstance(value, dict):
        return {key: in_utc(item) for key, item in value.items()}
    is_time = isinstance(value, str) and value[10:11] == "T" and value.endswith("Z")
    return f"{value[:10]} {value[11:-1]}+00" if is_time else value


NAMES = st.sampled_from(["a", "b", "user", "select", "c'd", 'e"f', "é", "$g", "h i"])
SCALARS = st.sampled_from(
    [
        {"type": "integer"},
        {"type": "number"},
        {"type": "number", "multipleOf": 0.01},
        {"type": "string"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
        {"type": "boolean", "description": 'It\'s `so`; -- \\ "really"\n?'},
        {},
    ]
)
SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda value: {"type": "object", "additionalProperties": value}, inner.filter(bool)),
        st.builds(
            lambda properties: {"type": "object", "properties": properties}, st.dictionaries(NAMES, inner, min_size=1)
        ),
    ),
    max_leaves=8,
)
EVENTS = st.dictionaries(NAMES, SCHEMAS, min_size=1, max_size=5).map(
    lambda properties: {"type": "object", "properties": properties, "description": "An event's \\ text"}
)


@pytest.mark.sampled(2)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(versions=st.lists(EVENTS, min_size=1, max_size=4))
@pytest.mark.parametrize("name", ["duckdb", "sqlite"])
def test_migrations_of_any_versions(name: str, versions: list[dict[str, Any]], tmp_path: Path) -> None:
    engine: Engine = DuckDb(tmp_path) if name == "duckdb" else Sqlite(tmp_path)
    walk(engine, "some/title", [(f"1.{minor}.0", schema) for minor, schema in enumerate(versions)])
    engine.close()


def test_documents_of_every_title(repository: dict[str, History]) -> None:
    """What is described by a document is taken by the library that reads it."""
    fastavro = pytest.importorskip("fastavro")
    for title, versions in repository.items():
        for table in tables_of(title, versions)[0]:
            fastavro.parse_schema(json.loads(dialect("avro").create(table)[0]))
            for name in ("elasticsearch", "bigquery-json", "arrow", "delta", "iceberg"):
                (text,) = dialect(name).create(table)
                assert json.loads(text)


@pytest.mark.engines
def test_iceberg_takes_every_schema_and_every_step(repository: dict[str, History], tmp_path: Path) -> None:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.exceptions import ValidationError
    from pyiceberg.schema import Schema

    catalog = SqlCatalog("test", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("events")
    widened = []
    for title, versions in repository.items():
        before: Table | None = None
        for count in range(1, len(versions) + 1):
            tables, _ = tables_of(title, versions[:count])
            if not tables:
                continue
            now = tables[-1]
            schema = Schema.model_validate_json(dialect("iceberg").create(now)[0])
            name = f"events.{now.name}"
            if before is None or before.name != now.name:
                catalog.create_table(name, schema)
            else:
                try:
                    with catalog.load_table(name).update_schema() as update:
                        update.union_by_name(schema)
                except ValidationError as error:
                    widened.append(f"{title} {versions[count - 1][0]}: {error}")
            stored = catalog.load_table(name).schema()
            assert [column.name for column in stored.columns] == [column.name for column in now.columns.fields]
            before = now
    assert widened == []
    catalog.close()
