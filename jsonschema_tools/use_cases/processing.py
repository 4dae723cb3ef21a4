"""Streams as tables of an engine: which there are, and the script that makes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.lookup.streams import Streams
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.processing.event_time import event_time, taken_names
from jsonschema_tools.processing.model import Kafka, Place, Sink, Source
from jsonschema_tools.release.standing import State
from jsonschema_tools.repository.loading import load
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.settings import Config
from jsonschema_tools.streams.names import is_regex
from jsonschema_tools.streams.table import Stream
from jsonschema_tools.tables.conversion import type_of
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.naming import check_table_names, table_name
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.tables.types import Struct
from jsonschema_tools.use_cases.streams import named
from jsonschema_tools.versions import version_range


@dataclass(frozen=True, slots=True)
class StreamTables:
    """Streams to be read, and why others are not: a sentence each."""

    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()


class Repository:
    """The released versions of titles, and the streams that carry them.

    Args:
        config: the settings of the repository.
        streams: its streams.
        drafts: whether versions that are not released count.
        offline: fetch nothing.
    """

    def __init__(self, config: Config, streams: Streams, *, drafts: bool = False, offline: bool = False) -> None:
        releases = Releases(config, offline=offline)
        self._titles = {title.name: title for title in load(config, releases).titles}
        self._releases = None if drafts else releases
        self._config = config
        self._streams = streams

    def sources(self, names: Sequence[str], place: Place, time: str | None = None) -> StreamTables:
        """The streams with these names as tables, or all that have a schema here.

        Args:
            names: streams; none for all.
            place: where the events are.
            time: the path of the field that has the time of an event; ``kafka``; ``None`` to choose.

        Raises `UsageError` for a name that is no stream, or one without a schema here.
        """
        found, notes = [], []
        for name in named(self._streams, names) or self._streams.table.names:
            stream = self._streams.stream(name)
            assert stream is not None
            try:
                found.append(self._source(stream, place, time))
            except SchemaToolsError as error:
                if names:
                    raise
                notes.append(f"{name}: {error.message}")
        check_table_names(each.stream for each in found)
        return StreamTables(tuple(found), tuple(notes))

    def sink(self, name: str, topic: str | None = None) -> Sink:
        """The stream to be written, ``stream@1.0.0``; without a version, its latest.

        Args:
            name: the stream, and which version its events have.
            topic: where they go in Kafka; ``None`` for the topic of the stream, if it has one.
        """
        given, _, version = name.partition("@")
        (stream_name,) = named(self._streams, [given])
        stream = self._streams.stream(stream_name)
        assert stream is not None
        if stream.name == stream.key and is_regex(stream.key):
            raise UsageError(f"the stream {name!r} stands for many", remedy="Name one of them.")
        title, files = self._versions(stream)
        wanted = [file for file in files if not version or file.version == version]
        if not wanted:
            known = ", ".join(file.version for file in files)
            raise UsageError(f"{title} has no released version {version!r}", remedy=f"Its versions: {known}.")
        columns = type_of(wanted[-1].document).columns
        if columns is None:
            raise UsageError(f"{title} {wanted[-1].version} is no table", remedy="Its events are no objects.")
        return Sink(
            stream.name,
            Table(f"{table_name(stream.name)}_sink", title, (wanted[-1].version,), columns),
            f"/{title}/{wanted[-1].version}",
            topic or _one_topic(stream),
            _key(stream, columns),
            tuple(self._config.events.schema_uri_fields[0].split(".")),
            tuple(self._config.events.stream_field.split(".")),
        )

    def _source(self, stream: Stream, place: Place, time: str | None) -> Source:
        title, files = self._versions(stream)
        versions = [(file.version, file.document) for file in files]
        tables, notes = tables_of(title, versions)
        if not tables:
            raise UsageError(notes[0].message, remedy=notes[0].cure)
        table = replace(tables[-1], name=table_name(stream.name))
        columns = [type_of(document).columns for version, document in versions if version in table.versions]
        in_kafka = isinstance(place, Kafka)
        when = event_time(table, [each for each in columns if each is not None], time, kafka=in_kafka)
        taken_names(table, when, kafka=in_kafka)
        return Source(stream.name, table, stream.topics, when)

    def _versions(self, stream: Stream) -> tuple[str, list[SchemaFile]]:
        """The title of a stream, and those of its released versions that the stream takes, from the lowest on."""
        title = self._title(stream)
        wanted = stream.settings.get("schema_versions")
        try:
            taken = version_range(wanted) if isinstance(wanted, str) else None
        except ValueError as error:
            raise UsageError(f"schema_versions is no range: {error}", remedy="Check it: `jst streams check`.") from None
        files = [
            file
            for file in title.released(self._config.content_types[0])
            if (taken is None or file.version in taken)
            and (self._releases is None or self._releases.state(file.path) != State.DRAFT)
        ]
        if not files:
            raise UsageError(f"no version of {title.name!r} is released", remedy="Release one, or name --drafts.")
        return title.name, files

    def _title(self, stream: Stream) -> Title:
        name = stream.schema_title
        if name is None:
            raise UsageError("it has no schema", remedy=f"Write schema_title for {stream.name}.")
        if name not in self._titles:
            raise UsageError(f"its schema {name!r} is not in this repository", remedy="Check it: `jst streams check`.")
        return self._titles[name]


def _one_topic(stream: Stream) -> str:
    if len(stream.topics) != 1:
        raise UsageError(
            f"the stream {stream.name!r} has {len(stream.topics)} topics: {', '.join(stream.topics)}",
            remedy="Say by --sink-topic which of them is written.",
        )
    return stream.topics[0]


def _key(stream: Stream, columns: Struct) -> tuple[str, ...]:
    """The columns that are the key of a message: where the key is made of top-level fields under their own names."""
    fields = stream.settings.get("message_key_fields")
    if not isinstance(fields, Mapping):
        return ()
    is_plain = all(key == path and columns.field(key) is not None for key, path in fields.items())
    return tuple(fields) if is_plain else ()


def time_notes(sources: Iterable[Source], place: Place) -> list[str]:
    """What to know of the time of events: a sentence for each stream where it is not simply there."""
    return [note for each in sources if (note := _time_note(each, kafka=isinstance(place, Kafka)))]


def _time_note(source: Source, *, kafka: bool) -> str | None:
    if source.time is None:
        return f"{source.stream}: its events have no time, so that nothing can be counted by windows of it"
    if source.time.always:
        return None
    path = ".".join(source.time.path or ())
    instead = "has the time of Kafka" if kafka else "counts as of 1970, too late for any window"
    return f"{source.stream}: {path} is not in every event; one without {instead}"
