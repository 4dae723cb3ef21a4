"""Rows made by worker processes: what is sent there, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.valid_events import ReadingValidator
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.settings import Config, EventSettings
from jsonschema_tools.sources.chunks import Chunk, FileChanged
from jsonschema_tools.sources.files import Form
from jsonschema_tools.sources.positions import SourceFile
from jsonschema_tools.sources.processes import Workers
from jsonschema_tools.tables.model import Table
from jsonschema_tools.use_cases.load_parts import Made
from jsonschema_tools.use_cases.load_rows import LoadSettings, RowMaking
from jsonschema_tools.use_cases.load_tables import Named, NoTable
from jsonschema_tools.use_cases.validate import store_opener

_FIRST = 200
"""Events by which schemas become known before there are workers."""


@dataclass(frozen=True, slots=True)
class Work:
    """A chunk of events.

    Args:
        source: where it is from.
        name: what the position behind it is called in the progress of a target.
        chunk: the events.
        passed: bytes of all sources that are read then.
        changes: of tables so far: a worker that knows of fewer knows no table any more.
        tables: those that workers may not know yet.
        here: it is to be done by the process that has the target.
    """

    source: str
    name: str | None
    chunk: Chunk
    passed: int
    changes: int
    tables: dict[Named, Table | NoTable]
    here: bool


class Worker:
    """What a worker process has."""

    def __init__(self, making: RowMaking) -> None:
        self.making = making
        self.changes = 0


def as_sent(work: Work) -> Work:
    """A piece of work for a worker, which reads the events of a file itself."""
    return replace(work, chunk=work.chunk.to_send())


def make_there(worker: Worker, work: Work) -> Made | None:
    """The rows of a chunk, in a worker; ``None`` where another file has the name of the source now."""
    making = worker.making
    try:
        events = work.chunk.events()
    except (FileChanged, OSError):
        return None
    if worker.changes != work.changes:
        worker.changes = work.changes
        making.tables.clear()
    making.tables |= work.tables
    made = making.make(work.source, events)
    if making.arrow:
        from jsonschema_tools.targets.arrow import packed

        for part in made.parts.values():
            part.arrow = [packed(batch) for batch in part.arrow]
    return made


def come_back(made: Made, tables: Mapping[str, Table]) -> Made:
    """What a worker made, with its batches as they were; ``tables`` by their names."""
    for name, part in made.parts.items():
        if part.arrow:
            from jsonschema_tools.targets.arrow import unpacked

            part.arrow = [unpacked(data, tables[name]) for data in part.arrow]
    return made


def row_making(store: SchemaStore, settings: LoadSettings, events: EventSettings, *, arrow: bool) -> RowMaking:
    """What makes rows of events whose schemas are looked up in a store."""
    return RowMaking(ReadingValidator(store, events, Target()), settings, events.stream_field, arrow=arrow)


def started(
    making: RowMaking, sources: Sequence[str], form: Form | None, config: Config, events: EventSettings,
    offline: bool, jobs: int,
) -> Workers[Worker]:  # fmt: skip
    """Workers that are up, with a copy of what the first events have made known."""
    if making.arrow:
        from jsonschema_tools.targets.arrow import is_ready

        is_ready()
    source = SourceFile(sources[0], None, form)
    if source.name is not None:
        # Whatever is wrong with it is said once it is read for good.
        with suppress(SchemaToolsError):
            for chunk in source.chunks(_FIRST):
                making.validator.judged(chunk.events().texts)
                making.validator.judged([])
                break
    opened = partial(_opened, config, making.settings, events, offline, making.arrow)
    workers = Workers(Worker(making), opened, jobs)
    workers.start()
    return workers


def _opened(config: Config, settings: LoadSettings, events: EventSettings, offline: bool, arrow: bool) -> Worker:
    return Worker(row_making(store_opener(config, offline=offline)(), settings, events, arrow=arrow))
