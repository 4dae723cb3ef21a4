"""Loading events into tables; `jst load` is one call of `load_files`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from jsonschema_tools.errors import UsageError
from jsonschema_tools.events.model import EventError, Obstacle, Verdict
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.valid_events import ReadingValidator, ValidEvent
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.reports.load import LoadReport
from jsonschema_tools.settings import Config, EventSettings
from jsonschema_tools.sources.files import Form, sizes
from jsonschema_tools.sources.kafka_offsets import Partition
from jsonschema_tools.sources.kafka_records import KafkaRecord, positions_after
from jsonschema_tools.sources.positions import EventText, Position, SourceFile
from jsonschema_tools.targets.model import TableTarget
from jsonschema_tools.targets.refused import RefusedFile
from jsonschema_tools.use_cases.load_rows import LoadSettings, RowBatch
from jsonschema_tools.use_cases.load_tables import TableBook
from jsonschema_tools.use_cases.validate import store_opener

CHUNK = 2_000
"""Events that are judged at once."""

SECONDS_BETWEEN_COMMITS = 10.0
"""Records of Kafka wait so long for their commit, about, where no batch is full before."""

_BYTES = 64 * 2**20
"""The text of the events in one commit, at most about: their rows are in memory."""

_KAFKA = "kafka:"
_KEYLESS = "keyless:"
"""What is kept, as part of the progress, of a table that has rows without keys."""

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
    loading = _Loading(target, config, settings or LoadSettings(), events or config.events, offline, report)
    loading.refused_file, loading.told = refused_file, refused
    try:
        loading.open()
        total, before = sizes(list(sources)), 0
        for source in sources:
            for passed in loading.load(source, form):
                if total:
                    progress(min(before + passed, total), total)
            before += sizes([source]) or 0
        if total:
            progress(total, total)
        if records is not None:
            loading.load_records(records)
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
        self._target, self._settings, self._report = target, settings, report
        self._validator = ReadingValidator(store, events, Target())
        self.book = TableBook(store, config, drafts=settings.drafts, types=settings.types)
        self.refused_file: RefusedFile | None = None
        self.told: Callable[[Refusal], bytes | None] = lambda _refusal: None
        self._progress: dict[str, str] = {}
        self._stored: dict[str, str] = {}
        self._batch = RowBatch(target, self.book, settings, events.stream_field, self.commit)
        self._events_in_batch = self._bytes_in_batch = 0

    def open(self) -> None:
        """Open the target, and what goes with it."""
        stored = self._target.open()
        self._stored = dict(stored.progress)
        if not self._settings.by_stream:
            self.book.keep(stored.tables.values())
        if self.refused_file is not None:
            self.refused_file.open(self._stored)
            self._target.commit([], self.refused_file.kept())

    def load(self, source: str, form: Form | None) -> Iterator[int]:
        """Read a source to its end; tells how many of its bytes are read."""
        name = SourceFile(source).name
        done = None
        if name is not None and name in self._stored and not self._settings.again:
            done = _position(self._stored[name], source)
        reader = SourceFile(source, done, form)
        for chunk in reader.chunks(min(CHUNK, self._settings.batch)):
            self._take([(source, event) for event in chunk.events])
            if name is not None:
                self._progress[name] = chunk.position.text()
            yield reader.passed
            if self._is_full:
                self.commit()
        if reader.waiting:
            self._report.notes.append(
                f"{source}: the last line has no end yet, and waits for the next run ({reader.waiting} bytes)"
            )

    def load_records(self, records: Records) -> None:
        """Read records of Kafka as long as there are any. A tombstone is no event."""
        again = self._settings.again
        places = {} if again else {place: int(at) for name, at in self._stored.items() if (place := _partition(name))}
        committed = time.monotonic()
        for batch in records(places):
            for start in range(0, len(batch), self._settings.batch):
                self._take_records(batch[start : start + self._settings.batch])
                if self._is_full or time.monotonic() - committed > SECONDS_BETWEEN_COMMITS:
                    self.commit()
                    committed = time.monotonic()

    @property
    def _is_full(self) -> bool:
        return self._events_in_batch >= self._settings.batch or self._bytes_in_batch >= _BYTES

    def _take_records(self, records: Sequence[KafkaRecord]) -> None:
        texts = [
            (record.place, EventText(None, record.value.strip())) for record in records if record.value is not None
        ]
        self._take(texts)
        for (topic, partition), offset in positions_after(records).items():
            self._progress[f"{_KAFKA}{topic}/{partition}"] = str(offset)

    def commit(self) -> None:
        """Commit what was read since the last time."""
        rows = self._batch.rows()
        progress = self._progress | self._without_keys([each.table.name for each in rows])
        if self.refused_file is not None:
            progress |= self.refused_file.kept()
        stored = self._target.commit(rows, progress) if rows or progress else {}
        self._stored |= progress
        self._report.add(self._batch.committed(stored))
        self._progress = {}
        self._events_in_batch = self._bytes_in_batch = 0

    def _without_keys(self, tables: Sequence[str]) -> dict[str, str]:
        """What is to be kept of tables that get rows without keys; where rows have some, it is told which do not."""
        marks = {f"{_KEYLESS}{table}": table for table in tables}
        if self._settings.key is None:
            return {mark: "true" for mark in marks if mark not in self._stored}
        for table in (table for mark, table in marks.items() if mark in self._stored and self._target.keys_across_runs):
            note = f"{table} has rows that were loaded without --key: one of them that comes again is not dropped"
            self._report.notes += [note] if note not in self._report.notes else []
        return {}

    def _take(self, events: Sequence[tuple[str, EventText]]) -> None:
        """Judge events, each with its source, and put them into the batch."""
        found = self._validator.judged([event.text for _, event in events])
        judged_events = list(zip(events, found, strict=True))
        # A table changes between two chunks: rows of its columns before are committed with the chunks that they are of.
        self._batch.prepare((event.text, valid) for (_, event), valid in judged_events if isinstance(valid, ValidEvent))
        store = self._batch.store
        for (source, event), judged in judged_events:
            verdict = store(event.text, judged) if isinstance(judged, ValidEvent) else _verdict(event, judged)
            if verdict is not None:
                self._refuse(Refusal(source, event.line, event.text, verdict))
        self._events_in_batch += len(events)
        self._bytes_in_batch += sum(len(event.text) for _, event in events)

    def _refuse(self, refusal: Refusal) -> None:
        self._batch.counts.summary.add(refusal.verdict)
        line = self.told(refusal)
        if self.refused_file is not None and line is not None:
            self.refused_file.add(line)
        most = self._settings.most_refused
        if most is not None and self._report.summary.refused + self._batch.counts.summary.refused > most:
            raise UsageError(
                f"more than {most} events were refused",
                source=refusal.source,
                remedy="Look at them, mend what sends them, and run it again: it goes on from its last commit.",
            )


def _verdict(event: EventText, judged: Verdict) -> Verdict:
    """The verdict on what is no valid event, or on what could not be read."""
    if event.problem is None:
        return judged
    return Verdict(None, (EventError(event.problem, obstacle=Obstacle.NOT_JSON),))


def _partition(name: str) -> Partition | None:
    """The topic and partition whose position is kept under a name."""
    topic, slash, number = name.removeprefix(_KAFKA).rpartition("/")
    return (topic, int(number)) if name.startswith(_KAFKA) and slash and number.isdigit() else None


def _position(text: str, source: str) -> Position:
    try:
        return Position.read(text)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"the target knows no position that can be read: {error}",
            source=source,
            remedy="Use the version of jst that wrote it, or `--again`.",
        ) from error
