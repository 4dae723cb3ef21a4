"""Rows into a database of PostgreSQL, by COPY: the rows and the progress in one transaction.

Tables are those of the first schema of the search path, and so is what is remembered of them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from jsonschema_tools.installation import remedy_of
from jsonschema_tools.tables.dialects import postgres as dialect
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.naming import short_name
from jsonschema_tools.tables.rows import Row, nested_text
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.stored import Change, as_data, change
from jsonschema_tools.tables.types import Array, Map, Scalar, Struct, Type
from jsonschema_tools.targets.definitions import made_by_others, table_of
from jsonschema_tools.targets.keys import first_of_each
from jsonschema_tools.targets.model import Progress, Stored, TableRows, TargetError, check_columns
from jsonschema_tools.targets.postgres_values import misfit_of

SECONDS_OF_WAITING = 10.0
"""A server may take a while to see that a run was killed, and to let go of its lock."""

_LOCK = 0x6A737420
"""The first number of our advisory locks, the text `jst `; the second is the schema."""

_OURS = (
    "CREATE TABLE IF NOT EXISTS _jst_tables (name text PRIMARY KEY, definition text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _jst_progress (name text PRIMARY KEY, progress text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _jst_keys (name text, key bytea, PRIMARY KEY (name, key))",
)
_COLUMNS = (
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
    "WHERE relnamespace = current_schema()::regnamespace AND relname = %s AND attnum > 0 AND NOT attisdropped"
)
_KEEP = "INSERT INTO {} VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET {} = excluded.{}"


class PostgresTarget:
    """A database of PostgreSQL; its lock is an advisory one on the schema, which goes with the connection.

    Args:
        connection: what libpq connects by: a URI, or words such as ``dbname=events``.
    """

    keys_across_runs = True
    takes_arrow = False

    def __init__(self, connection: str) -> None:
        self._conninfo = f"postgres:{connection}" if connection.startswith("//") else connection
        self._source = "postgres"
        self._tables: dict[str, Table] = {}
        self._writers: dict[str, _Writer] = {}
        self._connection: Any = None

    def open(self) -> Stored:
        """Connect, and take the lock."""
        try:
            import psycopg
        except ImportError as error:
            raise TargetError("psycopg is not installed", source="postgres", remedy=remedy_of("postgres")) from error
        with self._told("opened"):
            self._connection = psycopg.connect(self._conninfo, autocommit=True, client_encoding="UTF8")
            # The name without the password.
            self._source = f"postgres:{self._connection.info.dbname}"
            self._run("SET TimeZone = 'UTC'")
            # What is committed stays, also where the machine loses its power.
            self._run("SET synchronous_commit = on")
            self._lock()
            with self._connection.transaction():
                for statement in _OURS:
                    self._run(statement)
            tables = self._run("SELECT name, definition FROM _jst_tables").fetchall()
            progress = dict(self._run("SELECT name, progress FROM _jst_progress").fetchall())
        self._tables = {name: table_of(definition, name, self._source) for name, definition in tables}
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
            with self._told("changed"), self._connection.transaction():
                for statement in statements:
                    self._run(statement)
                self._keep("_jst_tables", "definition", {table.name: json.dumps(as_data(found.after))})
        self._tables[table.name] = found.after
        self._writers[table.name] = _Writer(found.after)
        return found.after

    def misfit(self, table: Table, row: Row) -> Misfit | None:
        """PostgreSQL takes no U+0000."""
        return misfit_of(table.columns, row)

    def commit(self, batch: Sequence[TableRows], progress: Progress) -> Mapping[str, int]:
        """Store the rows, their keys and the progress in one transaction."""
        stored = {}
        with self._told("written"), self._connection.transaction(), self._connection.cursor() as cursor:
            for each in batch:
                rows, keys = first_of_each(each, self._known(each))
                writer = self._writers[each.table.name]
                with cursor.copy(writer.statement) as copy:
                    for row in rows:
                        copy.write_row(writer.values(row))
                if keys:
                    with cursor.copy("COPY _jst_keys FROM STDIN") as copy:
                        for key in keys:
                            copy.write_row((each.table.name, key))
                stored[each.table.name] = len(rows)
            self._keep("_jst_progress", "progress", progress)
        return stored

    def close(self) -> None:
        """Disconnect: that lets go of the lock."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, statement: str, values: Sequence[Any] | None = None) -> Any:
        assert self._connection is not None, "open comes first"
        return self._connection.execute(statement, values)

    def _keep(self, table: str, column: str, texts: Mapping[str, str]) -> None:
        """Keep a text by each name, in a table of ours."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_KEEP.format(table, column, column), list(texts.items()))

    def _lock(self) -> None:
        query = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema())), current_schema()"
        deadline = time.monotonic() + SECONDS_OF_WAITING
        while True:
            is_locked, schema = self._run(query, (_LOCK,)).fetchone()
            if schema is None:
                raise TargetError(
                    "there is no schema for tables in the search path",
                    source=self._source,
                    remedy="Make one, or name one: `options=-csearch_path=NAME` in the connection.",
                )
            if is_locked:
                return
            if time.monotonic() > deadline:
                raise TargetError(
                    f"another run of jst loads into the schema {schema}",
                    source=self._source,
                    remedy="Wait for its end, or end it.",
                )
            time.sleep(0.1)

    def _known(self, rows: TableRows) -> frozenset[bytes]:
        """Those of the keys of a batch that earlier commits brought."""
        keys = [key for key in rows.keys if key is not None]
        if not keys:
            return frozenset()
        query = "SELECT key FROM _jst_keys WHERE name = %s AND key = ANY(%s)"
        return frozenset(bytes(key) for (key,) in self._run(query, (rows.table.name, keys)).fetchall())

    def _check(self, found: Change) -> None:
        """The table has the columns that we know, or there is none."""
        there = dict(self._run(_COLUMNS, (short_name(found.after.name),)).fetchall())
        if found.before is None and there:
            raise made_by_others(found.after.name, self._source)
        if found.before is not None:
            wanted = {short_name(each.name): _as_told(each.type) for each in found.before.columns.fields}
            check_columns(self._source, found.before, there, wanted)

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            said = " ".join(str(error).split()) or type(error).__name__
            raise TargetError(
                f"the database cannot be {done}: {said}",
                source=self._source,
                remedy="What was committed before is there. Mend it, and run the same command again.",
            ) from error


class _Writer:
    """The statement that takes rows of a table, and how a row is written to it."""

    def __init__(self, table: Table) -> None:
        fields = table.columns.fields
        names = ", ".join(dialect.name(each.name) for each in fields)
        self.statement = f"COPY {dialect.name(table.name)} ({names}) FROM STDIN"
        converted = ((index, _converter(each.type)) for index, each in enumerate(fields))
        self._converters = [(index, convert) for index, convert in converted if convert is not None]

    def values(self, row: Row) -> Sequence[Any]:
        """The values of a row, as psycopg writes them."""
        values = list(row)
        for index, convert in self._converters:
            if values[index] is not None:
                values[index] = convert(values[index])
        return values


def _converter(type_: Type) -> Callable[[Any], Any] | None:
    """What makes a nested value the text of jsonb; ``None`` for what a column takes as it is."""
    if isinstance(type_, Array | Map | Struct) and dialect.type_text(type_) == "jsonb":
        return nested_text(type_)
    return None


def _as_told(type_: Type) -> str:
    """A type as the catalogue of PostgreSQL writes it."""
    return dialect.type_text(type_).replace(dialect.type_text(Scalar.TIMESTAMP), "timestamp with time zone")
