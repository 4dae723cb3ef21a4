"""A question to events in SQL; `jst sql` is one call of `query_events`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from jsonschema_tools.events.model import Obstacle, Verdict
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.trusted import TrustingReader
from jsonschema_tools.events.valid_events import ReadingValidator, ValidEvent
from jsonschema_tools.reports.load import LoadReport
from jsonschema_tools.settings import Config, EventSettings
from jsonschema_tools.sources.chosen import chosen_events
from jsonschema_tools.sources.chunks import EventTexts
from jsonschema_tools.sources.files import Form, sizes
from jsonschema_tools.tables.dialects.sql import quoted
from jsonschema_tools.tables.model import Types
from jsonschema_tools.tables.naming import table_name
from jsonschema_tools.targets.duckdb import DuckDbTarget
from jsonschema_tools.targets.duckdb_queries import Answer, NoSuchTable, answer, check, tables_named
from jsonschema_tools.use_cases.load_batch import RowBatch
from jsonschema_tools.use_cases.load_routes import Routes
from jsonschema_tools.use_cases.load_rows import LoadSettings, RowMaking
from jsonschema_tools.use_cases.load_tables import Named, TableBook
from jsonschema_tools.use_cases.sql_tables import WantedTables
from jsonschema_tools.use_cases.validate import store_opener

MEMORY = Path(":memory:")
"""What stands for the file of a database that is none."""

_READABLE = {"storage_compatibility_version": "v1.0.0"}
"""Of a database in a file: the program that opens it may be older than the package that writes it."""

CHUNK = 2_000
"""Events that are judged at once."""

_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer to a query, and what became of the events that were read for it."""

    answer: Answer
    report: LoadReport


@contextmanager
def query_events(
    query: str,
    sources: Sequence[str],
    config: Config,
    *,
    by_stream: bool = False,
    drafts: bool = False,
    types: Types | None = None,
    events: EventSettings | None = None,
    form: Form | None = None,
    offline: bool = False,
    trusted: bool = False,
    database: Path = MEMORY,
    refused: Callable[[Refusal], object] = lambda _refusal: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[QueryResult]:
    """Ask events in files a question of SQL. The tables are those that `jst load` makes in DuckDB, by title or stream.

    Only the events of the tables that the query names are judged and read. Rows of the answer can be read as long as
    the context lasts.

    Args:
        query: SQL of DuckDB; of several statements, the last one is answered.
        sources: the files, in order. ``-`` is standard input.
        config: says where schemas are looked up.
        by_stream: tables are those of streams, not of titles.
        drafts: versions that are not released count, too.
        types: how types are chosen.
        events: how they are validated; as configured unless given.
        form: how events stand in the files; found out unless given.
        offline: fetch no schema.
        trusted: take every event for valid.
        database: a file of DuckDB for the tables; they are in memory unless given.
        refused: told of each refused event in order.
        progress: told how many of how many bytes are read.

    Raises `UsageError` where a file cannot be read, or the query is none that its tables can answer.
    """
    settings = LoadSettings(by_stream=by_stream, drafts=drafts, types=types or Types())
    reading = _Reading(config, settings, events or config.events, offline, trusted, database)
    reading.refused = refused
    target = reading.target
    try:
        target.open()
        names = tables_named(target.connection, query)
        wanted = WantedTables(reading.store, reading.book, names, by_stream=by_stream)
        reading.begin(wanted)
        with _near_names(wanted, reading):
            if wanted.are_known:
                check(target.connection, query)
            if not wanted.are_none:
                reading.read(sources, form, progress)
            found = answer(target.connection, query)
        yield QueryResult(found, reading.report)
    finally:
        target.close()


class _Reading:
    """The events of the tables of a query, on their way into DuckDB."""

    def __init__(
        self,
        config: Config,
        settings: LoadSettings,
        events: EventSettings,
        offline: bool,
        trusted: bool,
        database: Path,
    ) -> None:
        self.store = store_opener(config, offline=offline)()
        self.book = TableBook(self.store, config, drafts=settings.drafts, types=settings.types)
        self.target = DuckDbTarget(database, {} if database == MEMORY else _READABLE)
        self.report = LoadReport()
        self.refused: Callable[[Refusal], object] = lambda _refusal: None
        self._settings = settings
        validator = (TrustingReader if trusted else ReadingValidator)(self.store, events, Target())
        self._routes = Routes(self.target, self.book, settings, events.stream_field, self._changing)
        self._making = RowMaking(validator, settings, events.stream_field, arrow=self.target.takes_arrow)
        self._making.tables, self._making.is_wanted = self._routes.tables, self._is_wanted
        self._batch = RowBatch()

    def begin(self, wanted: WantedTables) -> None:
        """Make the tables that are known, so that one without events is there, too."""
        self._wanted = wanted
        for table in wanted.known:
            self.target.prepare(table)
        self._make_views()

    def read(self, sources: Sequence[str], form: Form | None, progress: Callable[[int, int], None]) -> None:
        """Read the files into the tables."""
        total, before, look = sizes(list(sources)), 0, self._wanted.look()
        for source in sources:
            for chosen in chosen_events(source, form, look):
                for start in range(0, len(chosen.events), CHUNK):
                    self._take(source, EventTexts.of(chosen.events[start : start + CHUNK]))
                if total:
                    progress(min(before + chosen.done, total), total)
            before += sizes([source]) or 0
        if total:
            progress(total, total)
        self._commit()
        self._make_views()
        self.report.notes += self.book.notes

    def tables(self) -> list[str]:
        """The names of the tables that there are."""
        return self.target.tables()

    def _take(self, source: str, events: EventTexts) -> None:
        made = self._making.make(source, events, self._routes.prepare, self.target.misfit)
        for refusal in made.refusals:
            self.refused(refusal)
        self._batch.add(made, self._routes.by_name)
        if self._batch.events >= self._settings.batch:
            self._commit()

    def _is_wanted(self, named: Named | None, judged: ValidEvent | Verdict) -> bool:
        """Whether an event belongs to the tables, or cannot be read, so that nobody knows."""
        if named is not None:
            return self._wanted.has(*named)
        assert isinstance(judged, Verdict)
        if judged.schema_uri is None:
            return any(error.obstacle is Obstacle.NOT_JSON for error in judged.errors)
        return self._wanted.has(judged.schema_uri, judged.stream)

    def _changing(self, name: str) -> None:
        """Rows of the columns before are committed with the chunks that they are of."""
        if self._batch.has(name):
            self._commit()

    def _commit(self) -> None:
        rows = self._batch.rows()
        stored = self.target.commit(rows, {}) if rows else {}
        self.report.add(self._batch.counted(stored))
        self._batch = RowBatch()

    def _make_views(self) -> None:
        for name, table in self._wanted.views(self.tables()).items():
            view = f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT * FROM {quoted(table)}"
            self.target.connection.execute(view)


@contextmanager
def _near_names(wanted: WantedTables, reading: _Reading) -> Iterator[None]:
    """Say which tables there are where the query names one that is not."""
    try:
        yield
    except NoSuchTable as error:
        reason = wanted.without.get(table_name(error.name).casefold())
        if reason is not None:
            raise error.replaced(message=f"{error.message}: {reason.message}", remedy=reason.remedy) from error
        names = sorted({*wanted.all_names(), *reading.tables()})
        near = get_close_matches(error.name.casefold(), names, n=3, cutoff=0.6)
        shown = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
        remedy = f"Did you mean {' or '.join(near)}?" if near else f"There are: {shown}."
        if not names:
            remedy = "No event that was read has such a table: tables are named by the titles or streams of events."
        raise error.replaced(remedy=remedy) from error
