"""What a change of a schema touches: streams, their tables, the jobs that read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.files import read_named
from jsonschema_tools.installation import remedy_of
from jsonschema_tools.lookup.stream_texts import is_url
from jsonschema_tools.lookup.streams import Streams
from jsonschema_tools.processing.event_time import event_time
from jsonschema_tools.processing.impact import (
    Impact,
    JobImpact,
    StreamImpact,
    Use,
    column_changes,
    uses,
)
from jsonschema_tools.processing.names import Query
from jsonschema_tools.processing.statements import statements
from jsonschema_tools.repository.naming import title_meant
from jsonschema_tools.repository.partial import load_meant
from jsonschema_tools.settings import Config
from jsonschema_tools.streams.table import Stream
from jsonschema_tools.tables.conversion import type_of
from jsonschema_tools.tables.naming import table_name
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.use_cases.compare import named_versions

Reading = Callable[[Query], Iterator[Use]]


def impact(name: str, config: Config, streams: Streams, *, offline: bool = False) -> Impact:
    """What the newest version of a title changes, or ``title@1.2.0`` against the versions before it.

    Raises `UsageError` for a title or version that there is not, and for one without an older version.
    """
    title, version = title_meant(name, load_meant(config, [name]), config)
    versions = [(each.name, each.document) for each in named_versions(title, config, offline=offline)]
    numbers = [number for number, _ in versions]
    if version is not None and version not in numbers:
        raise UsageError(f"{title.name} has no version {version!r}", remedy=f"Its versions: {', '.join(numbers)}.")
    index = numbers.index(version) if version is not None else len(numbers) - 1
    if index < 1:
        raise UsageError(f"{title.name} has no version before {numbers[index]}", remedy="There is nothing to compare.")
    tables, _ = tables_of(title.name, versions[:index])
    new = type_of(versions[index][1]).columns
    if not tables or new is None:
        raise UsageError(f"{title.name} is no table", remedy="Its events are no objects: no query can read them.")
    before = tables[-1].columns
    changes = tuple(column_changes(before, new))
    all_streams = [stream for key in streams.table.names if (stream := streams.stream(key)) is not None]
    carrying = [stream for stream in all_streams if stream.schema_title == title.name]
    found = tuple(StreamImpact(stream.name, table_name(stream.name)) for stream in carrying)
    time = event_time(tables[-1], [before])
    reading = partial(
        uses,
        columns={each.table: before for each in found},
        changes={each.table: changes for each in found},
        times={each.table: time for each in found},
    )
    jobs = tuple(_jobs(all_streams, carrying, reading, config))
    return Impact(title.name, numbers[index - 1], numbers[index], changes, found, jobs)


def _jobs(
    streams: list[Stream],
    carrying: list[Stream],
    reading: Reading,
    config: Config,
) -> Iterator[JobImpact]:
    names = {stream.name for stream in carrying}
    for stream in streams:
        derived = stream.settings.get("derived_from")
        sources = derived.get("streams") if isinstance(derived, Mapping) else None
        if isinstance(sources, list) and names & {str(each) for each in sources}:
            assert isinstance(derived, Mapping)
            yield _job(stream.name, derived.get("query"), reading, config)


def _job(stream: str, query: object, reading: Reading, config: Config) -> JobImpact:
    if not isinstance(query, str):
        return JobImpact(stream, None, unknown="its query is not named: `derived_from: {query: FILE}`")
    try:
        text = _text(query, config)
        found = tuple(_uses(text, reading))
    except SchemaToolsError as error:
        return JobImpact(stream, query, unknown=error.message)
    return JobImpact(stream, query, found)


def _uses(text: str, reading: Reading) -> Iterator[Use]:
    try:
        from jsonschema_tools.processing.queries import read_query
    except ImportError:
        raise UsageError("queries are read by a package that is not here", remedy=remedy_of("queries")) from None
    for statement in statements(text):
        query = read_query(statement)
        if query is None:
            raise UsageError(f"line {statement.line}: only Flink can read it", remedy="Look at it yourself.")
        yield from reading(query)


def _text(query: str, config: Config) -> str:
    """The text of a query: beside the file of streams, or below the root."""
    source = config.streams
    folders = [config.root] if source is None or is_url(source) else [(config.root / source).parent, config.root]
    path = next((folder / query for folder in folders if (folder / query).is_file()), folders[0] / query)
    try:
        return read_named(path, config.root).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"its query cannot be read: {reason}", remedy="Name a file.") from None
