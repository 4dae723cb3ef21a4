"""Rows into tables of Delta, a folder for each: the only module that imports deltalake.

The files of a commit are written under hidden names, and the manifest that names them is the commit, as in any folder.
Then each table takes its rows, by one commit of its log that has the number of ours: it takes none twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from jsonschema_tools.installation import remedy_of
from jsonschema_tools.tables.dialects import delta as dialect
from jsonschema_tools.tables.dialects.sql import refused
from jsonschema_tools.tables.model import Added, Table, Widened
from jsonschema_tools.tables.stored import change
from jsonschema_tools.tables.types import Struct, plain
from jsonschema_tools.targets.arrow import arrow_schema
from jsonschema_tools.targets.delta_schema import restricted, type_text, with_new_comments
from jsonschema_tools.targets.folder import FolderTarget, hidden, sync
from jsonschema_tools.targets.model import Stored, TargetError, check_columns
from jsonschema_tools.targets.parquet import write

APPLICATION = "jst"
"""By which the log of a table knows the number of our last commit in it."""


_UNFIT = re.compile(r"[\x00-\x1f\x7f%\[\]\\^|]")
"""What deltalake 1.6 does not take in the name of a folder: it ends the whole program, or takes it for another name."""


def delta_target(folder: Path) -> DeltaTarget:
    """The target of a folder. Raises `TargetError` where deltalake or pyarrow is not installed, or cannot use it."""
    found = _UNFIT.search(str(folder.absolute()))
    if found is not None:
        raise TargetError(
            f"deltalake takes no {found[0]!r} in the name of a folder",
            source=str(folder),
            remedy="Name another folder.",
        )
    try:
        import deltalake  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise TargetError("deltalake is not installed", remedy=remedy_of("delta")) from error
    return DeltaTarget(folder)


class DeltaTarget(FolderTarget):
    """A folder of tables of Delta."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "parquet", write, takes_arrow=True)

    def open(self) -> Stored:
        """As any folder; a table whose folder people moved away is none that we know."""
        progress = super().open().progress
        self._tables = {name: table for name, table in self._tables.items() if _is_table(self._folder / name)}
        return Stored(dict(self._tables), progress)

    def prepare(self, table: Table) -> Table:
        """Make the table, or give it new columns."""
        before = self._tables.get(table.name)
        found = change(before, table)
        steps = found.evolution.steps if found.evolution is not None else ()
        for step in steps:
            if isinstance(step, Widened):
                raise refused("Delta", table, step).replaced(
                    remedy="Move the folder of the table away: then a new one is made, and loaded by `--again`."
                )
        place = self._folder / table.name
        with self._failing(table):
            if before is not None:
                self._check(before)
                if any(isinstance(step, Added) for step in steps):
                    _merge(place, found.after)
                return super().prepare(table)
            prepared = super().prepare(table)
            # First the manifest knows it: a folder that it does not know is one of others.
            self._keep()
            _create(place, prepared)
        return prepared

    def _finish(self, files: Sequence[str]) -> None:
        for name in files:
            path = self._folder / name
            if hidden(path).exists():
                self._append(self._tables[path.parent.name], hidden(path))
                hidden(path).unlink()

    def _append(self, table: Table, rows: Path) -> None:
        """Give a table the rows of a file, unless it has them."""
        from deltalake import CommitProperties, DeltaTable, Transaction
        from pyarrow import Table as ArrowTable
        from pyarrow.parquet import ParquetFile

        place = rows.parent
        with self._failing(table):
            if (DeltaTable(place).transaction_version(APPLICATION) or 0) >= self._commits:
                return
            schema = arrow_schema(replace(table, columns=cast(Struct, plain(table.columns))))
            read = ArrowTable.from_arrays(ParquetFile(rows).read().columns, schema=schema)
            _write(place, read, CommitProperties(app_transactions=[Transaction(APPLICATION, self._commits)]))

    def _check(self, table: Table) -> None:
        """The table has the columns that we know."""
        types = {each["name"]: each["type"] for each in _schema(self._folder / table.name)["fields"]}
        wanted = {each.name: dialect.type_data(each.type) for each in table.columns.fields}
        # Fields that were added inside of ours, by a run that was killed or by others, are no difference.
        found = {name: type_text(restricted(types[name], type_)) for name, type_ in wanted.items() if name in types}
        check_columns(str(self._folder), table, found, {name: type_text(type_) for name, type_ in wanted.items()})

    @contextmanager
    def _failing(self, table: Table) -> Iterator[None]:
        from deltalake.exceptions import DeltaError

        try:
            yield
        except (DeltaError, ValueError) as error:
            raise TargetError(
                f"the table {table.name} cannot be used: {' '.join(str(error).split())}",
                source=str(self._folder),
                remedy="What was committed comes with the next run. Mend it, and run the same command again.",
            ) from error


def _is_table(place: Path) -> bool:
    from deltalake import DeltaTable

    return bool(DeltaTable.is_deltatable(str(place)))


def _create(place: Path, table: Table) -> None:
    from deltalake import DeltaTable, Schema

    [text] = dialect.create(table)
    DeltaTable.create(place, Schema.from_json(text), name=table.name, description=table.description or None)


def _schema(place: Path) -> Any:
    """The schema of a table, as data."""
    from deltalake import DeltaTable

    return json.loads(DeltaTable(place).schema().to_json())


def _merge(place: Path, table: Table) -> None:
    """Give a table the columns that it lacks."""
    columns = cast(Struct, with_new_comments(table.columns, _schema(place)))
    _write(place, arrow_schema(replace(table, columns=columns), "comment").empty_table())


def _write(place: Path, rows: Any, commit: Any = None) -> None:
    """Add rows, and columns, in one commit."""
    from deltalake import DeltaTable, WriterProperties, write_deltalake

    properties = WriterProperties(compression="ZSTD")
    log = DeltaTable(place)
    write_deltalake(
        log, rows, mode="append", schema_mode="merge", writer_properties=properties, commit_properties=commit
    )
    _sync_version(place, log.version())


def _sync_version(folder: Path, version: int) -> None:
    """See to it that a commit is on disk: its rows are nowhere else from then on."""
    log = folder / "_delta_log"
    entry = log / f"{version:020}.json"
    for line in entry.read_bytes().splitlines():
        added = json.loads(line).get("add")
        if added is not None:
            sync(folder / unquote(added["path"]))
    for path in (entry, log, folder):
        sync(path)
