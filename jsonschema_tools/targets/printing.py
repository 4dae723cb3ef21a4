"""A target that prints what would make its tables, and stores nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from jsonschema_tools.tables import migration, render
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Row
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.stored import change
from jsonschema_tools.targets.model import Progress, Stored, TableRows


class PrintingTarget:
    """Tells of each table, in the words of a dialect, once it is known."""

    keys_across_runs = False
    takes_arrow = False

    def __init__(self, dialect: str, put: Callable[[str], None]) -> None:
        self._dialect = dialect
        self._put = put
        self._tables: dict[str, Table] = {}

    def open(self) -> Stored:
        """There is nothing."""
        return Stored()

    def prepare(self, table: Table) -> Table:
        """Tell what makes the table, or changes it."""
        before = self._tables.get(table.name)
        found = change(before, table)
        text = render(found.after, self._dialect) if before is None else migration(before, found.after, self._dialect)
        if text:
            self._put(text.rstrip("\n"))
        self._tables[table.name] = found.after
        return found.after

    def misfit(self, _table: Table, _row: Row) -> Misfit | None:
        """It takes every row."""
        return None

    def commit(self, batch: Sequence[TableRows], _progress: Progress) -> Mapping[str, int]:
        """Forget the rows."""
        return {each.table.name: len(each.rows) for each in batch}

    def close(self) -> None:
        """Nothing is open."""
