"""The rows of a chunk that are of one table, and what makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jsonschema_tools.events.reading import exact_fraction
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.reports.load import LoadReport
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.quick_rows import quick_rows
from jsonschema_tools.tables.rows import Row, RowMaker
from jsonschema_tools.tables.types import Scalar, Struct, Type
from jsonschema_tools.use_cases.load_tables import Named

if TYPE_CHECKING:
    from jsonschema_tools.targets.arrow_columns import ShapedColumns

Batches = list[tuple[Sequence[int], Any]]
"""Record batches, each with the indexes of its events in the chunk."""


@dataclass(slots=True)
class Part:
    """Rows of a table in the order of their events, with ``keys`` and record batches of ``arrow`` as in `TableRows`."""

    rows: list[Row] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)
    arrow: list[Any] = field(default_factory=list)


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


class PartMaker:
    """Makes rows of a table.

    Args:
        table: the table.
        paths: where values of events are looked at, beside the columns.
        arrow: the rows are to be batches of Arrow.
    """

    def __init__(self, table: Table, paths: Sequence[str], *, arrow: bool) -> None:
        self.table = table
        self.maker = RowMaker(table.columns)
        as_in_events = all(_is_as_in_events(table.columns, path) for path in paths)
        self.quick = quick_rows(table.columns, exact_fraction) if as_in_events else None
        self._arrow = arrow
        self._shaped: dict[type, ShapedColumns | None] = {}

    def columns(self, shape: type) -> ShapedColumns | None:
        """What makes batches of events of a shape, where something can."""
        if shape not in self._shaped:
            from jsonschema_tools.targets.arrow_columns import NoColumns, ShapedColumns

            try:
                self._shaped[shape] = ShapedColumns(shape, self.table.columns)
            except NoColumns:
                self._shaped[shape] = None
        return self._shaped[shape]

    def part(self, rows: Mapping[int, Row], batches: Batches, keys: Mapping[int, bytes | None]) -> Part:
        """What is in rows and batches, in the order of the events; ``keys`` has all their keys, or nothing."""
        order = [*rows, *(index for indexes, _ in batches for index in indexes)]
        of_rows = [keys[index] for index in sorted(order)] if keys else []
        if not self._arrow:
            return Part([rows[index] for index in sorted(order)], of_rows)
        from jsonschema_tools.targets.arrow import arrow_rows, in_order

        found = [arrow_rows(self.table, [*rows.values()])] if rows else []
        return Part([], of_rows, [in_order([*found, *(batch for _, batch in batches)], order)])


def _is_as_in_events(columns: Struct, path: str) -> bool:
    """Whether a row has the value at a path as the event has it, or no column for it."""
    type_: Type = columns
    for name in path.split("."):
        found = type_.field(name) if isinstance(type_, Struct) else None
        if found is None:
            return isinstance(type_, Struct) and name.isidentifier()
        type_ = found.type
    return type_ in (Scalar.STRING, Scalar.INT64)
