"""Canary events: made from the first example of a schema, to see that a stream works before anybody misses it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.documents.values import Document, clone
from jsonschema_tools.errors import RetrievalError, SchemaToolsError, UsageError
from jsonschema_tools.events.traffic import CANARY
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.lookup.streams import Streams
from jsonschema_tools.repository.loading import load
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.settings import Config
from jsonschema_tools.streams.names import is_regex
from jsonschema_tools.streams.table import Stream
from jsonschema_tools.use_cases.streams import named
from jsonschema_tools.versions import field, schema_version, sort_versions, version_range


@dataclass(frozen=True, slots=True)
class Canary:
    """A stream and its canary event, JSON text; or the ``problem`` why there is none."""

    stream: str
    event: bytes = b""
    problem: SchemaToolsError | None = None


def canaries(streams: Streams, config: Config, names: Iterable[str] = (), *, offline: bool = False) -> Iterator[Canary]:
    """The canary events of the streams that have ``canary_events_enabled``, or of the named ones among them.

    Each is the first example of the latest version that the stream takes, with ``$schema`` and the name of the stream
    set, ``meta.domain: canary``, a new ``meta.id``, and no ``meta.dt``. Raises `UsageError` for a name that is no
    stream, or one without canary events.
    """
    chosen = list(_chosen(streams, list(names)))
    store = open_store(config, offline=offline)
    titles = {title.name: title for title in load(config).titles}
    for stream in chosen:
        try:
            uri, schema = _schema(stream, titles, store, config)
            yield Canary(stream.name, _on_one_line(_event(stream, uri, schema, config)))
        except SchemaToolsError as error:
            yield Canary(stream.name, problem=error)


def _chosen(streams: Streams, names: list[str]) -> Iterator[Stream]:
    for name in named(streams, names) if names else streams.table.names:
        stream = streams.stream(name)
        assert stream is not None
        is_one = stream.name != stream.key or not is_regex(stream.key)
        if stream.settings.get("canary_events_enabled") is True and is_one:
            yield stream
        elif names:
            why = "has no canary events" if is_one else "stands for many streams"
            remedy = f"Write `canary_events_enabled: true` for {name}." if is_one else "Name one of them."
            raise UsageError(f"the stream {name!r} {why}", remedy=remedy)


def _schema(stream: Stream, titles: dict[str, Title], store: SchemaStore, config: Config) -> tuple[str, Document]:
    """The URI and the document of the latest version that a stream takes."""
    title = stream.schema_title
    if title is None:
        raise UsageError("it has no schema", remedy=f"Write schema_title for {stream.name}.")
    own = titles.get(title)
    if own is None:
        return _remote(title, store, config)
    wanted = stream.settings.get("schema_versions")
    files = {file.version: file for file in reversed(own.released(config.content_types[0]))}
    try:
        taken = version_range(wanted) if isinstance(wanted, str) else None
    except ValueError as error:
        raise UsageError(f"schema_versions is no range: {error}", remedy="Check it: `jst streams check`.") from None
    versions = sort_versions(version for version in files if taken is None or version in taken)
    if not versions:
        raise UsageError(f"no version of {title!r} can be used", remedy="Materialize one: `jst materialize`.")
    return f"/{title}/{versions[-1]}", files[versions[-1]].document


def _remote(title: str, store: SchemaStore, config: Config) -> tuple[str, Document]:
    try:
        document = store.retrieve(f"/{title}/latest")
    except RetrievalError as error:
        raise error.replaced(attempts=()) from None
    return f"/{title}/{schema_version(document, config.schema_version_field)}", document


def _event(stream: Stream, uri: str, schema: Document, config: Config) -> dict[str, Any]:
    examples = schema.get("examples") if isinstance(schema, dict) else None
    if not isinstance(examples, list) or not examples or not isinstance(examples[0], dict):
        raise UsageError(f"{uri} has no example", remedy="Add an example of an event to the schema.")
    event: dict[str, Any] = clone(examples[0])
    names = config.events.schema_uri_fields
    used = next((name for name in names if isinstance(field(event, name), str)), names[0])
    if not str(field(event, used) or "").endswith(uri):
        _put(event, used, uri)
    _put(event, config.events.stream_field, stream.name)
    _put(event, "meta.domain", CANARY)
    _put(event, "meta.id", str(uuid.uuid4()))
    event["meta"].pop("dt", None)
    return event


def _on_one_line(event: Document) -> bytes:
    # No text has a line break as it is, so those that there are stand between tokens.
    return " ".join(line.strip() for line in json_text(event).split("\n")).encode()


def _put(event: dict[str, Any], path: str, value: str) -> None:
    *above, last = path.split(".")
    for name in above:
        inner = event.get(name)
        if not isinstance(inner, dict):
            inner = event[name] = {}
        event = inner
    event[last] = value
