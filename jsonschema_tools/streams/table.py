"""The streams that there are, to be asked by name or by constraints. Nothing in it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from jsonschema_tools.documents.values import Document, clone
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.streams.constraints import satisfies
from jsonschema_tools.streams.merging import merged
from jsonschema_tools.streams.names import NamePattern, is_regex, name_pattern
from jsonschema_tools.streams.php import text_of
from jsonschema_tools.streams.reading import Entry, read_streams
from jsonschema_tools.streams.topics import topics_of

_MOST_NAMES = 10_000


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream: ``key`` is the name or regular expression under which it is configured, ``name`` what was asked for.

    ``settings`` have the defaults, ``stream`` (the key) and ``topics``; they are shared, and not to be changed.
    """

    name: str
    key: str
    settings: Mapping[str, Any]
    topics: tuple[str, ...]

    @property
    def schema_title(self) -> str | None:
        """The title of the schema that its events have; ``None`` where none is named."""
        title = self.settings.get("schema_title")
        return title if isinstance(title, str) else None


@dataclass(frozen=True, slots=True)
class _Configured:
    settings: dict[str, Any]
    pattern: NamePattern | None


class StreamTable:
    """The streams of a document that was read. Threads may share a table.

    An exact name counts before a regular expression, of those the first that matches. ``find`` and ``get`` give copies,
    `stream` a shared value, which is quicker.
    """

    def __init__(self, configured: Mapping[str, _Configured]) -> None:
        self._configured = configured
        self._patterns = [(key, one.pattern) for key, one in configured.items() if one.pattern is not None]
        # Names come from strangers too: so many are remembered, and no more.
        self._stream = lru_cache(_MOST_NAMES)(self._looked_up)

    @classmethod
    def of(cls, document: Document) -> StreamTable:
        """The streams of a document. Raises `ConfigurationError` with a JSON Pointer."""
        written = read_streams(document)
        return cls({entry.name: _configured(entry, written.defaults) for entry in written.entries})

    @property
    def names(self) -> list[str]:
        """The names and regular expressions of all streams, in order."""
        return list(self._configured)

    def stream(self, name: str) -> Stream | None:
        """The stream that a name belongs to, or that is configured under this regular expression."""
        return self._stream(name)

    def find(self, name: str) -> dict[str, Any] | None:
        """The settings of a stream, with ``stream`` and ``topics``; ``None`` where there is no such stream."""
        found = self._stream(name)
        return None if found is None else clone(dict(found.settings))

    def topics(self, name: str) -> list[str]:
        """The topics of a stream; none where there is no such stream."""
        found = self._stream(name)
        return [] if found is None else list(found.topics)

    def get(
        self, names: Iterable[str] | None = None, constraints: Mapping[str, Any] | None = None
    ) -> dict[str, dict[str, Any]]:
        """The settings of streams by name, with ``stream`` and ``topics``; unknown streams are left out.

        Args:
            names: which streams, ``None`` for all that are configured.
            constraints: only those whose settings have all of this; see `satisfies`. ``stream`` is compared with the
                name, or by the regular expression.
        """
        wanted = self._configured if names is None else [names] if isinstance(names, str) else names
        found = (self._stream(name) for name in wanted)
        return {
            stream.name: clone(dict(stream.settings))
            for stream in found
            if stream is not None and self._satisfies(stream, constraints or {})
        }

    def _looked_up(self, name: str) -> Stream | None:
        key: str | None = name
        if name not in self._configured:
            key = next((key for key, pattern in self._patterns if pattern.matches(name)), None)
        if key is None:
            return None
        topics = topics_of(name, self._configured[key].settings)
        settings = {**self._configured[key].settings, "stream": key, "topics": topics}
        return Stream(name, key, MappingProxyType(settings), tuple(topics))

    def _satisfies(self, stream: Stream, constraints: Mapping[str, Any]) -> bool:
        rest = dict(constraints)
        name = rest.pop("stream", stream.key)
        if "stream" in constraints and not self._is_named(stream.key, name):
            return False
        return satisfies(stream.settings, rest)

    def _is_named(self, key: str, name: Any) -> bool:
        if name is None or isinstance(name, (dict, list)):
            return False
        pattern = self._configured[key].pattern
        return pattern.matches(text_of(name)) if pattern else key == text_of(name)


def _configured(entry: Entry, defaults: dict[str, Any]) -> _Configured:
    pattern = None
    if is_regex(entry.name):
        try:
            pattern = name_pattern(entry.name)
        except ConfigurationError as error:
            raise error.replaced(pointer=entry.pointer) from None
    settings = merged(defaults, entry.settings)
    settings.pop("stream", None)
    if pattern is not None and settings.get("topics") == topics_of(entry.name, {**settings, "topics": None}):
        # An answer has them: they are those of the regular expression, and not of the streams that it stands for.
        del settings["topics"]
    return _Configured(settings, pattern)
