"""Rows into a file of SQLite: the rows and the progress in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jsonschema_tools.tables.dialects import sqlite as dialect
from jsonschema_tools.tables.dialects.sql import quoted
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Row, nested_text
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.stored import Change, as_data, change
from jsonschema_tools.tables.types import Decimal, Scalar, Type
from jsonschema_tools.targets.definitions import made_by_others, table_of
from jsonschema_tools.targets.locking import FileLock
from jsonschema_tools.targets.model import Progress, Stored, TableRows, TargetError, check_columns

SECONDS_OF_WAITING = 10.0
_OURS = (
    "CREATE TABLE IF NOT EXISTS _jst_tables (name TEXT PRIMARY KEY, definition TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _jst_progress (name TEXT PRIMARY KEY, progress TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _jst_keys (name TEXT, key BLOB, PRIMARY KEY (name, key)) WITHOUT ROWID",
)


class SqliteTarget:
    """A file of SQLite. Its lock is a lock file beside it: two loaders would read the same progress."""

    keys_across_runs = True
    takes_arrow = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path)
        self._tables: dict[str, Table] = {}
        self._writers: dict[str, _Writer] = {}
        self._connection: sqlite3.Connection | None = None

    def open(self) -> Stored:
        """Open the file, or make it."""
        self._lock.acquire()
        with self._told("opened"):
            self._connection = sqlite3.connect(
                self._path, timeout=SECONDS_OF_WAITING, isolation_level=None, check_same_thread=False
            )
            # What is committed stays, also where the machine loses its power.
            self._run("PRAGMA synchronous = FULL")
            for statement in _OURS:
                self._run(statement)
            tables = self._run("SELECT name, definition FROM _jst_tables").fetchall()
            progress = dict(self._run("SELECT name, progress FROM _jst_progress").fetchall())
        self._tables = {name: table_of(definition, name, str(self._path)) for name, definition in tables}
        return Stored(dict(self._tables), progress)

    def prepare(self, table: Table) -> Table:
        """Make or change the table, in one transaction."""
        before = self._tables.get(table.name)
        found = change(before, table)
        self._check(found)
        if not found.is_none or found.after != before:
            statements = dialect.create(found.after)
            if found.before is not None:
                statements = dialect.evolve(found.before, found.evolution) if found.evolution is not None else []
            with self._transaction():
                for statement in statements:
                    self._run(statement)
                self._remember(found.after)
        self._tables[table.name] = found.after
        self._writers[table.name] = _Writer(found.after)
        return found.after

    def misfit(self, _table: Table, _row: Row) -> Misfit | None:
        """SQLite takes every row."""
        return None

    def commit(self, batch: Sequence[TableRows], progress: Progress) -> Mapping[str, int]:
        """Store the rows, their keys and the progress in one transaction."""
        stored = {}
        with self._transaction():
            for each in batch:
                writer = self._writers[each.table.name]
                rows = each.rows if not each.keys else self._new(each)
                self._connected.executemany(writer.statement, map(writer.values, rows))
                stored[each.table.name] = len(rows)
            self._connected.executemany("INSERT OR REPLACE INTO _jst_progress VALUES (?, ?)", progress.items())
        return stored

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._lock.release()

    @property
    def _connected(self) -> sqlite3.Connection:
        assert self._connection is not None, "open comes first"
        return self._connection

    def _run(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._connected.execute(statement, values)

    def _new(self, rows: TableRows) -> list[Row]:
        """The rows whose keys are not there yet; their keys are now."""
        statement = "INSERT OR IGNORE INTO _jst_keys VALUES (?, ?)"
        return [
            row
            for row, key in zip(rows.rows, rows.keys, strict=True)
            if key is None or self._run(statement, (rows.table.name, key)).rowcount
        ]

    def _remember(self, table: Table) -> None:
        definition = json.dumps(as_data(table))
        self._run("INSERT OR REPLACE INTO _jst_tables VALUES (?, ?)", (table.name, definition))

    def _check(self, found: Change) -> None:
        """The table has the columns that we know, or there is none."""
        rows = self._run(f"PRAGMA table_info({quoted(found.after.name)})").fetchall()
        if found.before is None and rows:
            raise made_by_others(found.after.name, str(self._path))
        if found.before is not None:
            wanted = {each.name: dialect.type_text(each.type) for each in found.before.columns.fields}
            check_columns(str(self._path), found.before, {row[1]: row[2] for row in rows}, wanted)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._told("written"):
            self._run("BEGIN IMMEDIATE")
            try:
                yield
                self._run("COMMIT")
            except BaseException:
                if self._connected.in_transaction:
                    self._run("ROLLBACK")
                raise

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise TargetError(
                f"the database cannot be {done}: {error}",
                source=str(self._path),
                remedy="What was committed before is there. Mend it, and run the same command again.",
            ) from error


class _Writer:
    """How rows of a table become parameters of its statement."""

    def __init__(self, table: Table) -> None:
        names = ", ".join(quoted(each.name) for each in table.columns.fields)
        marks = ", ".join("?" for _ in table.columns.fields)
        self.statement = f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({marks})"
        converted = ((index, _converter(each.type)) for index, each in enumerate(table.columns.fields))
        self._converters = [(index, convert) for index, convert in converted if convert is not None]

    def values(self, row: Row) -> Sequence[Any]:
        values = list(row)
        for index, convert in self._converters:
            if values[index] is not None:
                values[index] = convert(values[index])
        return values


def _converter(type_: Type) -> Callable[[Any], Any] | None:
    match type_:
        case Decimal():
            return str
        case Scalar.TIMESTAMP:
            return lambda value: f"{value.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
        case Scalar.DATE:
            return lambda value: value.isoformat()
        case Scalar.BOOLEAN:
            return int
        case Scalar():
            return None
    return nested_text(type_)
