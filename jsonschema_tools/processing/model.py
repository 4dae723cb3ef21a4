"""Streams as tables: what is read, what is written, and which column has the time of an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jsonschema_tools.tables.model import Table

METADATA = ("kafka_timestamp", "kafka_topic", "kafka_partition", "kafka_offset")
"""Columns that a table in Kafka has beside those of its events."""

WINDOW = ("window_start", "window_end", "window_time")
"""Columns that a windowing table function brings. Source: Flink, "Windowing table-valued functions"."""


@dataclass(frozen=True, slots=True)
class Kafka:
    """Streams in Kafka.

    Args:
        brokers: ``host:port``, several separated by commas.
        group: the consumer group; where it has read to is kept under this name.
        start: what a group reads first that never read: ``earliest`` or ``latest``.
    """

    brokers: str
    group: str = "jst"
    start: str = "latest"


@dataclass(frozen=True, slots=True)
class Files:
    """Streams in files of JSON lines, as paths or URLs.

    Args:
        path_of: the file or folder of a stream to be read.
        folder_of: the folder of a stream to be written.
    """

    path_of: Callable[[str], str]
    folder_of: Callable[[str], str]


Place = Kafka | Files


@dataclass(frozen=True, slots=True)
class EventTime:
    """The time of an event.

    Args:
        path: the names of the field and of those around it; ``None`` for the time that Kafka has.
        always: whether each event of each version has it. Flink ends a job on a time that is null.
        column: the column that holds it, which is computed and has the watermark.
    """

    path: tuple[str, ...] | None
    always: bool
    column: str


@dataclass(frozen=True, slots=True)
class Source:
    """A stream to be read.

    Args:
        stream: its name, or the regular expression under which it is configured.
        table: its columns; the name is the table's.
        topics: its topics in Kafka; a regular expression between slashes is one for their names.
        time: the time of its events, if any.
    """

    stream: str
    table: Table
    topics: tuple[str, ...]
    time: EventTime | None


@dataclass(frozen=True, slots=True)
class Sink:
    """A stream to be written, its events of one version.

    Args:
        stream: its name.
        table: the columns of that version; the name is the table's.
        schema_uri: what `$schema` of its events is.
        topic: where they go in Kafka.
        key: top-level columns that are the key of a message.
        names: the paths of the columns that are filled: of the URI of the schema, and of the stream.
    """

    stream: str
    table: Table
    schema_uri: str
    topic: str
    key: tuple[str, ...] = ()
    schema_field: tuple[str, ...] = ("$schema",)
    stream_field: tuple[str, ...] = ("meta", "stream")
