"""Rows into a database of MariaDB or MySQL: the rows and the progress in one transaction.

Statements that change a table commit by themselves there. So a table is remembered before it is made or changed, and
what a killed run left half done is done again: all of it can be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from jsonschema_tools.installation import remedy_of
from jsonschema_tools.tables.dialects import mysql as dialect
from jsonschema_tools.tables.model import Added, Evolution, Step, Table, Widened
from jsonschema_tools.tables.rows import Row
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.stored import as_data, change
from jsonschema_tools.targets.definitions import made_by_others, table_of
from jsonschema_tools.targets.keys import first_of_each
from jsonschema_tools.targets.model import Progress, Stored, TableRows, TargetError, check_columns
from jsonschema_tools.targets.mysql_connection import arguments_of
from jsonschema_tools.targets.mysql_values import RowWriter, column_name, misfit_of, told_type

SECONDS_OF_WAITING = 10
"""A server may take a while to see that a run was killed, and to let go of its lock."""

KEYS_AT_ONCE = 5000
"""Keys in a statement: servers take 16 MiB at most, by default."""

_BEGUN, _READY = "begun", "ready"
_LIKE = "ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin"
_OURS = (
    "CREATE TABLE IF NOT EXISTS _jst_tables (name VARCHAR(255) PRIMARY KEY, definition LONGTEXT NOT NULL, "
    f"state VARCHAR(9) NOT NULL) {_LIKE}",
    "CREATE TABLE IF NOT EXISTS _jst_progress (digest BINARY(32) PRIMARY KEY, name LONGTEXT NOT NULL, "
    f"progress LONGTEXT NOT NULL) {_LIKE}",
    f"CREATE TABLE IF NOT EXISTS _jst_keys (name VARCHAR(255), digest BINARY(32), PRIMARY KEY (name, digest)) {_LIKE}",
)
_SESSION = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION default_storage_engine = InnoDB",
)


class MysqlTarget:
    """A database of MariaDB or MySQL; its lock is a named one of the server, which goes with the connection.

    Args:
        url: ``//user@host:3306/database?unix_socket=PATH``, as in `arguments_of`.
    """

    keys_across_runs = True
    takes_arrow = False

    def __init__(self, url: str) -> None:
        self._arguments = arguments_of(url)
        self._source = f"mysql:{self._arguments['database']}"
        self._tables: dict[str, Table] = {}
        self._begun: dict[str, Table] = {}
        self._writers: dict[str, RowWriter] = {}
        self._connection: Any = None
        self._is_mariadb = True

    def open(self) -> Stored:
        """Connect, and take the lock."""
        try:
            import pymysql
        except ImportError as error:
            raise TargetError("PyMySQL is not installed", source=self._source, remedy=remedy_of("mysql")) from error
        with self._told("opened"):
            self._connection = pymysql.connect(charset="utf8mb4", autocommit=True, **self._arguments)
            for statement in _SESSION:
                self._run(statement)
            self._is_mariadb = "mariadb" in self._run("SELECT version()")[0][0].lower()
            self._lock()
            for statement in _OURS:
                if not self._has(statement.split()[5]):
                    self._run(statement)
            tables = self._run("SELECT name, definition, state FROM _jst_tables")
            progress = dict(self._run("SELECT name, progress FROM _jst_progress"))
        for name, definition, state in tables:
            known = self._tables if state == _READY else self._begun
            known[name] = table_of(definition, name, self._source)
        return Stored(dict(self._tables), progress)

    def prepare(self, table: Table) -> Table:
        """Make or change the table, a statement at a time; what was begun before is brought to its end."""
        name, begun = table.name, self._begun.get(table.name)
        before = self._tables.get(name)
        found = change(before or begun, table)
        with self._told("changed"):
            there = self._columns(name)
            if found.before is None and there:
                raise made_by_others(name, self._source)
            if before is not None:
                check_columns(self._source, before, there, self._types(before))
            if found.after != before:
                self._change(found.after, there)
        self._tables[name] = found.after
        self._begun.pop(name, None)
        self._writers[name] = RowWriter(found.after)
        return found.after

    def misfit(self, table: Table, row: Row) -> Misfit | None:
        """JSON is nested less deeply there than events may be."""
        return misfit_of(table.columns, row, is_mariadb=self._is_mariadb)

    def commit(self, batch: Sequence[TableRows], progress: Progress) -> Mapping[str, int]:
        """Store the rows, their keys and the progress in one transaction."""
        stored = {}
        with self._told("written"), self._transaction(), self._connection.cursor() as cursor:
            for each in batch:
                writer = self._writers[each.table.name]
                rows, keys = first_of_each(each, self._known(each))
                if rows:
                    cursor.executemany(writer.statement, [writer.values(row) for row in rows])
                if keys:
                    named = [(each.table.name, _digest(key)) for key in keys]
                    cursor.executemany("INSERT INTO _jst_keys (name, digest) VALUES (%s, %s)", named)
                stored[each.table.name] = len(rows)
            for name, text in progress.items():
                values = (_digest(name.encode("utf-8", "surrogateescape")), name, text)
                cursor.execute("REPLACE INTO _jst_progress (digest, name, progress) VALUES (%s, %s, %s)", values)
        return stored

    def close(self) -> None:
        """Disconnect: that lets go of the lock."""
        if self._connection is not None:
            with suppress(self._failure):
                self._connection.close()
            self._connection = None

    @property
    def _failure(self) -> type[Exception]:
        from pymysql import MySQLError

        failure: type[Exception] = MySQLError
        return failure

    def _run(self, statement: str, values: Sequence[Any] | None = None) -> Any:
        assert self._connection is not None, "open comes first"
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def _lock(self) -> None:
        # Names of locks have 64 characters at most, and count for the whole server.
        name = f"jst {_digest(self._arguments['database'].encode()).hex()[:32]}"
        if self._run("SELECT GET_LOCK(%s, %s)", (name, SECONDS_OF_WAITING))[0][0] != 1:
            raise TargetError(
                f"another run of jst loads into the database {self._arguments['database']}",
                source=self._source,
                remedy="Wait for its end, or end it.",
            )

    def _has(self, table: str) -> bool:
        query = "SELECT 1 FROM information_schema.tables WHERE table_schema = database() AND table_name = %s"
        return bool(self._run(query, (table,)))

    def _columns(self, table: str) -> dict[str, str]:
        query = (
            "SELECT column_name, column_type FROM information_schema.columns "
            "WHERE table_schema = database() AND table_name = %s"
        )
        return {name: told_type(type_) for name, type_ in self._run(query, (column_name(table),))}

    def _known(self, rows: TableRows) -> frozenset[bytes]:
        """Those of the keys of a batch that earlier commits brought."""
        by_digest = {_digest(key): key for key in rows.keys if key is not None}
        query, digests, known = "SELECT digest FROM _jst_keys WHERE name = %s AND digest IN %s", list(by_digest), set()
        for start in range(0, len(digests), KEYS_AT_ONCE):
            found = self._run(query, (rows.table.name, digests[start : start + KEYS_AT_ONCE]))
            known |= {by_digest[bytes(digest)] for (digest,) in found}
        return frozenset(known)

    def _types(self, table: Table) -> dict[str, str]:
        """The types of the columns of a table, as the server tells them."""
        told = {each.name: dialect.type_text(each.type) for each in table.columns.fields}
        return {column_name(name): told_type(type_, is_mariadb=self._is_mariadb) for name, type_ in told.items()}

    def _change(self, after: Table, there: Mapping[str, str]) -> None:
        """Make a table out of the columns that are there, if any."""
        self._keep(after, _BEGUN)
        for statement in dialect.evolve(after, self._missing(after, there)) if there else dialect.create(after):
            self._run(statement)
        check_columns(self._source, after, self._columns(after.name), self._types(after))
        self._keep(after, _READY)

    def _missing(self, after: Table, there: Mapping[str, str]) -> Evolution:
        """What the columns that are there lack: columns, and types that are wide enough."""
        steps: list[Step] = []
        for field, wanted in zip(after.columns.fields, self._types(after).items(), strict=True):
            name, type_ = wanted
            if name not in there:
                steps.append(Added((field.name,), field))
            elif there[name] != type_:
                steps.append(Widened((field.name,), field.type, field.type))
        return Evolution(after.columns, after.columns, tuple(steps))

    def _keep(self, table: Table, state: str) -> None:
        values = (table.name, json.dumps(as_data(table)), state)
        self._run("REPLACE INTO _jst_tables (name, definition, state) VALUES (%s, %s, %s)", values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._run("START TRANSACTION")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            with suppress(self._failure):
                self._run("ROLLBACK")
            raise

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        try:
            yield
        except self._failure as error:
            said = " ".join(str(part) for part in error.args[1:]) or str(error) or type(error).__name__
            raise TargetError(
                f"the database cannot be {done}: {said}",
                source=self._source,
                remedy="What was committed before is there. Mend it, and run the same command again.",
            ) from error


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
