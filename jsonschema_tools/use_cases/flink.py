"""Scripts for Flink: the tables of streams, and queries on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from jsonschema_tools.errors import UsageError
from jsonschema_tools.installation import remedy_of
from jsonschema_tools.processing import flink
from jsonschema_tools.processing.event_time import taken_names
from jsonschema_tools.processing.model import Kafka, Place, Sink, Source
from jsonschema_tools.processing.names import Query
from jsonschema_tools.processing.statements import Statement, statements
from jsonschema_tools.tables.types import Type
from jsonschema_tools.use_cases.processing import StreamTables, time_notes


@dataclass(frozen=True, slots=True)
class Script:
    """A script for an engine: what a session is told, by key; the tables; the statements of the query. Notes are for
    people."""

    settings: Mapping[str, str]
    tables: tuple[str, ...]
    query: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def flink_script(
    sources: StreamTables,
    place: Place,
    *,
    sink: Sink | None = None,
    watermark: str = flink.WATERMARK,
    idle: str = flink.IDLE,
    own: Mapping[str, str] | None = None,
    query: str | None = None,
    query_source: str = "the query",
) -> Script:
    """The script that makes streams tables of Flink, with a query for them.

    Args:
        sources: the streams to be read. With a query, only the tables that it names are made.
        place: where the events are.
        sink: the stream to be written.
        watermark: how late an event may be.
        idle: after how long a partition without events is not waited for.
        own: settings of Flink, on top of ours.
        query: SQL. With a sink, one query whose columns are those of the sink; else statements of any number.
        query_source: where the query stands, for errors.

    Raises `UsageError` for a name in the query that is not there, and where its columns are not those of the sink.
    """
    for text in (watermark, idle):
        flink.check_interval(text)
    notes = list(sources.notes)
    tables = sources.sources
    texts: tuple[str, ...] = ()
    if query is not None:
        found = statements(query)
        if not found:
            raise UsageError(f"{query_source} has no statement", remedy="Write a query, such as SELECT * FROM a.")
        named_there, texts = _query(found, sources, sink, place, query_source)
        tables = tuple(each for each in tables if each.table.name in named_there) if named_there else tables
    notes += time_notes(tables, place)
    made = [flink.create_source(each, place, watermark) for each in tables]
    if sink is not None:
        made.append(flink.create_sink(sink, place))
    return Script(flink.settings(place, idle) | dict(own or {}), tuple(made), texts, tuple(notes))


def _query(
    found: list[Statement], sources: StreamTables, sink: Sink | None, place: Place, source: str
) -> tuple[set[str], tuple[str, ...]]:
    """The tables that the statements name, and the statements as they are to be run."""
    try:
        from jsonschema_tools.processing.queries import check_query, read_query
    except ImportError:
        raise UsageError("queries are read by a package that is not here", remedy=remedy_of("queries")) from None

    columns = {each.table.name: _columns_of(each, place) for each in sources.sources}
    if sink is not None:
        columns[sink.table.name] = {field.name: field.type for field in sink.table.columns.fields}
    read = [read_query(each) for each in found]
    for each in read:
        # What cannot be read may make tables of its own.
        if each is not None and (None not in read or all(table.parts[0] in columns for table in each.tables)):
            check_query(each, columns, source)
    names = set(chain.from_iterable((table.parts[0] for table in each.tables) for each in read if each is not None))
    known = names if all(each is not None for each in read) else set()
    if sink is None:
        return known, tuple(each.text for each in found)
    return known, (_inserted(found, read, sink, source),)


def _inserted(found: list[Statement], read: Sequence[object], sink: Sink, source: str) -> str:
    if len(found) == 1 and isinstance(read[0], Query):
        if read[0].target is not None and read[0].target.parts[0] == sink.table.name:
            return found[0].text
        if read[0].outputs and all(read[0].outputs) and "*" not in read[0].outputs:
            return flink.insert(sink, found[0].text, read[0].outputs)
    raise UsageError(
        f"{source}: a sink takes one query whose columns all have names",
        remedy=f"Name them by AS, without *, or write INSERT INTO {sink.table.name} yourself.",
    )


def _columns_of(source: Source, place: Place) -> dict[str, Type | None]:
    added = taken_names(source.table, source.time, kafka=isinstance(place, Kafka))
    return {
        **{each.name: each.type for each in source.table.columns.fields},
        **dict.fromkeys(added),
    }
