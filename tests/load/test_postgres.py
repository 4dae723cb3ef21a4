"""`jst load --to postgres:` with a real server: the values, the growth of tables, keys, locks, kills."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jsonschema_tools.events.reading import read_event
from jsonschema_tools.reports.load import LoadReport
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.tables.folding import evolution
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import RowMaker
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.targets import postgres
from jsonschema_tools.targets.model import TableRows, TargetError
from jsonschema_tools.targets.opening import target_of
from jsonschema_tools.use_cases.load import load_files
from jsonschema_tools.use_cases.load_rows import LoadSettings
from tests.load.events import lines, order
from tests.load.reading import rows_of, stored
from tests.load.test_kills import EVENTS, loaded, told, write_events
from tests.load.test_read_back import check, examples
from tests.load.test_values import STORED, same, table_of
from tests.needs import NO_CORPUS, WMF_PRIMARY, example_repository
from tests.tables.engines import postgres_programs, postgres_server
from tests.tables.histories import histories

pytestmark = pytest.mark.engines

KILLS = max(1, int(os.environ.get("JST_KILLS", "40")) // 10)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    if postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres_server() as socket:
        yield socket


@pytest.fixture
def database(server: str) -> Iterator[str]:
    """The connection to a database of its own."""
    import psycopg

    with psycopg.connect(f"host={server} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE load")
        yield f"host={server} user=postgres dbname=load"
        connection.execute("DROP DATABASE load WITH (FORCE)")


def run(database: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(statement.encode())


def load(events: list[dict[str, Any]], database: str, folder: Path, repository: Path, **settings: Any) -> LoadReport:
    source = folder / "events.jsonl"
    source.write_bytes(lines(*events))
    config = load_config(repository)
    return load_files([str(source)], target_of(f"postgres:{database}"), config, settings=LoadSettings(**settings))


def test_every_value(database: str) -> None:
    target = target_of(f"postgres:{database}")
    target.open()
    batch, told = [], []
    for number, case in enumerate(STORED):
        table = target.prepare(table_of(number, case["schema"]))
        row, _ = RowMaker(table.columns).row(read_event(f'{{"value": {case["value"]}}}'.encode()))
        misfit = target.misfit(table, row)
        if misfit is None:
            batch.append(TableRows(table, [row]))
        else:
            told.append(number)
            with pytest.raises(TargetError):
                target.commit([TableRows(table, [row])], {})
    assert target.commit(batch, {}) == {each.table.name: 1 for each in batch}
    target.close()
    found = {table.name: rows for table, rows in stored("postgres", database)}
    for number, case in enumerate(STORED):
        if number not in told:
            [row] = found[f"case_{number}"]
            wanted = case["time"] if "time" in case else json.loads(case["stored"], parse_float=Decimal)
            assert same(row["value"], wanted) == same(wanted, wanted), (case, row)


REFUSED = [
    ({"type": "string"}, '"a\\u0000b"', "/value"),
    ({"type": "array", "items": {"type": "string"}}, '["a", "\\u0000"]', "/value/1"),
    ({"type": "object", "additionalProperties": {"type": "string"}}, '{"\\u0000": "a"}', "/value/\0"),
    ({"type": "object", "properties": {"a/b": {"type": "string"}}}, '{"a/b": "\\u0000"}', "/value/a~1b"),
    ({}, '{"a": ["\\u0000"]}', "/value/a/0"),
]


@pytest.mark.parametrize(("schema", "value", "pointer"), REFUSED)
def test_what_no_text_and_no_jsonb_takes(schema: Any, value: str, pointer: str, database: str) -> None:
    target = target_of(f"postgres:{database}")
    target.open()
    table = target.prepare(table_of(0, schema))
    row, _ = RowMaker(table.columns).row(read_event(f'{{"value": {value}}}'.encode()))
    misfit = target.misfit(table, row)
    assert misfit is not None
    assert (misfit.pointer, bool(misfit.remedy)) == (pointer, True)
    # That is so: the server refuses it.
    with pytest.raises((TargetError, ValueError)):
        target.commit([TableRows(table, [row])], {"a": "1"})
    target.close()
    again = target_of(f"postgres:{database}")
    assert again.open().progress == {}
    again.close()


@pytest.mark.parametrize(
    ("schema", "value"),
    [({"type": "string"}, '"\\\\u0000 "'), ({}, '["\\\\u0000", 1e4299]'), ({}, "1e-4290")],
)
def test_what_only_looks_so(schema: Any, value: str, database: str) -> None:
    target = target_of(f"postgres:{database}")
    target.open()
    table = target.prepare(table_of(0, schema))
    row, _ = RowMaker(table.columns).row(read_event(f'{{"value": {value}}}'.encode()))
    assert target.misfit(table, row) is None
    target.commit([TableRows(table, [row])], {})
    target.close()


def test_every_example_is_there_as_it_was(database: str, tmp_path: Path) -> None:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    events = examples(WMF_PRIMARY / "jsonschema")
    report = load(events, database, tmp_path, WMF_PRIMARY)
    assert report.summary.refused == 0
    check(events, "postgres", database, report)  # type: ignore[arg-type]


def grown(database: str, title: str, history: list[tuple[str, Any]]) -> Table:
    """The table of a title after all of its versions, a row in it from each."""
    for end in range(1, len(history) + 1):
        [*_, table], _ = tables_of(title, history[:end])
        target = target_of(f"postgres:{database}")
        target.open()
        ready = target.prepare(table)
        target.commit([TableRows(ready, [(None,) * len(ready.columns.fields)])], {})
        target.close()
    return ready


def test_tables_grow_with_real_histories(database: str) -> None:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    for title, history in histories(WMF_PRIMARY / "jsonschema").items():
        tables, _ = tables_of(title, history)
        if tables and not any(table.conflict for table in tables):
            table = grown(database, title, history)
            assert not evolution(table.columns, tables[-1].columns).steps
            assert len(rows_of("postgres", database, table.name)) == len(history)


def test_types_become_wider(database: str) -> None:
    types = [{"type": "integer"}, {"type": "number", "multipleOf": 0.01}, {"type": "number"}]
    for number in range(len(types)):
        [table], _ = tables_of("a/b", [(f"1.{minor}.0", {"type": "object", "properties": {"n": each}}) for minor, each in enumerate(types[: number + 1])])  # fmt: skip
        target = target_of(f"postgres:{database}")
        target.open()
        ready = target.prepare(table)
        row, _ = RowMaker(ready.columns).row({"n": number + 1})
        target.commit([TableRows(ready, [row])], {})
        target.close()
    assert sorted(row["n"] for row in rows_of("postgres", database, "a_b")) == [1, 2, 3]


def test_a_key_counts_over_all_runs_and_a_file_goes_on(database: str, tmp_path: Path) -> None:
    def numbers() -> list[int]:
        return sorted(row["order_id"] for row in rows_of("postgres", database, "shop_order_placed"))

    events = [order(1, note="a"), order(2, note="a "), order(10, note="a"), order(3), order(4)]
    first = load(events, database, tmp_path, example_repository(), key="note")
    count = first.tables["shop_order_placed"]
    assert (numbers(), count.duplicates, count.without_key) == ([1, 2, 3, 4], 1, 2)
    more = [*events, order(20, note="a "), order(5, note="b")]
    second = load(more, database, tmp_path, example_repository(), key="note")
    assert (numbers(), second.summary.events) == ([1, 2, 3, 4, 5], 2)


def test_two_loaders_and_the_lock(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "SECONDS_OF_WAITING", 0.2)
    one, other = target_of(f"postgres:{database}"), target_of(f"postgres:{database}")
    one.open()
    with pytest.raises(TargetError, match="another run of jst loads into the schema public"):
        other.open()
    other.close()
    one.close()
    other.open()
    other.close()


def test_what_people_do_to_a_table(database: str) -> None:
    table = table_of(0, {"type": "integer"})

    def prepared() -> None:
        target = target_of(f"postgres:{database}")
        try:
            target.open()
            target.prepare(table)
        finally:
            target.close()

    run(database, 'CREATE TABLE "case_0" (x int)')
    with pytest.raises(TargetError, match="has not made"):
        prepared()
    run(database, 'DROP TABLE "case_0"')
    prepared()
    run(database, 'ALTER TABLE "case_0" ADD COLUMN mine text; CREATE INDEX ON "case_0" (value)')
    prepared()
    run(database, 'ALTER TABLE "case_0" ALTER COLUMN value TYPE text')
    with pytest.raises(TargetError, match="the column value is text, not bigint"):
        prepared()
    run(database, 'ALTER TABLE "case_0" DROP COLUMN value')
    with pytest.raises(TargetError, match="the column value is missing"):
        prepared()


def test_a_server_that_goes_in_the_middle(database: str) -> None:
    target = target_of(f"postgres:{database}")
    target.open()
    table = target.prepare(table_of(0, {"type": "integer"}))
    target.commit([TableRows(table, [(1,)])], {"a": "1"})
    run(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'load'")  # fmt: skip
    with pytest.raises(TargetError, match="cannot be written"):
        target.commit([TableRows(table, [(2,)])], {"a": "2"})
    target.close()
    again = target_of(f"postgres:{database}")
    assert again.open().progress == {"a": "1"}
    again.close()
    assert rows_of("postgres", database, "case_0") == [{"value": 1}]


@pytest.mark.parametrize("words", ["host=/nowhere dbname=x", "nonsense", "//nobody@localhost:1/x"])
def test_no_server(words: str) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    target = target_of(f"postgres:{words}")
    with pytest.raises(TargetError, match="cannot be opened"):
        target.open()
    target.close()


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    target = target_of("postgres:dbname=x")
    with pytest.raises(TargetError, match="psycopg is not installed") as raised:
        target.open()
    target.close()
    assert "pip install 'psycopg[binary]" in (raised.value.remedy or "")


def test_a_password_is_not_told(server: str) -> None:
    target = target_of(f"postgres:host={server} user=postgres password=secret dbname=nowhere")
    with pytest.raises(TargetError) as raised:
        target.open()
    assert "secret" not in f"{raised.value} {raised.value.source}"


@pytest.mark.parametrize("keeps_refused", [False, True])
def test_killed_at_any_moment(keeps_refused: bool, database: str, tmp_path: Path) -> None:
    """No row is lost, and none is there twice. ``JST_KILLS=400`` kills forty times; by default it is a tenth."""
    events, random = tmp_path / "events.jsonl", Random(1)
    refused = write_events(events)
    refused_file = tmp_path / "refused.jsonl"
    command = [sys.executable, "-m", "jsonschema_tools", "load", str(events), "--to", f"postgres:{database}"]
    command += ["--refused", str(refused_file)] if keeps_refused else []
    kills, ends = 0, 0
    while kills < KILLS or not ends:
        process = subprocess.Popen(
            [*command, "--batch", str(40 + random.randrange(20))],
            cwd=example_repository(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            process.wait(random.uniform(0.5, 2.0) if kills < KILLS else 120)
        except subprocess.TimeoutExpired:
            process.kill()
            kills += 1
        said, _ = process.communicate()
        assert b"Traceback" not in said, said
        assert process.returncode in (0, 1, -9), said
        if process.returncode != -9:
            numbers = [number for number in range(1, EVENTS + 1) if number not in refused]
            assert loaded(partial(rows_of, "postgres", database)) == numbers
            if keeps_refused:
                assert told(refused_file) == sorted(refused)
                refused_file.unlink()
            run(database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            ends += 1
