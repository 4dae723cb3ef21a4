"""Rows into tables of Iceberg, of any catalog that pyiceberg knows. The modules beside it import pyiceberg, too.

What is remembered of a table is a property of it; how far the sources are, says the table ``_jst_progress``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.installation import remedy_of
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Row
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.stored import Change, as_data, change
from jsonschema_tools.targets.definitions import made_by_others, table_of
from jsonschema_tools.targets.iceberg_commits import Ledger, Record, Staged, commit_once, discard, stage
from jsonschema_tools.targets.iceberg_files import write_files
from jsonschema_tools.targets.iceberg_schema import check_growth, grow, schema_of, types_of
from jsonschema_tools.targets.keys import first_of_each
from jsonschema_tools.targets.model import Progress, Stored, TableRows, TargetError, check_columns

_DEFINITION = "jst.table"
_MEND = "What was committed before is there. Mend it, and run the same command again."
_CONFIGURE = (
    "Configure the catalog for pyiceberg, in ~/.pyiceberg.yaml or by variables such as PYICEBERG_CATALOG__NAME__URI, "
    "see that it can be reached, and run the same command again."
)


class IcebergTarget:
    """A namespace of a catalog. Nothing locks it: of two runs, the one that commits later ends with an error.

    Args:
        place: the name of the catalog, as pyiceberg is configured, and behind a point that of the namespace.
    """

    keys_across_runs = False
    takes_arrow = False

    def __init__(self, place: str) -> None:
        self._name, _, namespace = place.partition(".")
        self._namespace = tuple(namespace.split("."))
        self._source = f"iceberg:{place}"
        if not self._name or not all(self._namespace):
            raise UsageError(
                f"{self._source} names no namespace", remedy="Name the catalog, and the namespace behind a point."
            )
        self._catalog: Any = None
        self._ledger: Ledger
        self._tables: dict[str, Table] = {}

    def open(self) -> Stored:
        """Load the catalog, and finish the commit of a run that was killed."""
        try:
            import pyarrow  # noqa: F401
            import pyiceberg  # noqa: F401
        except ImportError as error:
            raise TargetError("pyiceberg is not installed", source=self._source, remedy=remedy_of("iceberg")) from error
        with self._told("opened", _CONFIGURE):
            # It reads its configuration when it is imported.
            from pyiceberg.catalog import load_catalog

            self._catalog = load_catalog(self._name)
            self._catalog.create_namespace_if_not_exists(self._namespace)
            self._ledger = Ledger(self._catalog, self._namespace, self._source)
            self._ledger.publish()
            for name in self._ledger.record.tables:
                known = _definition(self._load(name), name, self._source)
                if known is not None:
                    self._tables[name] = known
        return Stored(dict(self._tables), dict(self._ledger.record.progress))

    def prepare(self, table: Table) -> Table:
        """Make or change the table, in one commit."""
        with self._told("read"):
            there = self._load(table.name)
            before = _definition(there, table.name, self._source)
        if there is not None and before is None:
            raise made_by_others(table.name, self._source)
        found = change(before, table)
        if found.evolution is not None:
            check_growth(table, found.evolution)
        with self._told("changed"):
            properties = {_DEFINITION: json.dumps(as_data(found.after))}
            if there is None:
                described = {"comment": table.description} if table.description else {}
                schema = schema_of(found.after.columns, table.name)
                self._catalog.create_table(self._path(table.name), schema, properties={**described, **properties})
            else:
                self._check(found, there)
                if found.after != before:
                    transaction = there.transaction().set_properties(properties)
                    if found.evolution is not None and found.evolution.steps:
                        with transaction.update_schema() as update:
                            grow(update, found.evolution)
                    commit_once(there, transaction)
        self._tables[table.name] = found.after
        return found.after

    def misfit(self, _table: Table, _row: Row) -> Misfit | None:
        """Iceberg takes every row."""
        return None

    def commit(self, batch: Sequence[TableRows], progress: Progress) -> Mapping[str, int]:
        """Write the files, commit them with the progress, and give them to their tables."""
        rows = {each.table.name: first_of_each(each)[0] for each in batch}
        record = self._ledger.record
        with self._told("written"):
            staged = self._staged([(each.table, rows[each.table.name]) for each in batch])
            merged = {**record.progress, **progress}
            self._ledger.commit(Record(record.number + 1, merged, sorted(self._tables), staged))
            self._ledger.publish()
        return {name: len(found) for name, found in rows.items()}

    def close(self) -> None:
        """Let go of the catalog."""
        if self._catalog is not None:
            self._catalog.close()
            self._catalog = None

    def _staged(self, tables: Sequence[tuple[Table, Sequence[Row]]]) -> list[Staged]:
        """The files of rows; none stay where some cannot be written."""
        done = list[tuple[Any, Staged]]()
        try:
            for known, rows in tables:
                if rows:
                    table = self._catalog.load_table(self._path(known.name))
                    done.append((table.io, stage(table, write_files(table, known, rows))))
        except BaseException:
            for io, staged in done:
                discard(io, staged)
            raise
        return [staged for _, staged in done]

    def _path(self, name: str) -> tuple[str, ...]:
        return (*self._namespace, name)

    def _load(self, name: str) -> Any:
        """The table of a name; ``None`` where there is none."""
        from pyiceberg.exceptions import NoSuchTableError

        try:
            return self._catalog.load_table(self._path(name))
        except NoSuchTableError:
            return None

    def _check(self, found: Change, there: Any) -> None:
        """The table has the columns that we know."""
        assert found.before is not None
        wanted = types_of(schema_of(found.before.columns, found.before.name))
        check_columns(self._source, found.before, types_of(there.schema()), wanted)

    @contextmanager
    def _told(self, done: str, remedy: str = _MEND) -> Iterator[None]:
        """Catalogs, file systems and Arrow have errors of their own, which have nothing in common."""
        try:
            yield
        except SchemaToolsError:
            raise
        except Exception as error:
            said = " ".join(str(error).split()) or type(error).__name__
            raise TargetError(
                f"the tables cannot be {done}: {said}",
                source=self._source,
                remedy=remedy,
            ) from error


def _definition(there: Any, name: str, source: str) -> Table | None:
    """The table of ours that is there."""
    text = there.properties.get(_DEFINITION) if there is not None else None
    return table_of(text, name, source) if text is not None else None
