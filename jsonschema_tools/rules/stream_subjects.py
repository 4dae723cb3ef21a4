"""The subjects of rules on streams. There are some only where streams are checked: `jst streams check`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.rules.model import Context, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.stream_file import StreamFile, WrittenStream


def stream_file(_collection: Collection, context: Context) -> Iterator[Subject]:
    """The file as a whole."""
    if context.streams is not None:
        yield Subject(context.streams, None, None, context.streams.path, "")


def every_stream(_collection: Collection, context: Context) -> Iterator[Subject]:
    """Every stream."""
    if context.streams is not None:
        yield from (of_stream(stream, context.streams) for stream in context.streams.streams)


def of_stream(stream: WrittenStream, file: StreamFile, value: Any = None) -> Subject:
    """A stream as a subject. Patterns of ``skipSchemaTestCases`` are searched in its name."""
    return Subject(stream if value is None else value, None, None, file.path, stream.name, stream.name)
