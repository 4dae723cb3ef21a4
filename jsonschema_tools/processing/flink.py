"""Streams as tables of Flink SQL: sources with a time and a watermark, sinks of one version, and queries into them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jsonschema_tools.errors import UsageError
from jsonschema_tools.processing.event_time import taken_names
from jsonschema_tools.processing.filling import filled
from jsonschema_tools.processing.model import METADATA, EventTime, Files, Kafka, Place, Sink, Source
from jsonschema_tools.streams.names import is_regex
from jsonschema_tools.tables.dialects.flink import column_text
from jsonschema_tools.tables.dialects.sql import columns_text, literal, quoted
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.naming import check_columns

WATERMARK = "10 SECOND"
"""How late an event may be. Source: the Flink tables of Wikimedia's Event Platform."""

_INTERVAL = re.compile(r"([0-9]{1,5}) (SECOND|MINUTE|HOUR|DAY)S?", re.IGNORECASE)
_DIGITS = 2
_METADATA = dict(
    zip(
        METADATA,
        (
            "TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' VIRTUAL",
            "STRING NOT NULL METADATA FROM 'topic' VIRTUAL",
            "INT NOT NULL METADATA FROM 'partition' VIRTUAL",
            "BIGINT NOT NULL METADATA FROM 'offset' VIRTUAL",
        ),
        strict=True,
    )
)


def check_interval(text: str) -> None:
    """Raise `UsageError` unless a text is an interval as it is written here: ``10 SECOND``, ``2 minutes``."""
    if _INTERVAL.fullmatch(text) is None:
        raise UsageError(f"{text!r} is no interval", remedy="Write it as '10 SECOND' or '2 MINUTE'.")


def interval(text: str) -> str:
    """An interval of SQL: ``INTERVAL '10' SECOND``."""
    found = _INTERVAL.fullmatch(text)
    assert found is not None
    number, unit = found.groups()
    # By default, an interval has two digits.
    precision = f"({len(number)})" if len(number) > _DIGITS else ""
    return f"INTERVAL '{number}' {unit.upper()}{precision}"


IDLE = "30 SECOND"
"""When a partition without events is no longer waited for."""


def settings(place: Place, idle: str = IDLE) -> dict[str, str]:
    """What a session has to be told before: windows begin at whole hours and days of UTC, and a partition or topic
    without events does not hold up the watermarks of all others.

    Args:
        place: where the events are.
        idle: after how long without events that is so.
    """
    waiting = {"table.exec.source.idle-timeout": idle.lower()} if isinstance(place, Kafka) else {}
    return {"table.local-time-zone": "UTC", **waiting}


def setting(key: str, value: str) -> str:
    """The statement that tells a session something."""
    return f"SET {literal(key)} = {literal(value)}"


def create_source(source: Source, place: Place, watermark: str = WATERMARK) -> str:
    """The statement that makes the table of a stream to be read.

    Args:
        source: the stream.
        place: where it is.
        watermark: how late an event may be: ``10 SECOND``.
    """
    kafka = isinstance(place, Kafka)
    check_columns(source.table.columns, str, source.table.name)
    taken_names(source.table, source.time, kafka=kafka)
    lines = [column_text(each) for each in source.table.columns.fields]
    if kafka:
        lines += [f"{quoted(name, '`')} {text}" for name, text in _METADATA.items()]
    if source.time is not None:
        lines += _time_lines(source.time, watermark, kafka=kafka)
    return _create(source.table, lines, _source_options(source, place))


def create_sink(sink: Sink, place: Place) -> str:
    """The statement that makes the table of a stream to be written."""
    check_columns(sink.table.columns, str, sink.table.name)
    lines = [column_text(each) for each in sink.table.columns.fields]
    return _create(sink.table, lines, _sink_options(sink, place))


def insert(sink: Sink, query: str, columns: Iterable[str]) -> str:
    """The statement that writes the rows of a query into a sink: its columns by name, with what every event has.

    Args:
        sink: the stream.
        query: a query, without the semicolon.
        columns: the names of its columns.
    """
    values = filled(sink, list(columns))
    names = ", ".join(quoted(each.name, "`") for each in sink.table.columns.fields)
    lines = ",\n  ".join(f"{text} AS {quoted(name, '`')}" for name, text in values.items())
    return f"INSERT INTO {quoted(sink.table.name, '`')} ({names})\nSELECT\n  {lines}\nFROM (\n{query}\n) AS `query`"


def _time_lines(time: EventTime, watermark: str, *, kafka: bool) -> list[str]:
    field = ".".join(quoted(name, "`") for name in time.path) if time.path else quoted(METADATA[0], "`")
    if not time.always:
        # A time that is null ends the job: such an event has Kafka's time, or is far too late for any window.
        instead = quoted(METADATA[0], "`") if kafka else "TO_TIMESTAMP_LTZ(0, 3)"
        field = f"COALESCE({field}, {instead})"
    column = quoted(time.column, "`")
    return [f"{column} AS {field}", f"WATERMARK FOR {column} AS {column} - {interval(watermark)}"]


def _create(table: Table, lines: list[str], options: dict[str, str]) -> str:
    comment = f" COMMENT {literal(table.description)}" if table.description else ""
    said = ",\n  ".join(f"{literal(key)} = {literal(value)}" for key, value in options.items())
    return f"CREATE TABLE {quoted(table.name, '`')} {columns_text(lines)}{comment} WITH (\n  {said}\n)"


def _source_options(source: Source, place: Place) -> dict[str, str]:
    if isinstance(place, Files):
        return {**_files(place.path_of(source.stream)), **_JSON}
    return {
        "connector": "kafka",
        **_topics(source.topics),
        "properties.bootstrap.servers": place.brokers,
        "properties.group.id": place.group,
        "scan.startup.mode": "group-offsets",
        "properties.auto.offset.reset": place.start,
        **_JSON,
    }


def _sink_options(sink: Sink, place: Place) -> dict[str, str]:
    if isinstance(place, Files):
        return {**_files(place.folder_of(sink.stream)), **_JSON, **_ENCODING}
    keyed = {"key.format": "json", "key.fields": ";".join(sink.key)} if sink.key else {}
    before = "value." if keyed else ""
    format_ = {f"{before}{key}": text for key, text in {**_JSON, **_ENCODING}.items()}
    return {
        "connector": "kafka",
        "topic": sink.topic,
        "properties.bootstrap.servers": place.brokers,
        **keyed,
        **format_,
    }


_JSON = {"format": "json", "json.timestamp-format.standard": "ISO-8601"}
_ENCODING = {"json.encode.ignore-null-fields": "true", "json.encode.decimal-as-plain-number": "true"}


def _files(path: str) -> dict[str, str]:
    return {"connector": "filesystem", "path": path}


def _topics(topics: tuple[str, ...]) -> dict[str, str]:
    if any(map(is_regex, topics)):
        return {"topic-pattern": "|".join(map(whole_pattern, topics))}
    return {"topic": ";".join(topics)}


def whole_pattern(topic: str) -> str:
    """A topic, or a regular expression for a part of its name, as one for all of it: as Kafka's consumers take them."""
    if not is_regex(topic):
        return re.escape(topic)
    inner, _, flags = topic[1:].rpartition("/")
    return f"{'(?i)' * ('i' in flags)}.*(?:{inner}).*"
