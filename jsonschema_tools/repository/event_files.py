"""Events in files and streams: opened, decompressed, and cut into blocks. Memory does not grow with the input."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from jsonschema_tools.errors import UsageError
from jsonschema_tools.events.splitting import JsonSplitter, YamlSplitter

BLOCK_SIZE = 2**20
SPAN_SIZE = 4 * 2**20
EVENT_SIZE_LIMIT = 4 * 2**20
"""No less than a block or a span: so only a line that goes beyond them can be too large."""
STDIN = "-"

_GZIP = b"\x1f\x8b"
_LINES = (".jsonl", ".ndjson", ".jsonlines")
_YAML = (".yaml", ".yml")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Form(StrEnum):
    """How events stand in a file."""

    LINES = "lines"
    """JSON, an event a line."""
    JSON = "json"
    """JSON over any number of lines: one event after the other, or lists of events."""
    YAML = "yaml"
    """YAML: an event or a list of events a document."""


@dataclass(frozen=True, slots=True)
class EventBlock:
    """A piece of a file: JSON lines, or the text of one event (``yaml``: of one document).

    ``line`` is the number of its first line, from 1; 0: it begins where the block before ends. ``done`` is how many
    bytes of the file, as they are stored, are read with it. The text is ``data``, or with a ``span`` the lines that
    begin in these bytes of the file, to be read where they are needed. ``problem`` says why there is no event.
    """

    source: str
    form: Form
    line: int
    data: bytes
    done: int
    problem: str | None = None
    span: tuple[int, int] | None = None


def sizes(sources: list[str]) -> int | None:
    """How many bytes the files have in all; ``None`` when that cannot be known before, as for pipes."""
    paths = [Path(source) for source in sources]
    if STDIN in sources or not all(path.is_file() for path in paths):
        return None
    return sum(path.stat().st_size for path in paths)


def blocks(source: str, form: Form | None = None) -> Iterator[EventBlock]:
    """The blocks of a file, ``-`` for standard input. ``form`` is told by the name and the beginning unless given.

    Raises `UsageError` where the file cannot be read.
    """
    import zlib

    with _opened(source) as raw:
        try:
            stream = _decompressed(raw)
            form = form or _form(source, stream)
            if form is Form.LINES and stream is raw and source != STDIN and Path(source).is_file():
                yield from _spans(source)
                return
            pieces = _lines(stream) if form is Form.LINES else _texts(stream, form)
            for line, data, problem in pieces:
                yield EventBlock(source, form, line, data, raw.tell() if raw.seekable() else 0, problem)
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise _unreadable(source, reason[:1].lower() + reason[1:]) from error


def _opened(source: str) -> AbstractContextManager[io.BufferedReader]:
    try:
        if source == STDIN:
            # A descriptor of its own: closing it leaves the process its standard input.
            return io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False), BLOCK_SIZE)
        return Path(source).open("rb")
    except io.UnsupportedOperation:
        # What stands for standard input has no descriptor, as in tests.
        return io.BufferedReader(io.BytesIO(sys.stdin.buffer.read()))
    except (OSError, ValueError) as error:
        raise _unreadable(source, (getattr(error, "strerror", None) or str(error)).lower()) from error


def _unreadable(source: str, reason: str) -> UsageError:
    return UsageError(
        f"the events cannot be read: {reason}", source=source, remedy="Name files that can be read, or - for a pipe."
    )


def _decompressed(stream: io.BufferedReader) -> IO[bytes]:
    if stream.peek(2)[:2] != _GZIP:
        return stream
    import gzip

    return io.BufferedReader(gzip.GzipFile(fileobj=stream), BLOCK_SIZE)


def _form(source: str, stream: IO[bytes]) -> Form:
    """By the extension, else by what stands first: a JSON value that ends on its line begins JSON lines."""
    name = source.lower().removesuffix(".gz")
    if name.endswith(_LINES):
        return Form.LINES
    if name.endswith(_YAML):
        return Form.YAML
    assert isinstance(stream, io.BufferedReader)
    start = stream.peek(BLOCK_SIZE).removeprefix(_BYTE_ORDER_MARK).lstrip()
    if not name.endswith(".json") and start[:1] not in (b"{", b"[", b""):
        return Form.YAML
    return Form.JSON if start[:1] == b"[" or not _is_json(start.partition(b"\n")[0]) else Form.LINES


def _is_json(line: bytes) -> bool:
    import json

    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _spans(source: str) -> Iterator[EventBlock]:
    size = Path(source).stat().st_size
    for start in range(0, size, SPAN_SIZE):
        end = min(start + SPAN_SIZE, size)
        yield EventBlock(source, Form.LINES, 0, b"", end, span=(start, end))


def read_span(source: str, start: int, end: int) -> tuple[bytes, str | None]:
    """The lines that begin in these bytes of a file, and what is wrong with the one behind them, if anything is.

    Raises `UsageError` where the file cannot be read (any more).
    """
    try:
        with Path(source).open("rb") as stream:
            first = _line_start(stream, start, end)
            last = _line_start(stream, end, end + EVENT_SIZE_LIMIT)
            stream.seek(first)
            data = stream.read(last - first) if first < end else b""
    except OSError as error:
        raise _unreadable(source, (error.strerror or str(error)).lower()) from error
    whole = data.rfind(b"\n", 0, -1) + 1
    size = len(data) - whole - data.endswith(b"\n")
    return (data, None) if size <= EVENT_SIZE_LIMIT else (data[:whole], _too_large())


def _line_start(stream: IO[bytes], position: int, limit: int) -> int:
    """Where the first line begins that begins at a position or behind it; at least ``limit`` if none does by then."""
    if position == 0:
        return 0
    # A line begins at the position if the byte before it ends a line.
    stream.seek(position - 1)
    while stream.tell() < limit:
        line = stream.readline(BLOCK_SIZE)
        if not line or line.endswith(b"\n"):
            return stream.tell()
    return limit


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes, str | None]]:
    """Whole lines, about `BLOCK_SIZE` of them at a time."""
    rest = b""
    while chunk := stream.read(BLOCK_SIZE):
        rest += chunk
        if rest.find(b"\n") > EVENT_SIZE_LIMIT or (len(rest) > EVENT_SIZE_LIMIT and b"\n" not in rest):
            yield 0, b"", _too_large()
            rest = rest.partition(b"\n")[2] if b"\n" in rest else _rest_of_line(stream)
        end = rest.rfind(b"\n") + 1
        if end:
            yield 0, rest[:end], None
            rest = rest[end:]
    if rest:
        yield 0, rest, None


def _rest_of_line(stream: IO[bytes]) -> bytes:
    """Read to the end of a line, and return what was read behind it."""
    while chunk := stream.read(BLOCK_SIZE):
        _, newline, rest = chunk.partition(b"\n")
        if newline:
            return rest
    return b""


def _too_large() -> str:
    return f"the event is larger than {EVENT_SIZE_LIMIT} bytes"


def _texts(stream: IO[bytes], form: Form) -> Iterator[tuple[int, bytes, str | None]]:
    """The texts of single events, or of YAML documents."""
    splitter = JsonSplitter() if form is Form.JSON else YamlSplitter()
    while chunk := stream.read(BLOCK_SIZE):
        yield from ((line, text, None) for line, text in splitter.feed(chunk))
        if splitter.held > EVENT_SIZE_LIMIT:
            yield splitter.line, b"", f"{_too_large()}; what follows it is not read"
            return
    yield from ((line, text, None) for line, text in splitter.end())
