"""The rows of a chunk of events: what each process of a load does, with no target at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from jsonschema_tools.events.model import EventError, Obstacle, Verdict
from jsonschema_tools.events.plain import NotJson
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.events.shaped_values import NotScalar, shaped_field
from jsonschema_tools.events.valid_events import ReadingValidator, ValidEvent
from jsonschema_tools.events.validation import not_json
from jsonschema_tools.sources.chunks import EventTexts
from jsonschema_tools.tables.model import Table, Types
from jsonschema_tools.use_cases.load_chunks import DOMAIN, Check, Chunk, event_of
from jsonschema_tools.use_cases.load_parts import Made, PartMaker
from jsonschema_tools.use_cases.load_tables import Named, NoTable
from jsonschema_tools.versions import field as value_at

BATCH = 20_000

IsWanted: TypeAlias = Callable[[Named | None, ValidEvent | Verdict], bool]
"""Whether an event counts, by what it has its table by, if it is valid, and the verdict, if it is not."""

_SLICE = 250
"""Events that are read at once, and then taken apart: few enough for the caches of a processor."""


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


class RowMaking:
    """Makes rows of events.

    Args:
        validator: judges events first.
        settings: how events are loaded.
        stream_field: where an event names its stream.
        arrow: the rows are to be batches of Arrow.
    """

    is_wanted: IsWanted | None = None
    """Tells the events that count, if not all of them do: the others are passed over."""

    def __init__(self, validator: ReadingValidator, settings: LoadSettings, stream_field: str, *, arrow: bool) -> None:
        self.validator, self.settings, self.arrow = validator, settings, arrow
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
        chunk, missing = Chunk(self, events.texts, check), dict[Named, None]()
        for start in range(0, len(events.texts), _SLICE):
            found = self._judged(events.texts[start : start + _SLICE], start)
            wanted = dict.fromkeys(named for _, named, _ in found if named is not None)
            if missing or any(each not in self.tables for each in wanted):
                if prepare is None:
                    missing |= wanted
                    continue
                # In the order of the events: the first title of a stream has the table with its name.
                prepare(wanted)
                if not chunk.is_of(self.tables):
                    # A table has changed of which the chunk has rows: they are made anew.
                    return self.make(source, events, prepare, check)
            for index, named, judged in found:
                if isinstance(judged, ValidEvent):
                    assert named is not None
                    chunk.add(index, named, judged)
                else:
                    chunk.refused[index] = _problem(events.problems[index]) if index in events.problems else judged
        if missing:
            return Made(missing=tuple(missing))
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
        stream = value_at(event_of(text, valid), self.stream_field)
        return stream if isinstance(stream, str) else None

    def _judged(self, texts: Sequence[bytes], first: int) -> list[tuple[int, Named | None, ValidEvent | Verdict]]:
        """The events that count, with their indexes from ``first`` on; refused ones are not named."""
        found = self.validator.judged(texts)
        named = self._by_stream(texts, found) if self.settings.by_stream else self._by_title(found)
        judged = zip(range(first, first + len(texts)), named, found, strict=True)
        if self.is_wanted is None:
            return list(judged)
        return [each for each in judged if self.is_wanted(each[1], each[2])]

    def _by_title(self, found: Sequence[ValidEvent | Verdict]) -> list[Named | None]:
        """By what each event has its table; ``None`` for a refused one."""
        by_uri = {each.uri: (each.uri, None) for each in found if isinstance(each, ValidEvent)}
        return [by_uri[each.uri] if isinstance(each, ValidEvent) else None for each in found]

    def _by_stream(self, texts: Sequence[bytes], found: list[ValidEvent | Verdict]) -> list[Named | None]:
        """The same, by streams. One that was taken for valid unread, and is not JSON, is refused in ``found``."""
        named = list[Named | None]()
        for index, (text, each) in enumerate(zip(texts, found, strict=True)):
            try:
                named.append((each.uri, self.stream(text, each)) if isinstance(each, ValidEvent) else None)
            except NotJson as error:
                found[index] = not_json(error.message, error.pointer)
                named.append(None)
        return named

    def _paths(self) -> list[str]:
        """Where values are looked at, beside the columns."""
        key = [self.settings.key] if self.settings.key is not None else []
        return [*key, DOMAIN] if self.settings.skip_canary else key


def _problem(problem: str) -> Verdict:
    """The verdict on what could not be read."""
    return Verdict(None, (EventError(problem, obstacle=Obstacle.NOT_JSON),))
