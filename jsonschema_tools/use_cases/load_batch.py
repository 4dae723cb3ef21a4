"""The rows that wait for the next commit, and what is counted of them."""

from __future__ import annotations

from collections.abc import Mapping

from jsonschema_tools.reports.load import LoadReport, TableCount
from jsonschema_tools.tables.model import Table
from jsonschema_tools.targets.model import TableRows
from jsonschema_tools.use_cases.load_parts import Made

_BYTES = 64 * 2**20
"""The text of the events in one commit, at most about: their rows are in memory."""


class RowBatch:
    """Rows by their tables."""

    def __init__(self) -> None:
        self._rows: dict[str, TableRows] = {}
        self.counts = LoadReport()
        self.events = 0
        """Events whose rows it has, and those that have none."""

        self.size = 0
        """The bytes of their texts."""

    def add(self, made: Made, tables: Mapping[str, Table]) -> None:
        """Add what was made of a chunk of events; ``tables`` by their names."""
        for name, part in made.parts.items():
            if name not in self._rows:
                self._rows[name] = TableRows(tables[name])
            rows = self._rows[name]
            rows.rows += part.rows
            rows.keys += part.keys
            rows.arrow += part.arrow
        self.counts.add(made.counts)
        self.events += made.events
        self.size += made.size

    def has(self, name: str) -> bool:
        """Whether it has rows of a table."""
        return name in self._rows

    def is_full(self, events: int) -> bool:
        """Whether it has so many events, or so much text, that it is to be committed."""
        return self.events >= events or self.size >= _BYTES

    def rows(self) -> list[TableRows]:
        """The rows by their tables."""
        return list(self._rows.values())

    def counted(self, stored: Mapping[str, int]) -> LoadReport:
        """The counts, once it is committed and so many rows were stored by table."""
        for name, rows in self._rows.items():
            count = self.counts.tables.setdefault(name, TableCount())
            count.rows = stored.get(name, 0)
            count.duplicates = len(rows) - count.rows
        return self.counts
