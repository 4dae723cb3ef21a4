"""The tables of a target that events go to: made and changed there before the first rows of their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.naming import NameClash
from jsonschema_tools.tables.stored import with_rest
from jsonschema_tools.targets.model import TableTarget, TargetError
from jsonschema_tools.use_cases.load_rows import LoadSettings
from jsonschema_tools.use_cases.load_tables import Named, NoTable, TableBook, by_stream


class Routes:
    """From events to their tables.

    Args:
        target: where the tables are.
        book: which table an event belongs to.
        settings: how events are loaded.
        stream_field: where an event names its stream.
        changing: told the name of a table before it is made or changed, to commit the rows of its columns before.
    """

    def __init__(
        self,
        target: TableTarget,
        book: TableBook,
        settings: LoadSettings,
        stream_field: str,
        changing: Callable[[str], None],
    ) -> None:
        self._target, self._book, self._settings, self._changing = target, book, settings, changing
        self._stream_field = stream_field
        self.tables: dict[Named, Table | NoTable] = {}
        self.by_name: dict[str, Table] = {}
        self.changes = 0
        """How often a table was changed of which there may be rows already."""

    def prepare(self, named: Iterable[Named]) -> None:
        """See to the tables of events, in the order of the events."""
        for each in named:
            if each in self.tables:
                continue
            try:
                self.tables[each] = self._opened(*each)
            except NoTable as error:
                self.tables[each] = error
            except NameClash as error:
                self.tables[each] = NoTable(error.message, error.remedy or "")

    def _opened(self, uri: str, stream: str | None) -> Table:
        wanted = table = self._book.table(uri)
        if self._settings.by_stream:
            if not stream:
                raise NoTable("the event names no stream", f"Give it a text in {self._stream_field}.")
            wanted = by_stream(table, stream)
        wanted = with_rest(wanted) if self._settings.rest else wanted
        try:
            prepared = self._prepared(wanted)
        except SchemaToolsError as error:
            if not self._settings.by_stream or isinstance(error, TargetError | NameClash):
                raise
            # The titles of the stream have no table in common.
            prepared = self._prepared(by_stream(wanted, f"{stream}__{table.name}"))
        before = self.by_name.get(prepared.name)
        if before is not None and before == prepared:
            return before
        if before is not None:
            # The table has the columns of all: whoever had the one before has this.
            self.changes += 1
            for known, each in self.tables.items():
                if isinstance(each, Table) and each.name == prepared.name:
                    self.tables[known] = prepared
        self.by_name[prepared.name] = prepared
        return prepared

    def _prepared(self, wanted: Table) -> Table:
        """The table, made or changed; rows of its columns before are committed first."""
        self._changing(wanted.name)
        return self._target.prepare(wanted)
