"""Loading events into tables; `jst load` is one call of `load_files`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from jsonschema_tools.errors import UsageError
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.reports.load import LoadReport
from jsonschema_tools.settings import Config, EventSettings
from jsonschema_tools.sources.chunks import EventTexts
from jsonschema_tools.sources.files import Form, sizes
from jsonschema_tools.sources.kafka_offsets import Partition
from jsonschema_tools.sources.kafka_records import KafkaRecord, positions_after
from jsonschema_tools.sources.pieces import check_there
from jsonschema_tools.sources.positions import SourceFile
from jsonschema_tools.sources.processes import Workers
from jsonschema_tools.targets.model import TableTarget
from jsonschema_tools.targets.refused import RefusedFile
from jsonschema_tools.use_cases.load_batch import RowBatch
from jsonschema_tools.use_cases.load_parts import Made
from jsonschema_tools.use_cases.load_progress import partition_name, partition_of, position_of, without_keys
from jsonschema_tools.use_cases.load_routes import Routes
from jsonschema_tools.use_cases.load_rows import LoadSettings, RowMaking
from jsonschema_tools.use_cases.load_tables import Named, TableBook
from jsonschema_tools.use_cases.load_workers import Work, Worker, as_sent, come_back, make_there, row_making, started
from jsonschema_tools.use_cases.validate import store_opener

CHUNK = 10_000
"""Events that are judged at once, at most."""

SHORT = 8 * 2**20
"""So many bytes are done before workers would be up."""

_KNOWN_AFTER = 4
"""Of so many chunks, each worker has had one."""

SECONDS_BETWEEN_COMMITS = 10.0
"""Records of Kafka wait so long for their commit, about, where no batch is full before."""

Records: TypeAlias = Callable[[Mapping[Partition, int]], Iterable[Sequence[KafkaRecord]]]
"""From the next offset by topic and partition to the records from there on; an empty list says that none came."""


def load_files(
    sources: Sequence[str],
    target: TableTarget,
    config: Config,
    *,
    settings: LoadSettings | None = None,
    events: EventSettings | None = None,
    form: Form | None = None,
    offline: bool = False,
    jobs: int = 1,
    records: Records | None = None,
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
        jobs: so many processes validate long files and make their rows, if there is more than one.
        records: gives records of Kafka, beside the files, from the next offsets by topic and partition that the target
            knows; the positions of the records are the target's, so a consumer group has none.
        refused_file: takes the lines of refused events.
        refused: told of each refused event in order; returns the line for ``refused_file``.
        progress: told how many of how many bytes are read.
        report: what was committed is counted in it as it comes.

    Raises `SchemaToolsError` where a source cannot be read or the target fails: what was committed stays, and the same
    call goes on there.
    """
    report = LoadReport() if report is None else report
    check_there(sources)
    total = sizes(list(sources))
    settings, events = settings or LoadSettings(), events or config.events
    store = store_opener(config, offline=offline)()
    making = row_making(store, settings, events, arrow=target.takes_arrow)
    workers = None
    if jobs > 1 and sources and (total is None or total > SHORT):
        workers = started(making, sources, form, config, events, offline, jobs)
    book = TableBook(store, config, drafts=settings.drafts, types=settings.types)
    loading = _Loading(target, making, book, report)
    loading.refused_file, loading.told = refused_file, refused
    try:
        loading.open()
        for passed in loading.load(sources, form, workers):
            if total:
                progress(min(passed, total), total)
        if total:
            progress(total, total)
        if records is not None:
            loading.load_records(records)
        loading.commit()
    except (KeyboardInterrupt, GeneratorExit):
        if workers is not None:
            workers.stop()
        raise
    finally:
        report.notes += book.notes
        target.close()
        if refused_file is not None:
            refused_file.close()
        if workers is not None:
            workers.close()
    return report


class _Loading:
    """One load, from its first event to its last commit."""

    def __init__(self, target: TableTarget, making: RowMaking, book: TableBook, report: LoadReport) -> None:
        self._target, self._making, self._settings, self._report = target, making, making.settings, report
        self._book = book
        self._routes = Routes(target, book, making.settings, making.stream_field, self._changing)
        making.tables = self._routes.tables
        self.refused_file: RefusedFile | None = None
        self.told: Callable[[Refusal], bytes | None] = lambda _refusal: None
        self._progress: dict[str, str] = {}
        self._stored: dict[str, str] = {}
        self._batch = RowBatch()
        self._works = 0
        self._met: dict[Named, int] = {}

    def open(self) -> None:
        """Open the target, and what goes with it."""
        stored = self._target.open()
        self._stored = dict(stored.progress)
        if not self._settings.by_stream:
            self._book.keep(stored.tables.values())
        if self.refused_file is not None:
            self.refused_file.open(self._stored)
            self._target.commit([], self.refused_file.kept())

    def load(self, sources: Sequence[str], form: Form | None, workers: Workers[Worker] | None) -> Iterator[int]:
        """Read sources to their ends; tells how many of their bytes are read."""
        works = self._all_works(sources, form, ahead=0 if workers is None else workers.jobs * _KNOWN_AFTER)
        if workers is None:
            results: Iterable[tuple[Work, Made | None]] = ((work, None) for work in works)
        else:
            results = workers.results(works, make_there, lambda work: work.here, as_sent)
        for work, found in results:
            if found is None or found.missing or work.changes != self._routes.changes or self._has_misfit(found):
                made = self._making.make(work.source, work.chunk.events(), self._prepare, self._target.misfit)
            else:
                made = come_back(found, self._routes.by_name)
            self._take(made)
            if work.name is not None:
                self._progress[work.name] = work.chunk.position.text()
            yield work.passed
            if self._batch.is_full(self._settings.batch):
                self.commit()

    def _all_works(self, sources: Sequence[str], form: Form | None, ahead: int) -> Iterator[Work]:
        """The chunks of all sources; tables go with them that were met less than ``ahead`` chunks before."""
        before, read = 0, dict[str, str]()
        known = {} if self._settings.again else self._stored
        for source in sources:
            name = SourceFile(source).name
            text = read.get(name, known.get(name)) if name is not None else None
            reader = SourceFile(source, None if text is None else position_of(text, source), form)
            for chunk in reader.chunks(min(CHUNK, self._settings.batch)):
                self._works += 1
                self._met = {named: at for named, at in self._met.items() if at > self._works - ahead}
                tables = {named: self._routes.tables[named] for named in self._met} if ahead else {}
                here = self._works == 1
                yield Work(source, name, chunk, before + chunk.passed, self._routes.changes, tables, here)
                if name is not None:
                    read[name] = chunk.position.text()
            if reader.waiting:
                self._report.notes.append(
                    f"{source}: the last line has no end yet, and waits for the next run ({reader.waiting} bytes)"
                )
            before += sizes([source]) or 0

    def load_records(self, records: Records) -> None:
        """Read records of Kafka as long as there are any. A tombstone is no event."""
        again = self._settings.again
        places = {} if again else {place: int(at) for name, at in self._stored.items() if (place := partition_of(name))}
        committed = time.monotonic()
        for batch in records(places):
            for start in range(0, len(batch), self._settings.batch):
                self._take_records(batch[start : start + self._settings.batch])
                if self._batch.is_full(self._settings.batch) or time.monotonic() - committed > SECONDS_BETWEEN_COMMITS:
                    self.commit()
                    committed = time.monotonic()

    def _take_records(self, records: Sequence[KafkaRecord]) -> None:
        found = [(record.place, record.value.strip()) for record in records if record.value is not None]
        events = EventTexts([text for _, text in found], [None] * len(found))
        places = [place for place, _ in found]
        self._take(self._making.make(places, events, self._prepare, self._target.misfit))
        for (topic, partition), offset in positions_after(records).items():
            self._progress[partition_name(topic, partition)] = str(offset)

    def commit(self) -> None:
        """Commit what was read since the last time."""
        rows = self._batch.rows()
        marks, notes = without_keys([each.table.name for each in rows], self._stored)
        progress = self._progress | (marks if self._settings.key is None else {})
        if self._settings.key is not None and self._target.keys_across_runs:
            self._report.notes += [note for note in notes if note not in self._report.notes]
        if self.refused_file is not None:
            progress |= self.refused_file.kept()
        stored = self._target.commit(rows, progress) if rows or progress else {}
        self._stored |= progress
        self._report.add(self._batch.counted(stored))
        self._batch, self._progress = RowBatch(), {}

    def _prepare(self, named: Iterable[Named]) -> None:
        changes, wanted = self._routes.changes, tuple(named)
        self._routes.prepare(wanted)
        of = wanted if changes == self._routes.changes else self._routes.tables
        self._met |= dict.fromkeys(of, self._works)

    def _changing(self, name: str) -> None:
        """Rows of the columns before are committed with the chunks that they are of."""
        if self._batch.has(name):
            self.commit()

    def _has_misfit(self, made: Made) -> bool:
        """Whether the target refuses a row, which no worker can know."""
        tables = self._routes.by_name
        return any(self._target.misfit(tables[name], row) for name, part in made.parts.items() for row in part.rows)

    def _take(self, made: Made) -> None:
        """Put the rows into the batch, and tell what was refused."""
        refused = self._report.summary.refused + self._batch.counts.summary.refused
        for count, refusal in enumerate(made.refusals, refused + 1):
            line = self.told(refusal)
            if self.refused_file is not None and line is not None:
                self.refused_file.add(line)
            most = self._settings.most_refused
            if most is not None and count > most:
                raise UsageError(
                    f"more than {most} events were refused",
                    source=refusal.source,
                    remedy="Look at them, mend what sends them, and run it again: it goes on from its last commit.",
                )
        self._batch.add(made, self._routes.by_name)
