"""A file of streams as rules see it: what is written in it, each stream with its settings."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.pointers import at, join
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.streams.merging import merged
from jsonschema_tools.streams.names import is_regex
from jsonschema_tools.streams.reading import StreamDocument, check_lists, written_streams
from jsonschema_tools.streams.topics import topics_of

_BEHIND_TITLE = re.compile(r"/(?:v?[0-9]+(?:\.[0-9]+)+(?:[-+].*)?|latest|current)$")


@dataclass(frozen=True, slots=True)
class WrittenStream:
    """A stream of a file. ``own`` are its own settings, ``settings`` have the defaults; ``pointer`` leads to it."""

    name: str
    own: Mapping[str, Any]
    settings: Mapping[str, Any]
    pointer: str

    @property
    def is_regex(self) -> bool:
        """Whether it stands for all streams whose names match."""
        return is_regex(self.name)

    @property
    def title(self) -> str | None:
        """The title that is meant: what is written, without a slash or a version too much."""
        written = self.settings.get("schema_title")
        return plain_title(written) if isinstance(written, str) and written else None

    @property
    def topics(self) -> list[str]:
        """The topics; none where they are not well-formed."""
        settings = dict(self.settings)
        try:
            check_lists(settings, "", "")
        except ConfigurationError:
            return []
        return topics_of(self.name, settings)

    def at(self, *steps: str) -> str:
        """The JSON Pointer of a setting that it has: of its own, or of the defaults."""
        inner = join(steps)
        for settings, pointer in ((self.own, self.pointer), (self.settings, "/defaults")):
            with suppress(LookupError):
                at(settings, inner)
                return f"{pointer}{inner}"
        return self.pointer


@dataclass(frozen=True)
class StreamFile:
    """The streams that are checked; ``schema`` is the JSON Schema of such files."""

    path: Path
    document: Document
    schema: Mapping[str, Any]

    @functools.cached_property
    def written(self) -> StreamDocument | None:
        """What is in it; ``None`` where that is not written as streams are."""
        try:
            return written_streams(self.document)
        except ConfigurationError:
            return None

    @functools.cached_property
    def streams(self) -> tuple[WrittenStream, ...]:
        """The streams, in order."""
        written = self.written
        if written is None:
            return ()
        return tuple(
            WrittenStream(one.name, one.settings, merged(written.defaults, one.settings), one.pointer)
            for one in written.entries
        )


def plain_title(written: str) -> str:
    """A title without a slash before it and a version behind it."""
    return _BEHIND_TITLE.sub("", f"/{written.strip('/')}").strip("/")
