"""Which stream an event is of, and whether it may be of its schema: decided before any schema is looked up.

What a stranger's event names is never fetched where a stream configuration says what its stream may carry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from jsonschema_tools.documents.values import describe
from jsonschema_tools.events.model import EventError, Obstacle
from jsonschema_tools.events.targets import LATEST, canonical
from jsonschema_tools.events.wording import shortened
from jsonschema_tools.intake.heads import MISSING, Head
from jsonschema_tools.streams.names import is_regex
from jsonschema_tools.streams.table import Stream, StreamTable
from jsonschema_tools.versions import is_version, version_range

_LONGEST_NAME = 2000
_MOST_ROUTES = 10_000
_FROM_HEADERS = "enrich_fields_from_http_headers"
_FOREIGN = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Route:
    """Where events of a stream and a schema go.

    ``named`` is the schema URI as the event has it, ``schema_uri`` its one spelling, ``is_plain`` whether any validator
    of events would find the one by the other; ``key_fields`` are the paths of
    the parts of its key by name; ``header_fields`` the paths of fields that are filled from headers. ``label`` is the
    stream for counting: a pattern or name of the configuration.
    """

    stream: str
    named: str
    schema_uri: str
    topic: str
    label: str
    is_plain: bool = True
    key_fields: Mapping[str, str] | None = None
    header_fields: Mapping[str, str] | None = None


class Refusal(Exception):
    """Why an event has no route."""

    def __init__(self, error: EventError) -> None:
        super().__init__(error.message)
        self.error = error


class Router:
    """Finds routes, and remembers the latest ones; replace it when the stream configuration changes.

    Args:
        streams: the configured streams; without any, every stream is taken.
        schema_fields: where events name their schema, for messages.
        stream_fields: where they name their stream.
        topic_prefix: among the topics of a stream the first with this prefix counts.
        spelling: the one spelling of a schema URI that an event names; raises `Refusal` for one that may not be.
        any_stream: whether a stream that is no text counts as none.
    """

    def __init__(
        self,
        streams: StreamTable | None,
        *,
        schema_fields: Sequence[str] = ("$schema",),
        stream_fields: Sequence[str] = ("meta.stream",),
        topic_prefix: str = "",
        spelling: Callable[[str], str] | None = None,
        any_stream: bool = False,
    ) -> None:
        self._streams, self._prefix = streams, topic_prefix
        self._schema_fields, self._stream_fields = ", ".join(schema_fields), ", ".join(stream_fields)
        self._spelling = spelling or plain_spelling
        self._any_stream = any_stream
        self._routes: dict[tuple[Any, Any], Route] = {}

    def known(self, head: Head) -> Route | None:
        """The route of an event, where one like it came before."""
        try:
            return self._routes.get(head[:2])
        except TypeError:
            return None

    def route(self, head: Head) -> Route:
        """The route of an event. Raises `Refusal`."""
        named = self._named(head[0])
        uri = self._spelling(named)
        stream = self._stream(head[1], named)
        is_plain = uri == plain_spelling(named)
        if self._streams is None:
            route = Route(stream, named, uri, stream, "other", is_plain)
        else:
            route = replace(self._configured(stream, named, uri), is_plain=is_plain)
        if len(self._routes) >= _MOST_ROUTES:
            self._routes.clear()
        with suppress(TypeError):
            # A stream may be any JSON value: those of lists and objects are made anew each time.
            self._routes[head[:2]] = route
        return route

    def _named(self, schema: Any) -> str:
        if not isinstance(schema, str) or not schema:
            fields = self._schema_fields
            said = "names no schema" if schema in (MISSING, None) else f"names {describe(schema)} as its schema"
            message = f"the event {said}: it has no text in {fields}"
            remedy = f"Give the event the URI of its schema, such as /user/create/1.0.0, in {fields}."
            raise Refusal(EventError(message, obstacle=Obstacle.NO_SCHEMA_URI, remedy=remedy))
        if len(schema) > _LONGEST_NAME:
            message = f"the schema URI has more than {_LONGEST_NAME} characters: {shortened(schema)}"
            raise Refusal(EventError(message, obstacle=Obstacle.SCHEMA_FORBIDDEN))
        return schema

    def _stream(self, stream: Any, named: str) -> str:
        if isinstance(stream, str) and stream and len(stream) <= _LONGEST_NAME:
            return stream
        if stream is MISSING or stream is None or self._any_stream:
            return stream_of_schema(named)
        raise Refusal(
            EventError(
                f"the event has no name of a stream in {self._stream_fields}: {shortened(describe(stream))}",
                obstacle=Obstacle.UNKNOWN_STREAM,
                remedy=f"Give it the name of its stream, a text, in {self._stream_fields}.",
            )
        )

    def _configured(self, stream: str, named: str, uri: str) -> Route:
        assert self._streams is not None
        # A regular expression is no name of a stream, though it can be asked for.
        found = None if is_regex(stream) else self._streams.stream(stream)
        if found is None:
            raise Refusal(
                EventError(
                    f"there is no stream {shortened(stream)!r}",
                    obstacle=Obstacle.UNKNOWN_STREAM,
                    remedy="Correct the name, or add the stream to the stream configuration.",
                )
            )
        check_schema(found, uri)
        topics = found.topics or (stream,)
        topic = next((topic for topic in topics if topic.startswith(self._prefix)), topics[0])
        settings = found.settings
        keys = settings.get("message_key_fields") or None
        return Route(stream, named, uri, topic, found.key, key_fields=keys, header_fields=_headers(settings))


def _headers(settings: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The fields that a stream wants from headers; Wikimedia's streams say it of a producer."""
    producer = (settings.get("producers") or {}).get("eventgate") or {}
    for holder in (settings, producer):
        found = holder.get(_FROM_HEADERS)
        if isinstance(found, dict) and found:
            return found
    return None


def plain_spelling(named: str) -> str:
    """The one spelling of a schema URI."""
    return canonical(named.removesuffix("#"))


def joined_spelling(extension: str) -> Callable[[str], str]:
    """The spelling of what EventGate would find when it puts a base, the schema URI and an extension together.

    It raises `Refusal` for what leads elsewhere than to a version of a title below a base.
    """

    def spelling(named: str) -> str:
        path = named.partition("#")[0].partition("?")[0]
        names = [name for name in path.split("/") if name]
        version = names[-1].removesuffix(".yaml").removesuffix(".json") if names else ""
        leads_out = not path.startswith("/") or "%" in path or "\\" in path or any(n.startswith(".") for n in names)
        if leads_out or not (version == LATEST or is_version(version)):
            message = f"{describe(named)} is no version of a schema"
            raise Refusal(EventError(message, schema_uri=named, obstacle=Obstacle.SCHEMA_FORBIDDEN))
        return f"/{'/'.join(names)}{extension}"

    return spelling


def check_schema(stream: Stream, uri: str) -> None:
    """Raise `Refusal` for a schema that is not of the title or of a version that a stream may carry."""
    title, name = stream.schema_title, shortened(stream.name)
    version = uri.rpartition("/")[2]
    if title is not None and uri != f"/{title.strip('/')}/{version}":
        raise Refusal(
            EventError(
                f"the stream {name} carries events of {title}, and not of {shortened(uri)}",
                schema_uri=uri,
                obstacle=Obstacle.SCHEMA_NOT_OF_STREAM,
                remedy=f"Name a version of {title}, such as /{title}/{LATEST}, or another stream.",
            )
        )
    allowed = stream.settings.get("schema_versions")
    if allowed and not _is_allowed(version, allowed):
        raise Refusal(
            EventError(
                f"the stream {name} takes the versions {_said(allowed)}, and not {version}",
                schema_uri=uri,
                obstacle=Obstacle.SCHEMA_NOT_OF_STREAM,
                remedy="Send events of one of those versions.",
            )
        )


def _said(versions: Any) -> str:
    return ", ".join(map(str, versions)) if isinstance(versions, list) else str(versions)


def _is_allowed(version: str, allowed: Any) -> bool:
    return any(version == one or _is_in(version, one) for one in (allowed if isinstance(allowed, list) else [allowed]))


def _is_in(version: str, versions: Any) -> bool:
    try:
        return is_version(version) and version in version_range(str(versions))
    except ValueError:
        return False


def stream_of_schema(named: str) -> str:
    """The name of the stream of an event that names none, as EventGate makes it of its schema URI."""
    return _FOREIGN.sub("_", named).removeprefix("_")
