"""`jst load --to mysql:` with a real server of MariaDB: the values, the growth of tables, keys, locks, kills."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jsonschema_tools.errors import UsageError
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.tables.folding import evolution
from jsonschema_tools.tables.rows import RowMaker
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.targets import mysql
from jsonschema_tools.targets.model import TableRows, TargetError
from jsonschema_tools.targets.mysql_connection import arguments_of
from jsonschema_tools.targets.opening import target_of
from jsonschema_tools.use_cases.load import load_files
from jsonschema_tools.use_cases.load_rows import LoadSettings
from tests.load.events import lines, order
from tests.load.reading import rows_of, stored
from tests.load.test_kills import EVENTS, loaded, told, write_events
from tests.load.test_read_back import check, examples
from tests.load.test_values import STORED, same, table_of
from tests.needs import NO_CORPUS, WMF_PRIMARY, example_repository
from tests.tables.engines import has_mysql, mysql_server
from tests.tables.histories import histories

pytestmark = pytest.mark.engines

KILLS = max(1, int(os.environ.get("JST_KILLS", "40")) // 10)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pytest.importorskip("pymysql", reason="PyMySQL is not installed")
    if not has_mysql():
        pytest.skip("MariaDB is not installed")
    with mysql_server() as socket:
        yield socket


@pytest.fixture
def database(server: str) -> Iterator[str]:
    """The URL of a database of its own."""
    import pymysql

    with closing(pymysql.connect(unix_socket=server, user="root", autocommit=True)) as connection:
        connection.cursor().execute("CREATE DATABASE `load`")
        yield f"//root@localhost/load?unix_socket={server}"
        connection.cursor().execute("DROP DATABASE `load`")


def run(database: str, *statements: str) -> None:
    import pymysql

    with closing(pymysql.connect(autocommit=True, **arguments_of(database))) as connection:
        for statement in statements:
            connection.cursor().execute(statement)


def test_every_value(database: str) -> None:
    target = target_of(f"mysql:{database}")
    target.open()
    batch = []
    for number, case in enumerate(STORED):
        table = target.prepare(table_of(number, case["schema"]))
        row, _ = RowMaker(table.columns).row(read_event(f'{{"value": {case["value"]}}}'.encode()))
        assert target.misfit(table, row) is None
        batch.append(TableRows(table, [row]))
    assert target.commit(batch, {}) == {each.table.name: 1 for each in batch}
    target.close()
    found = {table.name: rows for table, rows in stored("mysql", database)}
    for number, case in enumerate(STORED):
        [row] = found[f"case_{number}"]
        wanted = case["time"] if "time" in case else json.loads(case["stored"], parse_float=Decimal)
        assert same(row["value"], wanted) == same(wanted, wanted), (case, row)


def test_every_example_is_there_as_it_was(database: str, tmp_path: Path) -> None:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    events, source = examples(WMF_PRIMARY / "jsonschema"), tmp_path / "events.jsonl"
    source.write_bytes(lines(*events))
    report = load_files([str(source)], target_of(f"mysql:{database}"), load_config(WMF_PRIMARY))
    assert report.summary.refused == 0
    check(events, "mysql", database, report)  # type: ignore[arg-type]


def test_tables_grow_with_real_histories(database: str) -> None:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    for title, history in histories(WMF_PRIMARY / "jsonschema").items():
        tables, _ = tables_of(title, history)
        if not tables or any(table.conflict for table in tables):
            continue
        for end in range(1, len(history) + 1):
            target = target_of(f"mysql:{database}")
            target.open()
            ready = target.prepare(tables_of(title, history[:end])[0][-1])
            target.commit([TableRows(ready, [(None,) * len(ready.columns.fields)])], {})
            target.close()
        assert not evolution(ready.columns, tables[-1].columns).steps
        assert len(rows_of("mysql", database, ready.name)) == len(history)


TYPES = [{"type": "integer"}, {"type": "number", "multipleOf": 0.01}, {"type": "number"}]


def put(database: str, versions: int, value: int) -> None:
    """Put a value into a table whose type becomes wider, and that gets a column, with each version."""
    schemas = [
        (f"1.{minor}.0", {"type": "object", "properties": {"n": each, f"c{minor}": {"type": "string"}}})
        for minor, each in enumerate(TYPES[:versions])
    ]
    target = target_of(f"mysql:{database}")
    try:
        target.open()
        ready = target.prepare(tables_of("a/b", schemas)[0][-1])
        row, _ = RowMaker(ready.columns).row({"n": value})
        target.commit([TableRows(ready, [row])], {})
    finally:
        target.close()


def test_types_become_wider(database: str) -> None:
    for number in (1, 2, 3):
        put(database, number, number)
    assert sorted(row["n"] for row in rows_of("mysql", database, "a_b")) == [1, 2, 3]


@pytest.mark.parametrize("after", range(6))
def test_a_change_that_was_killed_is_done_again(after: int, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each statement commits by itself: a run may end between any two of them."""
    put(database, 1, 1)
    original, left = mysql.MysqlTarget._run, [after]

    def killed(target: Any, statement: str, values: Any = None) -> Any:
        if statement.startswith(("ALTER", "REPLACE INTO _jst_tables")):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
        return original(target, statement, values)

    with monkeypatch.context() as patched:
        patched.setattr(mysql.MysqlTarget, "_run", killed)
        if after < 5:
            with pytest.raises(KeyboardInterrupt):
                put(database, 3, 2)
        else:
            put(database, 3, 2)
    put(database, 3, 3)
    assert {row["n"] for row in rows_of("mysql", database, "a_b")} >= {1, 3}


@pytest.mark.parametrize("after", range(3))
def test_a_table_whose_making_was_killed(after: int, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original, left = mysql.MysqlTarget._run, [after]

    def killed(target: Any, statement: str, values: Any = None) -> Any:
        if statement.startswith(("CREATE TABLE `a_b`", "REPLACE INTO _jst_tables")):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
        return original(target, statement, values)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(mysql.MysqlTarget, "_run", killed)
        put(database, 1, 1)
    put(database, 2, 2)
    assert [row["n"] for row in rows_of("mysql", database, "a_b")] == [2]


def test_a_key_counts_over_all_runs_by_its_bytes(database: str) -> None:
    target = target_of(f"mysql:{database}")
    target.open()
    table = target.prepare(table_of(0, {"type": "integer"}))
    keys = [b"a", b"a ", "ä".encode(), b"A", b"a", None, None]
    rows: list[Any] = [(number,) for number in range(len(keys))]
    assert target.commit([TableRows(table, rows, keys)], {}) == {"case_0": 6}
    assert target.commit([TableRows(table, rows[:2], [b"a ", b"b" * 5000])], {}) == {"case_0": 1}
    target.close()


def test_the_lock(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql, "SECONDS_OF_WAITING", 0)
    one, other = target_of(f"mysql:{database}"), target_of(f"mysql:{database}")
    one.open()
    with pytest.raises(TargetError, match="another run of jst loads into the database load"):
        other.open()
    other.close()
    one.close()
    other.open()
    other.close()


def test_what_people_do_to_a_table(database: str) -> None:
    table = table_of(0, {"type": "integer"})

    def prepared() -> None:
        target = target_of(f"mysql:{database}")
        try:
            target.open()
            target.prepare(table)
        finally:
            target.close()

    run(database, "CREATE TABLE case_0 (x int)")
    with pytest.raises(TargetError, match="has not made"):
        prepared()
    run(database, "DROP TABLE case_0")
    prepared()
    run(database, "ALTER TABLE case_0 ADD COLUMN mine int", "CREATE INDEX i ON case_0 (value)")
    prepared()
    run(database, "ALTER TABLE case_0 MODIFY COLUMN value INT")
    with pytest.raises(TargetError, match=r"the column value is int\(11\), not bigint"):
        prepared()
    run(database, "ALTER TABLE case_0 DROP COLUMN value")
    with pytest.raises(TargetError, match="the column value is missing"):
        prepared()


@pytest.mark.parametrize("levels", [31, 32])
@pytest.mark.parametrize(
    ("schema", "outer"),
    [
        ({}, ("", "")),
        ({"type": "object", "properties": {"a": {}}}, ('{"a": ', "}")),
        ({"type": "array", "items": {}}, ("[", "]")),
        (
            {"type": "object", "properties": {"b": {"type": "object", "additionalProperties": {}}}},
            ('{"b": {"c": ', "}}"),
        ),
    ],
)
def test_json_that_nests_too_deeply(schema: Any, outer: tuple[str, str], levels: int, database: str) -> None:
    """However much of the depth is that of the schema, and however much that of a value without a type."""
    target = target_of(f"mysql:{database}")
    target.open()
    table = target.prepare(table_of(0, schema))
    inner = levels - outer[1].count("}") - outer[1].count("]")
    text = outer[0] + "[" * inner + "]" * inner + outer[1]
    row, _ = RowMaker(table.columns).row(read_event(f'{{"value": {text}}}'.encode()))
    misfit = target.misfit(table, row)
    assert (misfit is None) == (levels == 31)
    if misfit is None:
        target.commit([TableRows(table, [row])], {})
    else:
        assert (misfit.pointer, bool(misfit.remedy)) == ("/value", True)
        with pytest.raises(TargetError):
            target.commit([TableRows(table, [row])], {})
    target.close()


def test_a_password_is_never_told() -> None:
    for word in ("mariadb://u:secret@h/a", "postgresql://u:secret@h/a", "mysql://u:secret@h", "mysql:u:secret@h/a"):
        with pytest.raises(UsageError) as raised:
            target_of(word)
        assert "secret" not in f"{raised.value} {raised.value.source} {raised.value.remedy}"


@pytest.mark.parametrize("url", ["x", "//u@h", "//u@h/", "//h/a/b", "//h:x/a", "//h/a?nonsense=1", "//h/a?x"])
def test_no_url(url: str) -> None:
    with pytest.raises(UsageError):
        target_of(f"mysql:{url}")


def test_no_server() -> None:
    pytest.importorskip("pymysql", reason="PyMySQL is not installed")
    target = target_of("mysql://u:secret@127.0.0.1:1/a")
    with pytest.raises(TargetError, match="cannot be opened") as raised:
        target.open()
    target.close()
    assert "secret" not in f"{raised.value} {raised.value.source}"


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    target = target_of("mysql://u@h/a")
    with pytest.raises(TargetError, match="PyMySQL is not installed") as raised:
        target.open()
    target.close()
    assert "pip install" in (raised.value.remedy or "")


def test_a_file_goes_on(database: str, tmp_path: Path) -> None:
    source, config = tmp_path / "events.jsonl", load_config(example_repository())
    for count in (2, 5):
        source.write_bytes(lines(*(order(number) for number in range(1, count + 1))))
        load_files([str(source)], target_of(f"mysql:{database}"), config, settings=LoadSettings())
    assert sorted(row["order_id"] for row in rows_of("mysql", database, "shop_order_placed")) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("keeps_refused", [False, True])
def test_killed_at_any_moment(keeps_refused: bool, database: str, tmp_path: Path) -> None:
    """No row is lost, and none is there twice. ``JST_KILLS=400`` kills forty times; by default it is a tenth."""
    events, random = tmp_path / "events.jsonl", Random(1)
    refused = write_events(events)
    refused_file = tmp_path / "refused.jsonl"
    command = [sys.executable, "-m", "jsonschema_tools", "load", str(events), "--to", f"mysql:{database}"]
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
            assert loaded(partial(rows_of, "mysql", database)) == numbers
            if keeps_refused:
                assert told(refused_file) == sorted(refused)
                refused_file.unlink()
            run(database, "DROP DATABASE `load`", "CREATE DATABASE `load`")
            ends += 1
