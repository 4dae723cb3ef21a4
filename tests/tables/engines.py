"""Real engines for tests: those of a package in this process, and servers that are started in a folder of their own."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from jsonschema_tools.tables.dialects import Dialect, dialect, duckdb
from jsonschema_tools.tables.model import Table


class Engine(Protocol):
    """What a test does with an engine."""

    dialect: Dialect

    def run(self, statements: Sequence[str]) -> None:
        """Run statements, in order."""

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table, each with its type as the engine writes it."""

    def insert(self, table: Table, event: dict[str, Any]) -> None:
        """Put an event into a table."""

    def count(self, table: str) -> int:
        """The number of rows."""

    def close(self) -> None:
        """Leave nothing behind."""


class DuckDb:
    """DuckDB in memory."""

    def __init__(self, folder: Path) -> None:
        import duckdb as package

        self.dialect = dialect("duckdb")
        self._folder = folder
        self._connection = package.connect()
        self._connection.execute("SET TimeZone = 'UTC'")

    def run(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self._connection.execute(statement)

    def columns(self, table: str) -> dict[str, str]:
        return {row[0]: row[1] for row in self._connection.execute(f'DESCRIBE "{table}"').fetchall()}

    def insert(self, table: Table, event: dict[str, Any]) -> None:
        if not event:
            self._connection.execute(f'INSERT INTO "{table.name}" DEFAULT VALUES')
            return
        file = self._folder / "event.jsonl"
        file.write_text(json.dumps(event), "utf-8")
        types = {each.name: duckdb.type_text(each.type) for each in table.columns.fields}
        columns = ", ".join(f"{_text(name)}: {_text(type_)}" for name, type_ in types.items())
        read = f"read_json({_text(str(file))}, format = 'newline_delimited', columns = {{{columns}}})"
        self._connection.execute(f'INSERT INTO "{table.name}" BY NAME SELECT * FROM {read}')

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows, as JSON has them."""
        found = self._connection.execute(f'SELECT to_json(t) FROM "{table}" t').fetchall()
        return [json.loads(row[0]) for row in found]

    def count(self, table: str) -> int:
        return int(self._connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0])

    def close(self) -> None:
        self._connection.close()


class Sqlite:
    """SQLite in memory."""

    def __init__(self, _folder: Path) -> None:
        self.dialect = dialect("sqlite")
        self._connection = sqlite3.connect(":memory:")

    def run(self, statements: Sequence[str]) -> None:
        with self._connection:
            for statement in statements:
                self._connection.execute(statement)

    def columns(self, table: str) -> dict[str, str]:
        return {row[1]: row[2] for row in self._connection.execute(f'PRAGMA table_info("{table}")')}

    def insert(self, table: Table, event: dict[str, Any]) -> None:
        _insert(self._connection.execute, table, event, "?", '"')

    def count(self, table: str) -> int:
        return int(self._connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])

    def close(self) -> None:
        self._connection.close()


class Postgres:
    """A database of a server of PostgreSQL."""

    def __init__(self, socket: str) -> None:
        import psycopg

        self.dialect = dialect("postgres")
        self._connection = psycopg.connect(f"host={socket} user=postgres dbname=postgres", autocommit=True)

    def run(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self._connection.execute(statement.encode())

    def columns(self, table: str) -> dict[str, str]:
        query = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        return dict(self._connection.execute(query, (f'"{table}"',)).fetchall())

    def insert(self, table: Table, event: dict[str, Any]) -> None:
        populate = f'INSERT INTO "{table.name}" SELECT * FROM jsonb_populate_record(NULL::"{table.name}", %s::jsonb)'
        self._connection.execute(populate.encode(), (json.dumps(event),))

    def count(self, table: str) -> int:
        row = self._connection.execute(f'SELECT count(*) FROM "{table}"'.encode()).fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        self.run(["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"])
        self._connection.close()


class Mysql:
    """A database of a server of MariaDB."""

    def __init__(self, socket: str) -> None:
        import pymysql

        self.dialect = dialect("mysql")
        self._connection = pymysql.connect(unix_socket=socket, user="root", autocommit=True)
        self.run(["CREATE DATABASE IF NOT EXISTS events", "USE events", "SET time_zone = '+00:00'"])

    def _execute(self, statement: str, values: Sequence[Any] | None = None) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def run(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self._execute(statement)

    def columns(self, table: str) -> dict[str, str]:
        return {row[0]: row[1] for row in self._execute(f"SHOW COLUMNS FROM `{table}`")}

    def insert(self, table: Table, event: dict[str, Any]) -> None:
        times = {name: _time(value) for name, value in event.items()}
        _insert(self._execute, table, times, "%s", "`")

    def count(self, table: str) -> int:
        return int(self._execute(f"SELECT count(*) FROM `{table}`")[0][0])

    def close(self) -> None:
        self.run(["DROP DATABASE events"])
        self._connection.close()


def _time(value: Any) -> Any:
    is_time = isinstance(value, str) and value[10:11] == "T" and value.endswith("Z") and value[:4].isdecimal()
    return value[:10] + " " + value[11:-1] if is_time else value


def _insert(execute: Callable[..., Any], table: Table, event: dict[str, Any], mark: str, quote: str) -> None:
    known = {field.name for field in table.columns.fields}
    values = {name: value for name, value in event.items() if name in known}
    names = ", ".join(f"{quote}{name}{quote}" for name in values)
    if not values:
        execute(f"INSERT INTO {quote}{table.name}{quote} {'DEFAULT VALUES' if mark == '?' else '() VALUES ()'}")
        return
    plain = [json.dumps(value) if isinstance(value, dict | list) else value for value in values.values()]
    execute(f"INSERT INTO {quote}{table.name}{quote} ({names}) VALUES ({', '.join([mark] * len(plain))})", tuple(plain))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def postgres_programs() -> Path | None:
    """The folder of the programs of PostgreSQL; ``None`` where it is not installed."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return places[-1] if places else None


@contextmanager
def postgres_server() -> Iterator[str]:
    """A server in a folder of its own, which is the place of its socket."""
    programs = postgres_programs()
    assert programs is not None
    with _folder_of("postgres") as (folder, as_user):
        data = folder / "data"
        initdb = [str(programs / "initdb"), "--auth=trust", "--username=postgres", "--encoding=UTF8", "-D", str(data)]
        subprocess.run([*as_user, *initdb], check=True, capture_output=True)
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
        with _running([*as_user, str(programs / "postgres"), "-D", str(data), *options], folder / ".s.PGSQL.5432"):
            yield str(folder)


@contextmanager
def mysql_server() -> Iterator[str]:
    """A server of MariaDB in a folder of its own; yields its socket."""
    with _folder_of("mysql") as (folder, _):
        data, socket = folder / "data", folder / "socket"
        user = [f"--user={'mysql' if os.geteuid() == 0 else os.environ.get('USER', 'mysql')}"]
        options = ["--no-defaults", f"--datadir={data}", *user]
        install = ["mariadb-install-db", *options, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(install, check=True, capture_output=True)
        program = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        with _running([program, *options, "--skip-networking", f"--socket={socket}"], socket):
            yield str(socket)


def has_mysql() -> bool:
    """Whether MariaDB is installed."""
    return shutil.which("mariadb-install-db") is not None


@contextmanager
def _folder_of(user: str) -> Iterator[tuple[Path, list[str]]]:
    """A folder of the user of a server, which no server wants to be root, and what starts a program as that user."""
    with tempfile.TemporaryDirectory(prefix="jst-") as name:
        as_root = os.geteuid() == 0
        if as_root:
            shutil.chown(name, user, user)
        yield Path(name), ["runuser", "-u", user, "--"] if as_root else []


@contextmanager
def _running(command: Sequence[str], socket: Path) -> Iterator[None]:
    log = socket.with_name("log")
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as server:
        try:
            for _ in range(600):
                if socket.exists() or server.poll() is not None:
                    break
                time.sleep(0.1)
            assert server.poll() is None, log.read_text("utf-8", "replace")[-2000:]
            time.sleep(0.5)
            yield
        finally:
            server.terminate()
            server.wait(60)
