"""The rows of a chunk of events: what each process of a load does, with no target at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.model import EventError, Obstacle, Verdict
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.events.shaped_values import NotScalar, shaped_field
from jsonschema_tools.events.valid_events import ReadingValidator, ValidEvent
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.reports.load import LoadReport, TableCount
from jsonschema_tools.sources.chunks import EventTexts
from jsonschema_tools.tables.model import Table, Types
from jsonschema_tools.tables.rows import Left, Row
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.scalars import json as json_of
from jsonschema_tools.use_cases.load_parts import Batches, Part, PartMaker
from jsonschema_tools.use_cases.load_tables import Named, NoTable
from jsonschema_tools.versions import field as value_at

if TYPE_CHECKING:
    from jsonschema_tools.targets.arrow_columns import ShapedColumns

BATCH = 20_000
_FEW = 8
"""Events that are added one by one where one of them does not go with the others."""

_CANARY = "canary"
_DOMAIN = "meta.domain"

Check = Callable[[Table, Row], Misfit | None]
"""What keeps a store from a row of a table."""


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


@dataclass(slots=True)
class Made:
    """What became of a chunk of events.

    Args:
        parts: the rows by the names of their tables.
        counts: what is counted of them.
        refusals: the refused ones in order.
        events: how many there were.
        size: the bytes of their texts.
        missing: by what all of them have their tables, where one of these is not known: then there is nothing else.
    """

    parts: dict[str, Part] = field(default_factory=dict)
    counts: LoadReport = field(default_factory=LoadReport)
    refusals: list[Refusal] = field(default_factory=list)
    events: int = 0
    size: int = 0
    missing: tuple[Named, ...] = ()


class RowMaking:
    """Makes rows of events.

    Args:
        store: the look-up of schemas.
        validator: judges events by them first.
        settings: how events are loaded.
        stream_field: where an event names its stream.
        arrow: the rows are to be batches of Arrow.
    """

    def __init__(
        self,
        store: SchemaStore,
        validator: ReadingValidator,
        settings: LoadSettings,
        stream_field: str,
        *,
        arrow: bool,
    ) -> None:
        self.store, self.validator, self.settings, self.arrow = store, validator, settings, arrow
        self.stream_field = stream_field
        self._makers: dict[str, PartMaker] = {}
        self.tables: dict[Named, Table | NoTable] = {}
        """The tables of events, by the schema they were judged by and their stream; why they have none."""

    def make(
        self,
        source: str | Sequence[str],
        events: EventTexts,
        prepare: Callable[[Iterable[Named]], None] | None = None,
        check: Check | None = None,
    ) -> Made:
        """The rows of some events.

        Args:
            source: where they are from, or where each of them is from.
            events: their texts.
            prepare: makes the tables known of which it is told; without it they are told, and there are no rows.
            check: what keeps the store from a row.
        """
        found = self.validator.judged(events.texts)
        named = self._named(events.texts, found)
        wanted = tuple(dict.fromkeys(each for each in named if each is not None))
        if any(each not in self.tables for each in wanted):
            if prepare is None:
                return Made(missing=wanted)
            # In the order of the events: the first title of a stream has the table with its name.
            prepare(wanted)
        chunk = _Chunk(self, events.texts, check)
        for index, (each, judged) in enumerate(zip(named, found, strict=True)):
            if each is not None and isinstance(judged, ValidEvent):
                chunk.add(index, each, judged)
            elif isinstance(judged, Verdict):
                chunk.refused[index] = _problem(events.problems[index]) if index in events.problems else judged
        made = chunk.made()
        made.events, made.size = len(events.texts), sum(map(len, events.texts))
        for index, verdict in sorted(chunk.refused.items()):
            place = source if isinstance(source, str) else source[index]
            made.refusals.append(Refusal(place, events.lines[index], events.texts[index], verdict))
        return made

    def maker(self, named: Named) -> PartMaker:
        """What makes rows of the events that are named so. Raises `NoTable`."""
        table = self.tables[named]
        if isinstance(table, NoTable):
            raise table
        known = self._makers.get(table.name)
        if known is None or (known.table is not table and known.table != table):
            known = self._makers[table.name] = PartMaker(table, self._paths(), arrow=self.arrow)
        return known

    def stream(self, text: bytes, valid: ValidEvent) -> str | None:
        """The stream that a valid event names."""
        with suppress(NotScalar):
            if valid.shaped is not None:
                found = shaped_field(valid.shaped, self.stream_field)
                return found if isinstance(found, str) else None
        stream = value_at(_event(text, valid), self.stream_field)
        return stream if isinstance(stream, str) else None

    def _named(self, texts: Sequence[bytes], found: Sequence[ValidEvent | Verdict]) -> list[Named | None]:
        """By what each event has its table; ``None`` for a refused one."""
        if self.settings.by_stream:
            pairs = zip(texts, found, strict=True)
            return [
                (each.uri, self.stream(text, each)) if isinstance(each, ValidEvent) else None for text, each in pairs
            ]
        by_uri = {each.uri: (each.uri, None) for each in found if isinstance(each, ValidEvent)}
        return [by_uri[each.uri] if isinstance(each, ValidEvent) else None for each in found]

    def _paths(self) -> list[str]:
        """Where values are looked at, beside the columns."""
        key = [self.settings.key] if self.settings.key is not None else []
        return [*key, _DOMAIN] if self.settings.skip_canary else key


class _Chunk:
    """The rows of a chunk while they are made."""

    def __init__(self, making: RowMaking, texts: Sequence[bytes], check: Check | None) -> None:
        self._making, self._settings, self._texts, self._check = making, making.settings, texts, check
        self._shaped: dict[tuple[Named, type], tuple[list[int], list[Any]]] = {}
        self._makers: dict[str, PartMaker] = {}
        self._rows: dict[str, dict[int, Row]] = {}
        self._batches: dict[str, Batches] = {}
        self._keys: dict[int, bytes | None] = {}
        self._valid = Counter[str]()
        self._counts = LoadReport()
        self.refused: dict[int, Verdict] = {}

    def add(self, index: int, named: Named, valid: ValidEvent) -> None:
        """Add a valid event."""
        if valid.shaped is None or not self._making.arrow:
            self._add_carefully(index, named, valid)
            return
        group = named, valid.shaped.__class__
        if group not in self._shaped:
            self._shaped[group] = [], []
        indexes, events = self._shaped[group]
        indexes.append(index)
        events.append(valid.shaped)

    def made(self) -> Made:
        """What became of all of them, but for the refusals."""
        for (named, shape), (indexes, events) in self._shaped.items():
            self._add_shaped(named, shape, indexes, events)
        parts = {
            name: maker.part(self._rows.get(name, {}), self._batches.get(name, []), self._keys)
            for name, maker in self._makers.items()
            if name in self._rows or name in self._batches
        }
        for uri, number in self._valid.items():
            self._counts.summary.add_valid(uri, number)
        for _, verdict in sorted(self.refused.items()):
            self._counts.summary.add(verdict)
        return Made(parts, self._counts)

    def _maker(self, named: Named) -> PartMaker:
        maker = self._making.maker(named)
        self._makers[maker.table.name] = maker
        return maker

    def _add_shaped(self, named: Named, shape: type, indexes: Sequence[int], events: Sequence[Any]) -> None:
        """Add events of one shape as a batch; those that have to go the careful way do."""
        try:
            columns = self._maker(named).columns(shape)
        except NoTable:
            columns = None
        if columns is None or not self._add_batch(named, columns, indexes, events):
            half = len(events) // 2
            if columns is not None and half > _FEW:
                self._add_shaped(named, shape, indexes[:half], events[:half])
                self._add_shaped(named, shape, indexes[half:], events[half:])
                return
            for index, event in zip(indexes, events, strict=True):
                self._add_carefully(index, named, ValidEvent(named[0], None, event))

    def _add_batch(self, named: Named, columns: ShapedColumns, indexes: Sequence[int], events: Sequence[Any]) -> bool:
        """Add events as a batch, if that is possible."""
        from jsonschema_tools.targets.arrow_columns import UNFIT

        count, keys = len(events), list[bytes | None]()
        try:
            if self._settings.skip_canary:
                kept = [at for at, event in enumerate(events) if shaped_field(event, _DOMAIN) != _CANARY]
                indexes, events = [indexes[at] for at in kept], [events[at] for at in kept]
            if self._settings.key is not None:
                keys = [_key(shaped_field(event, self._settings.key)) for event in events]
            batch = columns.batch(events)
        except UNFIT:
            return False
        maker = self._maker(named)
        self._keys.update(zip(indexes, keys, strict=False))
        if events:
            self._batches.setdefault(maker.table.name, []).append((indexes, batch))
        if self._settings.skip_canary or keys:
            self._count(maker).canaries += count - len(events)
            self._count(maker).without_key += keys.count(None)
        self._valid[named[0]] += count
        return True

    def _add_carefully(self, index: int, named: Named, valid: ValidEvent) -> None:
        """Add an event by itself, or refuse it."""
        text = self._texts[index]
        try:
            maker = self._maker(named)
            quick = maker.quick.read(text) if maker.quick is not None and valid.event is None else None
            event = quick[1] if quick is not None else _event(text, valid)
            if self._settings.skip_canary and value_at(event, _DOMAIN) == _CANARY:
                self._count(maker).canaries += 1
            else:
                row, left = (quick[0], ()) if quick is not None else maker.maker.row(event)
                self._add_row(index, maker, event, row, left)
        except (NoTable, Misfit) as error:
            pointer = error.pointer if isinstance(error, Misfit) else ""
            obstacle, uri = Obstacle.DOES_NOT_FIT, valid.uri
            wrong = EventError(error.message, pointer, schema_uri=uri, obstacle=obstacle, remedy=error.remedy)
            self.refused[index] = Verdict(uri, (wrong,), self._making.stream(text, valid))
            return
        self._valid[valid.uri] += 1

    def _add_row(self, index: int, maker: PartMaker, event: Document, row: Row, left: tuple[Left, ...]) -> None:
        """Add a row of an event, or of its values by their columns."""
        if self._settings.rest and left:
            row = maker.maker.with_rest(row, left)
        misfit = self._check(maker.table, row) if self._check is not None else None
        if misfit is not None:
            raise misfit
        if self._settings.key is not None:
            key = self._keys[index] = _key(value_at(event, self._settings.key))
            self._count(maker).without_key += key is None
        if left:
            self._count(maker).left.update(each.path for each in left)
        self._rows.setdefault(maker.table.name, {})[index] = row

    def _count(self, maker: PartMaker) -> TableCount:
        return self._counts.tables.setdefault(maker.table.name, TableCount())


def _problem(problem: str) -> Verdict:
    """The verdict on what could not be read."""
    return Verdict(None, (EventError(problem, obstacle=Obstacle.NOT_JSON),))


def _key(value: Document) -> bytes | None:
    """What an event is known by: the bytes of a text, the JSON of another value; nothing without a value."""
    if value is None:
        return None
    return value.encode("utf-8") if isinstance(value, str) else json_of(value).encode("utf-8")


def _event(text: bytes, valid: ValidEvent) -> Any:
    """The event, which is read where only its shape was looked at."""
    return read_event(text) if valid.event is None else valid.event
