"""Results that are kept between runs: a file of SQLite in the user's cache folder.

What is kept is never needed: where the file is not the user's own, lies in a working tree, is damaged, locked or full,
results are made anew. Whatever is kept has a key of all that it was made of, the program included.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jsonschema_tools.files import cache_directory
from jsonschema_tools.git.process import nearest_top
from jsonschema_tools.installation import fingerprint, signature
from jsonschema_tools.repository.kept_values import NoValue, value_of, written
from jsonschema_tools.settings import Config

NAME: Final = "results.sqlite"

LIMIT: Final = 512 * 2**20
"""Bytes of the file, about: what was kept first goes first."""

_SWITCH = "JST_CACHE"
_OFF = frozenset({"0", "off", "no", "false"})
_WAIT = 2.0


class ResultCache:
    """Values by key, shared by any number of processes; ``None`` for what is not known.

    A value is kept in a place: the next one for that place takes it. What is kept is written by `close`.
    """

    def __init__(self, file: Path, program: bytes = b"", limit: int = LIMIT) -> None:
        self.program = program
        self._file = file
        self._limit = limit
        self._waiting: dict[bytes, tuple[bytes, Any]] = {}
        self._opened: dict[int, sqlite3.Connection | None] = {}

    def get(self, key: bytes, place: bytes | None = None) -> Any:
        """What was kept under a key in a place, by default the one of the key alone; ``None`` for nothing."""
        key = self._own(key)
        place = key if place is None else place
        waiting = self._waiting.get(place)
        if waiting is not None:
            return waiting[1] if waiting[0] == key else None
        database = self._database
        if database is None:
            return None
        try:
            found = database.execute("SELECT key, digest, value FROM kept WHERE place = ?", (place,)).fetchone()
            if found is None or found[0] != key or found[1] != sha256(key + found[2]).digest():
                return None
        except _ERRORS as error:
            return self._failed(database, error)
        return value_of(found[2])

    def keep(self, key: bytes, value: Any, place: bytes | None = None) -> None:
        """Keep a value for the next run, as it will be when this one is closed."""
        key = self._own(key)
        self._waiting[key if place is None else place] = (key, value)

    def close(self) -> None:
        """Write what is to be kept, all of it or nothing."""
        waiting, self._waiting = self._waiting, {}
        database = self._database if waiting else self._opened.get(os.getpid())
        self._opened[os.getpid()] = None
        if database is None:
            return
        try:
            if waiting:
                self._write(database, waiting)
        except _ERRORS as error:
            self._failed(database, error)
        finally:
            with suppress(sqlite3.Error):
                database.close()

    def _write(self, database: sqlite3.Connection, waiting: Mapping[bytes, tuple[bytes, Any]]) -> None:
        rows = []
        for place, (key, value) in waiting.items():
            with suppress(NoValue):
                text = written(value)
                rows.append((place, key, sha256(key + text).digest(), text))
        size = sum(len(row[3]) for row in rows)
        if size > self._limit // 2:
            return
        with database:
            database.execute("BEGIN IMMEDIATE")
            pages, free, page = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in _SIZES)
            if (pages - free) * page + size > self._limit:
                half = "SELECT rowid FROM kept ORDER BY rowid LIMIT (SELECT (count(*) + 1) / 2 FROM kept)"
                database.execute(f"DELETE FROM kept WHERE rowid IN ({half})")
            database.executemany("INSERT OR REPLACE INTO kept (place, key, digest, value) VALUES (?, ?, ?, ?)", rows)

    @property
    def _database(self) -> sqlite3.Connection | None:
        """The file, opened when it is first needed, and in each process for itself: none is used on both sides of a
        fork."""
        if os.getpid() not in self._opened:
            if self._opened:
                self._waiting = {}
            self._opened[os.getpid()] = _opened(self._file)
        return self._opened[os.getpid()]

    def _failed(self, database: sqlite3.Connection, error: Exception) -> None:
        """Go on without: what is damaged is removed, for the next run."""
        self._opened[os.getpid()] = None
        with suppress(sqlite3.Error):
            database.close()
        if _is_damage(error):
            _remove(self._file)

    def _own(self, key: bytes) -> bytes:
        return sha256(self.program + key).digest()


_SIZES = ("page_count", "freelist_count", "page_size")


def open_cache(config: Config) -> ResultCache | None:
    """The cache of the user's results; ``None`` where none is wanted or can be trusted."""
    if not config.cache or os.environ.get(_SWITCH, "").lower() in _OFF:
        return None
    folder = Path(os.path.realpath(cache_directory())) / "results"
    if _is_in_tree(folder, config) or not _is_own(folder):
        return None
    cache = ResultCache(folder / NAME)
    try:
        cache.program = _program(cache)
    except OSError:
        return None
    return cache


def _program(cache: ResultCache) -> bytes:
    """The fingerprint of the program. To read all of it takes longer than to check some titles: that is done once."""
    key = signature()
    known = cache.get(key)
    if isinstance(known, bytes):
        return known
    found = fingerprint()
    cache.keep(key, found)
    return found


def _is_in_tree(folder: Path, config: Config) -> bool:
    """Whether a folder lies where somebody else's commit could put files."""
    tops = {config.root, config.schema_base_path, nearest_top(config.root), nearest_top(config.schema_base_path)}
    return nearest_top(folder.parent) is not None or any(
        top is not None and folder.is_relative_to(os.path.realpath(top)) for top in tops
    )


def _is_own(folder: Path) -> bool:
    """Whether a folder is the user's alone to write to, made where it is not there yet."""
    try:
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        files = [path.lstat() for path in folder.iterdir() if path.name.startswith(NAME)]
    except OSError:
        return False
    mine = os.geteuid() if hasattr(os, "geteuid") else found.st_uid
    return stat.S_ISDIR(found.st_mode) and all(
        each.st_uid == mine and not each.st_mode & _OTHERS_WRITE and not stat.S_ISLNK(each.st_mode)
        for each in (found, *files)
    )


_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def _opened(file: Path) -> sqlite3.Connection | None:
    for _ in range(2):
        database = None
        try:
            database = sqlite3.connect(file, timeout=_WAIT, isolation_level=None)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS kept (place BLOB PRIMARY KEY, key BLOB, digest BLOB, value BLOB)"
            )
            file.chmod(0o600)
        except (*_ERRORS, OSError) as error:
            if database is not None:
                database.close()
            if not _is_damage(error):
                return None
            _remove(file)
        else:
            return database
    return None


_ERRORS = (sqlite3.Error, UnicodeError, TypeError)
"""What reading a file may raise of which not even the messages are in order."""

_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


def _is_damage(error: Exception) -> bool:
    """Whether it is the file that is wrong, and not the moment or the disk."""
    if isinstance(error, OSError | sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return False
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _PASSING


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        with suppress(OSError):
            file.with_name(name).unlink()
