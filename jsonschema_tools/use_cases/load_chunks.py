"""The rows of one chunk of events while they are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.model import EventError, Obstacle, Verdict
from jsonschema_tools.events.plain import NotJson
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.events.shaped_values import NotScalar, shaped_field
from jsonschema_tools.events.valid_events import ValidEvent
from jsonschema_tools.events.validation import not_json
from jsonschema_tools.reports.load import LoadReport, TableCount
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Left, Row
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.scalars import json as json_of
from jsonschema_tools.use_cases.load_parts import Batches, Made, PartMaker
from jsonschema_tools.use_cases.load_tables import Named, NoTable
from jsonschema_tools.versions import field as value_at

if TYPE_CHECKING:
    from jsonschema_tools.targets.arrow_columns import Flat, ShapedColumns
    from jsonschema_tools.use_cases.load_rows import RowMaking

DOMAIN = "meta.domain"
"""Where canaries say that they are such."""

_CANARY = "canary"

_FEW = 8
"""Events that are added one by one where one of them does not go with the others."""

Check = Callable[[Table, Row], Misfit | None]
"""What keeps a store from a row of a table."""


@dataclass(slots=True)
class _Group:
    """Events of one shape in a table, taken apart, with their indexes in the chunk, and their keys if those count."""

    maker: PartMaker
    columns: ShapedColumns | None
    indexes: list[int] = field(default_factory=list)
    events: list[Flat] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)


class Chunk:
    """The rows of a chunk while they are made."""

    def __init__(self, making: RowMaking, texts: Sequence[bytes], check: Check | None) -> None:
        self._making, self._settings, self._texts, self._check = making, making.settings, texts, check
        self._groups: dict[tuple[Named, type], _Group] = {}
        self._makers: dict[str, PartMaker] = {}
        self._rows: dict[str, dict[int, Row]] = {}
        self._batches: dict[str, Batches] = {}
        self._keys: dict[int, bytes | None] = {}
        self._tables: dict[Named, Table | NoTable] = {}
        self._is_plain = not self._settings.skip_canary and self._settings.key is None
        self._valid = Counter[str]()
        self._counts = LoadReport()
        self.refused: dict[int, Verdict] = {}

    def is_of(self, tables: Mapping[Named, Table | NoTable]) -> bool:
        """Whether all rows are of the tables as they are."""
        return all(tables[named] is table for named, table in self._tables.items())

    def add(self, index: int, named: Named, valid: ValidEvent) -> None:
        """Add a valid event."""
        group = self._group(named, valid.shaped.__class__) if valid.shaped is not None else None
        if group is None or group.columns is None:
            self._add_carefully(index, named, valid)
            return
        if not self._is_plain:
            try:
                if self._settings.skip_canary and shaped_field(valid.shaped, DOMAIN) == _CANARY:
                    self._count(group.maker).canaries += 1
                    self._valid[valid.uri] += 1
                    return
                if self._settings.key is not None:
                    group.keys.append(_key(shaped_field(valid.shaped, self._settings.key)))
            except NotScalar:
                self._add_carefully(index, named, valid)
                return
        group.indexes.append(index)
        group.events.append(group.columns.flat(valid.shaped))

    def made(self) -> Made:
        """What became of all of them, but for the refusals."""
        for (named, _), group in self._groups.items():
            if group.columns is not None:
                self._add_batch(named, group, group.columns, 0, len(group.events))
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
        self._tables[named] = self._making.tables[named]
        maker = self._making.maker(named)
        self._makers[maker.table.name] = maker
        return maker

    def _group(self, named: Named, shape: type) -> _Group | None:
        """The events of a shape; ``None`` where they are not taken together."""
        if not self._making.arrow:
            return None
        known = self._groups.get((named, shape))
        if known is None:
            try:
                maker = self._maker(named)
            except NoTable:
                return None
            known = self._groups[named, shape] = _Group(maker, maker.columns(shape))
        return known

    def _add_batch(self, named: Named, group: _Group, columns: ShapedColumns, start: int, end: int) -> None:
        """Add some of the events of a shape as a batch, but for those that have to go the careful way."""
        from jsonschema_tools.targets.arrow_values import UNFIT

        if start == end:
            return
        try:
            batch = columns.batch(group.events[start:end])
        except UNFIT:
            if end - start > _FEW:
                half = (start + end) // 2
                self._add_batch(named, group, columns, start, half)
                self._add_batch(named, group, columns, half, end)
            else:
                for index in group.indexes[start:end]:
                    self._add_carefully(index, named, ValidEvent(named[0], None))
            return
        indexes = group.indexes[start:end]
        self._batches.setdefault(group.maker.table.name, []).append((indexes, batch))
        self._valid[named[0]] += end - start
        if group.keys:
            keys = group.keys[start:end]
            self._keys.update(zip(indexes, keys, strict=True))
            self._count(group.maker).without_key += keys.count(None)

    def _add_carefully(self, index: int, named: Named, valid: ValidEvent) -> None:
        """Add an event by itself, or refuse it: one that was taken for valid unread may be no JSON."""
        try:
            self._add_or_refuse(index, named, valid)
        except NotJson as error:
            self.refused[index] = not_json(error.message, error.pointer)

    def _add_or_refuse(self, index: int, named: Named, valid: ValidEvent) -> None:
        text = self._texts[index]
        try:
            maker = self._maker(named)
            quick = maker.quick.read(text) if maker.quick is not None and valid.event is None else None
            event = quick[1] if quick is not None else event_of(text, valid)
            if self._settings.skip_canary and value_at(event, DOMAIN) == _CANARY:
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


def _key(value: Document) -> bytes | None:
    """What an event is known by: the bytes of a text, the JSON of another value; nothing without a value."""
    if value is None:
        return None
    return value.encode("utf-8") if isinstance(value, str) else json_of(value).encode("utf-8")


def event_of(text: bytes, valid: ValidEvent) -> Any:
    """The event, which is read where only its shape was looked at."""
    return read_event(text) if valid.event is None else valid.event
