"""Rows into a file of DuckDB: the rows and the progress in one transaction. The only module that imports DuckDB.

Rows go over as a table of Arrow; casts make UUIDs and JSON of their texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jsonschema_tools.installation import remedy_of
from jsonschema_tools.tables.dialects import duckdb as dialect
from jsonschema_tools.tables.dialects.sql import quoted
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Row
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.stored import Change, as_data, change
from jsonschema_tools.targets.arrow import arrow_of, pyarrow
from jsonschema_tools.targets.definitions import made_by_others, table_of
from jsonschema_tools.targets.keys import kept_of
from jsonschema_tools.targets.model import Progress, Stored, TableRows, TargetError, check_columns

_ROWS = "_jst_rows"
"""What the rows of a commit are called while they go over."""

_OURS = (
    "CREATE TABLE IF NOT EXISTS _jst_tables (name VARCHAR PRIMARY KEY, definition VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _jst_progress (name VARCHAR PRIMARY KEY, progress VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _jst_keys (name VARCHAR, key BLOB)",
)


class DuckDbTarget:
    """A file of DuckDB, which lets one process in: that is its lock.

    Args:
        path: the file.
        options: settings of DuckDB.
    """

    keys_across_runs = True
    takes_arrow = True

    def __init__(self, path: Path, options: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._options: dict[str, Any] = dict(options or {})
        self._tables: dict[str, Table] = {}
        self._connection: Any = None

    def open(self) -> Stored:
        """Open the file, or make it."""
        try:
            import duckdb
        except ImportError as error:
            raise TargetError(
                "DuckDB is not installed", source=f"duckdb:{self._path}", remedy=remedy_of("duckdb")
            ) from error
        pyarrow("duckdb")
        with self._told("opened"):
            self._connection = duckdb.connect(str(self._path), config=self._options)
            self._run("SET TimeZone = 'UTC'")
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
        with self._told("read"):
            self._check(found)
        if not found.is_none or found.after != before:
            statements = dialect.create(found.after)
            if found.before is not None:
                statements = dialect.evolve(found.before, found.evolution) if found.evolution is not None else []
            with self._transaction():
                for statement in statements:
                    self._run(statement)
                definition = json.dumps(as_data(found.after))
                self._run("INSERT OR REPLACE INTO _jst_tables VALUES ($1, $2)", [table.name, definition])
        self._tables[table.name] = found.after
        return found.after

    @property
    def connection(self) -> Any:
        """The connection of DuckDB's package, while the target is open: for queries."""
        assert self._connection is not None, "open comes first"
        return self._connection

    def tables(self) -> list[str]:
        """The names of our tables."""
        return list(self._tables)

    def misfit(self, _table: Table, _row: Row) -> Misfit | None:
        """DuckDB takes every row."""
        return None

    def commit(self, batch: Sequence[TableRows], progress: Progress) -> Mapping[str, int]:
        """Store the rows, their keys and the progress in one transaction."""
        stored = {}
        with self._transaction():
            for each in batch:
                kept, keys = kept_of(each, self._known(each))
                rows = arrow_of(each, kept)
                self._connection.register(_ROWS, rows)
                self._run(_insertion(each.table))
                self._connection.unregister(_ROWS)
                if keys:
                    self._run("INSERT INTO _jst_keys SELECT $1, unnest($2::BLOB[])", [each.table.name, keys])
                stored[each.table.name] = rows.num_rows
            for name, text in progress.items():
                self._run("INSERT OR REPLACE INTO _jst_progress VALUES ($1, $2)", [name, text])
        return stored

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            with suppress(self._failure):
                self._connection.close()
            self._connection = None

    @property
    def _failure(self) -> type[Exception]:
        import duckdb

        return duckdb.Error

    def _run(self, statement: str, values: Sequence[Any] = ()) -> Any:
        assert self._connection is not None, "open comes first"
        return self._connection.execute(statement, values) if values else self._connection.execute(statement)

    def _known(self, rows: TableRows) -> frozenset[bytes]:
        """Those of the keys of a batch that earlier commits brought."""
        keys = [key for key in rows.keys if key is not None]
        if not keys:
            return frozenset()
        query = "SELECT key FROM _jst_keys WHERE name = $1 AND key IN (SELECT unnest($2::BLOB[]))"
        return frozenset(key for (key,) in self._run(query, [rows.table.name, keys]).fetchall())

    def _check(self, found: Change) -> None:
        """The table has the columns that we know, or there is none."""
        there = self._described("SELECT * FROM " + quoted(found.after.name)) if self._has(found.after.name) else {}
        if found.before is None and there:
            raise made_by_others(found.after.name, str(self._path))
        if found.before is not None:
            fields = found.before.columns.fields
            typed = (f"CAST(NULL AS {dialect.type_text(each.type)}) AS {quoted(each.name)}" for each in fields)
            check_columns(str(self._path), found.before, there, self._described(f"SELECT {', '.join(typed)}"))

    def _has(self, name: str) -> bool:
        query = "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
        return self._run(query, [name]).fetchone() is not None

    def _described(self, query: str) -> dict[str, str]:
        """The types of the columns of a query, as DuckDB writes them, by name."""
        return {row[0]: row[1] for row in self._run(f"DESCRIBE {query}").fetchall()}

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._told("written"):
            self._run("BEGIN TRANSACTION")
            try:
                yield
                self._run("COMMIT")
            except BaseException:
                # A commit that failed has ended the transaction.
                with suppress(self._failure):
                    self._run("ROLLBACK")
                raise

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        try:
            yield
        except self._failure as error:
            said = str(error).strip().partition("\n")[0]
            raise TargetError(
                f"the database cannot be {done}: {said}",
                source=str(self._path),
                remedy="What was committed before is there. Mend it, and run the same command again.",
            ) from error


def _insertion(table: Table) -> str:
    """The statement that stores the rows that `_ROWS` has."""
    fields = table.columns.fields
    columns = ", ".join(quoted(each.name) for each in fields)
    values = ", ".join(f"CAST({quoted(each.name)} AS {dialect.type_text(each.type)})" for each in fields)
    return f"INSERT INTO {quoted(table.name)} ({columns}) SELECT {values} FROM {_ROWS}"
