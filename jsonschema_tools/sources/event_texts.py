"""The texts of single events in files, in order, each with the line that it begins on."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.errors import UsageError
from jsonschema_tools.events.plain import NotJson
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.sources.files import EventBlock, Form, blocks, read_span

_OF_A_REFUSAL = frozenset({"source", "line", "errors"})
"""Keys of a line that `jst validate --errors` writes, beside the event."""


def event_texts(source: str) -> Iterator[tuple[int, bytes]]:
    """Every event of a file of JSON, its bytes as they are; of a line of `jst validate --errors` the event in it.

    Raises `UsageError` where the file cannot be read, has YAML, or has what is no event.
    """
    line = 1
    for block in blocks(source):
        if block.form is Form.YAML and not block.pauses:
            raise UsageError("the events are in YAML", source=source, remedy="Name files with JSON events.")
        for number, text, problem in _texts(block, source, line):
            if problem is not None:
                raise UsageError(f"line {number}: {problem}", source=source, remedy="Take it out of the file.")
            if text.strip():
                yield number, event_in(text.strip())
        if block.form is Form.LINES:
            line += _lines_of(block, source).count(b"\n")


def _texts(block: EventBlock, source: str, line: int) -> Iterator[tuple[int, bytes, str | None]]:
    if block.form is Form.JSON:
        yield from ((number, text, None) for number, text in block.texts)
        problem = block.problem
    else:
        data, problem = read_span(source, *block.span) if block.span else (block.data, block.problem)
        for index, text in enumerate(data.split(b"\n")):
            yield line + index, text, None
    if problem is not None:
        yield block.line or line, b"", problem


def _lines_of(block: EventBlock, source: str) -> bytes:
    return read_span(source, *block.span)[0] if block.span else block.data


def event_in(text: bytes) -> bytes:
    """The event of a line that `jst validate --errors` wrote, its bytes as they are; any other text is the event."""
    from msgspec import DecodeError, Raw
    from msgspec.json import Decoder

    try:
        fields = Decoder(dict[str, Raw]).decode(text)
    except (DecodeError, ValueError, RecursionError):
        return text
    if "$schema" in fields or not fields.keys() >= _OF_A_REFUSAL or len({"event", "text"} & fields.keys()) != 1:
        return text
    return bytes(fields["event"]) if "event" in fields else _text(bytes(fields["text"]))


def _text(written: bytes) -> bytes:
    try:
        text = read_event(written)
    except NotJson:
        return written
    return text.encode("utf-8", "replace") if isinstance(text, str) else written
