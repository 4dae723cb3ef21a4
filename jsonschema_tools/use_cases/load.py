"""Loading events into tables; `jst load` is one call of `load_files`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.events.model import EventError, Obstacle, Verdict
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.valid_events import ReadingValidator, ValidEvent
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.reports.load import LoadReport, TableCount
from jsonschema_tools.settings import Config, EventSettings
from jsonschema_tools.sources.files import Form, sizes
from jsonschema_tools.sources.positions import Chunk, EventText, Position, SourceFile
from jsonschema_tools.tables.model import Table, Types
from jsonschema_tools.tables.rows import Row, RowMaker
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.scalars import json as json_of
from jsonschema_tools.tables.stored import with_rest
from jsonschema_tools.targets.model import TableRows, TableTarget
from jsonschema_tools.targets.refused import RefusedFile
from jsonschema_tools.use_cases.load_tables import NoTable, TableBook, by_stream
from jsonschema_tools.use_cases.validate import store_opener
from jsonschema_tools.versions import field as value_at

BATCH = 20_000
_CHUNK = 2_000
_CANARY = "canary"


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


def load_files(
    sources: Sequence[str],
    target: TableTarget,
    config: Config,
    *,
    settings: LoadSettings | None = None,
    events: EventSettings | None = None,
    form: Form | None = None,
    offline: bool = False,
    refused_file: RefusedFile | None = None,
    refused: Callable[[Refusal], bytes | None] = lambda _refusal: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    report: LoadReport | None = None,
) -> LoadReport:
    """Load the events of files into the tables of their titles, each exactly once. ``-`` is standard input.

    Args:
        sources: the files, in order.
        target: where the rows go; it is opened and closed.
        config: says where schemas are looked up.
        settings: how events are loaded.
        events: how they are validated; as configured unless given.
        form: how events stand in the files.
        offline: fetch no schema.
        refused_file: takes the lines of refused events.
        refused: told of each refused event in order; returns the line for ``refused_file``.
        progress: told how many of how many bytes are read.
        report: what was committed is counted in it as it comes.

    Raises `SchemaToolsError` where a source cannot be read or the target fails: what was committed stays, and the same
    call goes on there.
    """
    report = LoadReport() if report is None else report
    loading = _Loading(target, config, settings or LoadSettings(), events or config.events, offline, report)
    loading.refused_file, loading.told = refused_file, refused
    try:
        loading.open()
        total, before = sizes(list(sources)), 0
        for source in sources:
            loading.load(source, form)
            before += sizes([source]) or 0
            if total:
                progress(before, total)
        loading.commit()
    finally:
        report.notes += loading.book.notes
        target.close()
        if refused_file is not None:
            refused_file.close()
    return report


class _Loading:
    """One load, from its first event to its last commit."""

    def __init__(
        self,
        target: TableTarget,
        config: Config,
        settings: LoadSettings,
        events: EventSettings,
        offline: bool,
        report: LoadReport,
    ) -> None:
        store: SchemaStore = store_opener(config, offline=offline)()
        self._target, self._settings, self._events, self._report = target, settings, events, report
        self._validator = ReadingValidator(store, events, Target())
        self.book = TableBook(store, config, drafts=settings.drafts, types=settings.types)
        self.refused_file: RefusedFile | None = None
        self.told: Callable[[Refusal], bytes | None] = lambda _refusal: None
        self._routes: dict[tuple[str, str | None], _Route] = {}
        self._by_name: dict[str, _Route] = {}
        self._progress: dict[str, str] = {}
        self._stored: dict[str, str] = {}
        self._batch = LoadReport()
        self._events_in_batch = 0

    def open(self) -> None:
        """Open the target, and what goes with it."""
        stored = self._target.open()
        self._stored = dict(stored.progress)
        if self.refused_file is not None:
            self.refused_file.open(self._stored)
            self._target.commit([], self.refused_file.kept())

    def load(self, source: str, form: Form | None) -> None:
        """Read a source to its end."""
        name = SourceFile(source).name
        done = None
        if name is not None and name in self._stored and not self._settings.again:
            done = _position(self._stored[name], source)
        reader = SourceFile(source, done, form)
        for chunk in reader.chunks(min(_CHUNK, self._settings.batch)):
            self._take(source, chunk)
            if name is not None:
                self._progress[name] = chunk.position.text()
            if self._events_in_batch >= self._settings.batch:
                self.commit()
        if reader.waiting:
            self._report.notes.append(
                f"{source}: the last line has no end yet, and waits for the next run ({reader.waiting} bytes)"
            )

    def commit(self) -> None:
        """Commit what was read since the last time."""
        batch = [TableRows(each.table, each.rows, each.keys) for each in self._by_name.values() if each.rows]
        progress = dict(self._progress)
        if not batch and not progress:
            self._counted({})
            return
        if self.refused_file is not None:
            progress |= self.refused_file.kept()
        stored = self._target.commit(batch, progress)
        self._stored |= progress
        self._counted(stored)

    def _counted(self, stored: Mapping[str, int]) -> None:
        for each in self._by_name.values():
            if each.rows:
                count = self._batch.tables[each.table.name]
                count.rows = stored.get(each.table.name, 0)
                count.duplicates = len(each.rows) - count.rows
            each.rows, each.keys = [], []
        self._report.add(self._batch)
        self._batch, self._progress, self._events_in_batch = LoadReport(), {}, 0

    def _take(self, source: str, chunk: Chunk) -> None:
        found = self._validator.judged([event.text for event in chunk.events])
        # A table changes between two chunks: rows of its columns before are committed with the chunks that they are of.
        for named in {(each.uri, self._stream(each)) for each in found if isinstance(each, ValidEvent)}:
            with suppress(NoTable):
                self._route(*named)
        for event, judged in zip(chunk.events, found, strict=True):
            verdict = self._problem(event) or (self._store(judged) if isinstance(judged, ValidEvent) else judged)
            if verdict is not None:
                self._refuse(Refusal(source, event.line, event.text, verdict))
        self._events_in_batch += len(chunk.events)

    def _problem(self, event: EventText) -> Verdict | None:
        if event.problem is None:
            return None
        return Verdict(None, (EventError(event.problem, obstacle=Obstacle.NOT_JSON),))

    def _store(self, valid: ValidEvent) -> Verdict | None:
        """Put an event into the batch; why it cannot be, if it cannot."""
        stream = self._stream(valid)
        try:
            route = self._route(valid.uri, stream)
            if self._settings.skip_canary and value_at(valid.event, "meta.domain") == _CANARY:
                self._count(route).canaries += 1
            else:
                self._add(route, valid.event)
        except (NoTable, Misfit) as error:
            pointer = error.pointer if isinstance(error, Misfit) else ""
            wrong = EventError(
                error.message, pointer, schema_uri=valid.uri, obstacle=Obstacle.DOES_NOT_FIT, remedy=error.remedy
            )
            return Verdict(valid.uri, (wrong,), stream)
        self._batch.summary.add_valid(valid.uri, 1)
        return None

    def _stream(self, valid: ValidEvent) -> str | None:
        stream = value_at(valid.event, self._events.stream_field)
        return stream if isinstance(stream, str) else None

    def _add(self, route: _Route, event: Document) -> None:
        row, left = route.maker.row(event)
        if self._settings.rest and left:
            row = route.maker.with_rest(row, left)
        misfit = self._target.misfit(route.table, row)
        if misfit is not None:
            raise misfit
        count = self._count(route)
        if self._settings.key is not None:
            key = _key(value_at(event, self._settings.key))
            count.without_key += key is None
            route.keys.append(key)
        count.left.update(each.path for each in left)
        route.rows.append(row)

    def _count(self, route: _Route) -> TableCount:
        return self._batch.tables.setdefault(route.table.name, TableCount())

    def _route(self, uri: str, stream: str | None) -> _Route:
        key = uri, stream if self._settings.by_stream else None
        known = self._routes.get(key)
        if known is None:
            known = self._routes[key] = self._opened(self.book.table(uri), stream)
        return known

    def _opened(self, table: Table, stream: str | None) -> _Route:
        """The way to a table, which is made or changed first; rows of the columns before are committed before that."""
        wanted = table
        if self._settings.by_stream:
            if not stream:
                raise NoTable("the event names no stream", f"Give it a text in {self._events.stream_field}.")
            wanted = by_stream(table, stream)
        wanted = with_rest(wanted) if self._settings.rest else wanted
        if wanted.name in self._by_name and self._by_name[wanted.name].rows:
            self.commit()
        try:
            prepared = self._target.prepare(wanted)
        except SchemaToolsError:
            if not self._settings.by_stream or wanted.name == table.name:
                raise
            # The titles of the stream have no table in common.
            prepared = self._target.prepare(by_stream(wanted, f"{stream}__{table.name}"))
        route = self._by_name.get(prepared.name)
        if route is None or route.table != prepared:
            route = self._by_name[prepared.name] = _Route(prepared)
            self._routes = {key: each for key, each in self._routes.items() if each.table.name != prepared.name}
        return route

    def _refuse(self, refusal: Refusal) -> None:
        self._batch.summary.add(refusal.verdict)
        line = self.told(refusal)
        if self.refused_file is not None and line is not None:
            self.refused_file.add(line)
        most = self._settings.most_refused
        if most is not None and self._report.summary.refused + self._batch.summary.refused > most:
            raise UsageError(
                f"more than {most} events were refused",
                source=refusal.source,
                remedy="Look at them, mend what sends them, and run it again: it goes on from its last commit.",
            )


@dataclass(slots=True)
class _Route:
    """The way to a table: what makes its rows, and those of the batch."""

    table: Table
    maker: RowMaker = field(init=False)
    rows: list[Row] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.maker = RowMaker(self.table.columns)


def _key(value: Document) -> bytes | None:
    """What an event is known by: the bytes of a text, the JSON of another value; nothing without a value."""
    if value is None:
        return None
    return value.encode("utf-8") if isinstance(value, str) else json_of(value).encode("utf-8")


def _position(text: str, source: str) -> Position:
    try:
        return Position.read(text)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"the target knows no position that can be read: {error}",
            source=source,
            remedy="Use the version of jst that wrote it, or `--again`.",
        ) from error
