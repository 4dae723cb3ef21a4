"""Rows into files of a folder, a folder for each table: new files with each commit, and a manifest that commits them.

A commit writes its files under hidden names, then the manifest, by one rename, and gives the files their names. What
the manifest names is there: where a run was killed before the files had their names, the next one gives them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Row
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.stored import as_data, change, from_data
from jsonschema_tools.targets.keys import kept_of
from jsonschema_tools.targets.locking import FileLock
from jsonschema_tools.targets.model import Progress, Stored, TableRows, TargetError

MANIFEST = "_jst.json"
"""Readers of such folders pass over names that begin with ``_`` or ``.``."""

Write = Callable[[TableRows, Sequence[int] | None, Path], None]
"""Writes rows of a table, or those of them with some indexes, to a new file; raises `OSError`, or `TargetError`."""


class FolderTarget:
    """A folder of files.

    Args:
        folder: where the folders of the tables are.
        extension: of the files.
        write: what makes a file of rows.
        takes_arrow: it takes batches of Arrow.
    """

    keys_across_runs = False

    def __init__(self, folder: Path, extension: str, write: Write, *, takes_arrow: bool = False) -> None:
        self.takes_arrow = takes_arrow
        self._folder = folder
        self._extension = extension
        self._write = write
        self._lock = FileLock(folder.absolute())
        self._tables: dict[str, Table] = {}
        self._progress: dict[str, str] = {}
        self._commits = 0

    def open(self) -> Stored:
        """Make the folder, or finish and clear away what a killed run left in it."""
        with self._told("opened"):
            self._folder.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        with self._told("opened"):
            text = self._manifest.read_bytes() if self._manifest.exists() else None
            if text is not None:
                self._restore(text)
            self._clear()
        return Stored(dict(self._tables), dict(self._progress))

    def prepare(self, table: Table) -> Table:
        """Know the table. Files have their own columns: those that are there stay as they are."""
        before = self._tables.get(table.name)
        found = change(before, table)
        folder = self._folder / table.name
        if before is None and folder.exists() and any(folder.iterdir()):
            raise TargetError(
                f"there is a folder {table.name} that `jst load` has not made",
                source=str(self._folder),
                remedy="Rename it, or load into another folder.",
            )
        self._tables[table.name] = found.after
        return found.after

    def misfit(self, _table: Table, _row: Row) -> Misfit | None:
        """Files take every row."""
        return None

    def commit(self, batch: Sequence[TableRows], progress: Progress) -> Mapping[str, int]:
        """Write a file for each table that has rows, and the manifest."""
        number = self._commits + 1
        stored, files = {}, []
        with self._told("written"):
            for each in batch:
                kept, _ = kept_of(each)
                stored[each.table.name] = len(each) if kept is None else len(kept)
                if stored[each.table.name]:
                    files.append(f"{each.table.name}/{number:08}.{self._extension}")
                    self._write_hidden(each, kept, self._folder / files[-1])
            merged = {**self._progress, **progress}
            self._write_manifest(number, merged, files)
            self._commits, self._progress = number, merged
            self._finish(files)
        return stored

    def close(self) -> None:
        """Let others in."""
        self._lock.release()

    @property
    def _manifest(self) -> Path:
        return self._folder / MANIFEST

    def _write_hidden(self, rows: TableRows, kept: Sequence[int] | None, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        new = hidden(path)
        try:
            self._write(rows, kept, new)
        except BaseException:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise
        sync(new)
        sync(path.parent)

    def _keep(self) -> None:
        """Write what is known of tables; the files of the last commit have their names."""
        with self._told("written"):
            self._write_manifest(self._commits, self._progress, [])

    def _write_manifest(self, number: int, progress: Progress, files: Sequence[str]) -> None:
        """Commit: what is in the manifest is stored."""
        manifest = {
            "version": 1,
            "commit": number,
            "files": files,
            "progress": dict(progress),
            "tables": {name: as_data(table) for name, table in self._tables.items()},
        }
        new = hidden(self._manifest)
        new.write_text(json.dumps(manifest), encoding="utf-8")
        sync(new)
        new.replace(self._manifest)
        sync(self._folder)

    def _restore(self, text: bytes) -> None:
        try:
            manifest: dict[str, Any] = json.loads(text)
            self._commits = int(manifest["commit"])
            self._progress = dict(manifest["progress"])
            self._tables = {name: from_data(data) for name, data in manifest["tables"].items()}
            files = list(manifest["files"])
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise TargetError(
                f"the manifest cannot be read: {error}",
                source=str(self._manifest),
                remedy="Use the version of jst that wrote it, or load into another folder.",
            ) from error
        self._finish(files)

    def _finish(self, files: Sequence[str]) -> None:
        """Give the files of the last commit their names."""
        for name in files:
            path = self._folder / name
            with suppress(FileNotFoundError):
                hidden(path).rename(path)
        for folder in {(self._folder / name).parent for name in files}:
            if folder.is_dir():
                sync(folder)

    def _clear(self) -> None:
        """Remove files of a commit that did not come to its end."""
        for folder in (self._folder, *(self._folder / name for name in os.listdir(self._folder))):
            if folder.is_dir() and not folder.is_symlink():
                for path in folder.glob(f".jst-*.{self._extension}"):
                    path.unlink()
        hidden(self._manifest).unlink(missing_ok=True)

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TargetError(
                f"the folder cannot be {done}: {error.strerror or error}",
                source=str(self._folder),
                remedy="What was committed before is there. Mend it, and run the same command again.",
            ) from error


def hidden(path: Path) -> Path:
    """The name that a file has until it is committed."""
    return path.with_name(f".jst-{path.name}")


def sync(path: Path) -> None:
    """See to it that a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
