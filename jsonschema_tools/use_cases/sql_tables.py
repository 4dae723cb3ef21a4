"""The tables that a query is about: the titles or streams whose events have to be read for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.events.quick_look import QuickLook
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.naming import table_name
from jsonschema_tools.use_cases.load_tables import NoTable, TableBook, title_of, version_file
from jsonschema_tools.versions import is_version

_LATER = re.compile(r"_\d+(?:_\d+_\d+\w*)?")
"""What follows in the name of a table that a later version of a title begins."""

_OF_A_TITLE = re.compile(r"__.+")
"""What follows in the name of a table of a title in a stream, where the stream's own table cannot have it."""

_DEEPEST = 20
"""Segments of a title: a link may lead to a folder above it."""


class WantedTables:
    """The tables that a query names.

    Args:
        store: the look-up of schemas.
        book: which table an event belongs to.
        names: what the query names, tables or anything else.
        by_stream: tables are those of streams, not of titles.
    """

    def __init__(self, store: SchemaStore, book: TableBook, names: Iterable[str], *, by_stream: bool) -> None:
        self._store, self._by_stream = store, by_stream
        self._names = {table_name(name).casefold(): name for name in names}
        self.known: list[Table] = []
        """The tables of titles that can be known before the events."""
        self.without: dict[str, NoTable | SchemaToolsError] = {}
        """Why titles have no table that is wanted, by the names of their tables in lower case."""
        self._titles: set[str] = set()
        are_listed = not by_stream and all(base.names("/") is not None for base in store.bases)
        if not by_stream:
            self._find(book)
        found = {table.name.casefold() for table in self.known}
        self._open = set() if are_listed else self._names.keys() - found
        """Names whose titles or streams only the events say."""

    @property
    def are_known(self) -> bool:
        """Whether all tables that there can be are known before the events."""
        return not self._open

    @property
    def are_none(self) -> bool:
        """Whether no event can belong to any of the tables."""
        return not self._titles and not self._open

    def look(self) -> QuickLook:
        """What tells the texts of events that may belong to the tables."""
        return QuickLook(sorted(self._titles), sorted(self._open))

    def has(self, uri: str, stream: str | None) -> bool:
        """Whether the events of a schema, or of a stream, belong to one of the tables."""
        if self._by_stream:
            return stream is not None and self._is_open(table_name(stream).casefold())
        title = title_of(uri)
        return title in self._titles or self._is_open(table_name(title).casefold())

    def views(self, tables: Iterable[str]) -> dict[str, str]:
        """Titles and streams that the query names as such, each with the name of its table."""
        found = {}
        for name in tables:
            said = self._names.get(name.casefold())
            if said is not None and table_name(said) != said.strip("/"):
                found[said] = name
        return found

    def all_names(self) -> list[str]:
        """The names of the tables of all titles that can be listed; streams cannot."""
        if self._by_stream:
            return []
        return sorted({table_name(title) for title, _ in _titles(self._store, "", None)})

    def _is_open(self, name: str) -> bool:
        """Whether a title or stream that is called so may have one of the tables: by its name, or a later one."""
        later = _OF_A_TITLE if self._by_stream else _LATER
        rests = (wanted.removeprefix(name) for wanted in self._open if wanted.startswith(name))
        return any(not rest or later.fullmatch(rest) for rest in rests)

    def _find(self, book: TableBook) -> None:
        for title, versions in _titles(self._store, "", frozenset(self._names)):
            tables: dict[str, Table] = {}
            for version in versions:
                try:
                    table = book.table(f"/{title}/{version}")
                    tables[table.name] = table
                except (NoTable, SchemaToolsError) as error:
                    self.without[table_name(title).casefold()] = error
            wanted = [table for table in tables.values() if table.name.casefold() in self._names]
            if wanted:
                self._titles.add(title)
                self.known += wanted


def _titles(store: SchemaStore, folder: str, wanted: frozenset[str] | None) -> Iterator[tuple[str, list[str]]]:
    """The titles in a folder of the bases, and below, each with its versions; only those whose tables may have one of
    the wanted names, which are in lower case."""
    names: set[str] = set()
    for base in store.bases:
        names.update(base.names(f"/{folder}") or ())
    versions = [version for name in names if is_version(version := version_file(name))]
    if versions and folder:
        yield folder, sorted(set(versions))
    for name in sorted(names):
        inner = f"{folder}/{name}" if folder else name
        if not _may_be_folder(name) or inner.count("/") >= _DEEPEST:
            continue
        prefix = table_name(inner).casefold()
        if wanted is None or any(each.startswith(prefix) for each in wanted):
            yield from _titles(store, inner, wanted)


def _may_be_folder(name: str) -> bool:
    return not name.startswith(".") and not is_version(name) and version_file(name) == name
