"""The rows of a batch: each valid event on its way to the table that it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import InitVar, dataclass, field
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.events.model import EventError, Obstacle, Verdict
from jsonschema_tools.events.reading import exact_fraction, read_event
from jsonschema_tools.events.valid_events import ValidEvent
from jsonschema_tools.reports.load import LoadReport, TableCount
from jsonschema_tools.tables.model import Table, Types
from jsonschema_tools.tables.naming import NameClash
from jsonschema_tools.tables.quick_rows import QuickRows, quick_rows
from jsonschema_tools.tables.rows import Left, Row, RowMaker
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.scalars import json as json_of
from jsonschema_tools.tables.stored import with_rest
from jsonschema_tools.tables.types import Scalar, Struct, Type
from jsonschema_tools.targets.model import TableRows, TableTarget, TargetError
from jsonschema_tools.use_cases.load_tables import NoTable, TableBook, by_stream
from jsonschema_tools.versions import field as value_at

BATCH = 20_000
_CANARY = "canary"
_DOMAIN = "meta.domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """How events are loaded.

    Args:
        by_stream: tables are those of streams, not of titles.
        key: the path of the value by which an event is known, such as ``meta.id``; a second one is dropped.
        skip_canary: events whose ``meta.domain`` is ``canary`` are left out.
        rest: what no column has is kept in a column of JSON, ``_rest``, by its JSON Pointer.
        batch: events in one commit, about.
        most_refused: with more refused events than that the load ends; ``None``: it goes on.
        again: load files from their beginning, whatever was loaded before.
        drafts: versions that are not released count, too.
        types: how types are chosen.
    """

    by_stream: bool = False
    key: str | None = None
    skip_canary: bool = False
    rest: bool = False
    batch: int = BATCH
    most_refused: int | None = None
    again: bool = False
    drafts: bool = False
    types: Types = field(default_factory=Types)


class RowBatch:
    """The rows of a batch by their tables, and what is counted of them.

    Args:
        target: where the tables are.
        book: which table an event belongs to.
        settings: how events are loaded.
        stream_field: where an event names its stream.
        commit: commits what is in the batch; called before a table changes that it has rows of.
    """

    def __init__(
        self,
        target: TableTarget,
        book: TableBook,
        settings: LoadSettings,
        stream_field: str,
        commit: Callable[[], None],
    ) -> None:
        self._target, self._book, self._settings, self._commit = target, book, settings, commit
        self._stream_field = stream_field
        self._routes: dict[tuple[str, str | None], _Route | NoTable] = {}
        self._by_name: dict[str, _Route] = {}
        self._valid = Counter[str]()
        self.counts = LoadReport()

    def prepare(self, events: Iterable[tuple[bytes, ValidEvent]]) -> None:
        """See to the tables of some events before any of them is stored."""
        by_stream_too = self._settings.by_stream
        named_by = ((valid.uri, self.stream(text, valid) if by_stream_too else None) for text, valid in events)
        # In the order of the events: the first title of a stream has the table with its name.
        for named in dict.fromkeys(named_by):
            with suppress(NoTable):
                self._route(*named)

    def store(self, text: bytes, valid: ValidEvent) -> Verdict | None:
        """Put an event into the batch; why it cannot be, if it cannot."""
        try:
            route = self._route(valid.uri, self.stream(text, valid) if self._settings.by_stream else None)
            quick = route.quick.read(text) if route.quick is not None and valid.event is None else None
            event = quick[1] if quick is not None else _event(text, valid)
            if self._settings.skip_canary and value_at(event, _DOMAIN) == _CANARY:
                self._count(route).canaries += 1
            else:
                self._add(route, event, *((quick[0], ()) if quick is not None else route.maker.row(event)))
        except (NoTable, Misfit) as error:
            pointer = error.pointer if isinstance(error, Misfit) else ""
            uri, obstacle = valid.uri, Obstacle.DOES_NOT_FIT
            wrong = EventError(error.message, pointer, schema_uri=uri, obstacle=obstacle, remedy=error.remedy)
            return Verdict(uri, (wrong,), self.stream(text, valid))
        self._valid[valid.uri] += 1
        return None

    def rows(self) -> list[TableRows]:
        """The rows by their tables."""
        return [TableRows(each.table, each.rows, each.keys) for each in self._by_name.values() if each.rows]

    def committed(self, stored: Mapping[str, int]) -> LoadReport:
        """Begin a new batch; the counts of the old one, of which so many rows were stored by table."""
        for each in self._by_name.values():
            if each.rows:
                count = self._count(each)
                count.rows = stored.get(each.table.name, 0)
                count.duplicates = len(each.rows) - count.rows
            each.rows, each.keys = [], []
        for uri, number in self._valid.items():
            self.counts.summary.add_valid(uri, number)
        self._valid.clear()
        counts, self.counts = self.counts, LoadReport()
        return counts

    def stream(self, text: bytes, valid: ValidEvent) -> str | None:
        """The stream that a valid event names."""
        stream = value_at(_event(text, valid), self._stream_field)
        return stream if isinstance(stream, str) else None

    def _add(self, route: _Route, event: Document, row: Row, left: tuple[Left, ...]) -> None:
        """Add a row of an event, or of its values by their columns."""
        if self._settings.rest and left:
            row = route.maker.with_rest(row, left)
        misfit = self._target.misfit(route.table, row)
        if misfit is not None:
            raise misfit
        if self._settings.key is not None:
            key = _key(value_at(event, self._settings.key))
            self._count(route).without_key += key is None
            route.keys.append(key)
        if left:
            self._count(route).left.update(each.path for each in left)
        route.rows.append(row)

    def _paths(self) -> list[str]:
        """Where values are looked at, beside the columns."""
        key = [self._settings.key] if self._settings.key is not None else []
        return [*key, _DOMAIN] if self._settings.skip_canary else key

    def _count(self, route: _Route) -> TableCount:
        return self.counts.tables.setdefault(route.table.name, TableCount())

    def _route(self, uri: str, stream: str | None) -> _Route:
        key = uri, stream if self._settings.by_stream else None
        known = self._routes.get(key)
        if known is None:
            try:
                known = self._opened(self._book.table(uri), stream)
            except NameClash as error:
                known = NoTable(error.message, error.remedy or "")
            self._routes[key] = known
        if isinstance(known, NoTable):
            raise known
        return known

    def _opened(self, table: Table, stream: str | None) -> _Route:
        """The way to a table, which is made or changed first; rows of the columns before are committed before that."""
        wanted = table
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
        before = self._by_name.get(prepared.name)
        if before is not None and before.table == prepared:
            return before
        route = self._by_name[prepared.name] = _Route(prepared, self._paths())
        # The table has the columns of all: whoever had the one before has this.
        self._routes = {key: route if each is before else each for key, each in self._routes.items()}
        return route

    def _prepared(self, wanted: Table) -> Table:
        """The table, made or changed; rows of its columns before are committed first."""
        route = self._by_name.get(wanted.name)
        if route is not None and route.rows:
            self._commit()
        return self._target.prepare(wanted)


@dataclass(slots=True)
class _Route:
    """The way to a table: what makes its rows, and those of the batch."""

    table: Table
    paths: InitVar[list[str]]
    maker: RowMaker = field(init=False)
    quick: QuickRows | None = field(init=False)
    rows: list[Row] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)

    def __post_init__(self, paths: list[str]) -> None:
        self.maker = RowMaker(self.table.columns)
        as_in_events = all(_is_as_in_events(self.table.columns, path) for path in paths)
        self.quick = quick_rows(self.table.columns, exact_fraction) if as_in_events else None


def _key(value: Document) -> bytes | None:
    """What an event is known by: the bytes of a text, the JSON of another value; nothing without a value."""
    if value is None:
        return None
    return value.encode("utf-8") if isinstance(value, str) else json_of(value).encode("utf-8")


def _is_as_in_events(columns: Struct, path: str) -> bool:
    """Whether a row has the value at a path as the event has it, or no column for it."""
    type_: Type = columns
    for name in path.split("."):
        found = type_.field(name) if isinstance(type_, Struct) else None
        if found is None:
            return isinstance(type_, Struct) and name.isidentifier()
        type_ = found.type
    return type_ in (Scalar.STRING, Scalar.INT64)


def _event(text: bytes, valid: ValidEvent) -> Any:
    """The event, which is read where only its shape was looked at."""
    return read_event(text) if valid.event is None else valid.event
