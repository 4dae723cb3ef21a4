"""Events in files and streams: opened, and cut into blocks. Memory does not grow with the input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import IO

from jsonschema_tools.events.splitting import BrokenList, JsonSplitter, YamlSplitter
from jsonschema_tools.sources.codecs import LONGEST_MAGIC, PIECE_SIZE, codec_of, decompressed
from jsonschema_tools.sources.pieces import STDIN, Piece, arriving, begun, opened, unreadable

BLOCK_SIZE = PIECE_SIZE
SPAN_SIZE = 4 * 2**20
EVENT_SIZE_LIMIT = 4 * 2**20
"""No less than a block or a span: so only a line that goes beyond them can be too large."""
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".zstd")
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
    """A piece of a file: JSON lines, the ``texts`` of events (each with the ``line`` it begins on), or a YAML document.

    ``line`` is the number of its first line, from 1; 0: it begins where the block before ends. ``done`` is how many
    bytes of the file, as they are stored, are read with it. Lines and YAML are ``data``, or with a ``span`` the lines
    that begin in these bytes of the file, to be read where they are needed. ``problem`` says why there is no event.
    ``pauses``: nothing more came for a while.
    """

    source: str
    form: Form
    line: int
    data: bytes
    done: int
    problem: str | None = None
    span: tuple[int, int] | None = None
    texts: tuple[tuple[int, bytes], ...] = ()
    pauses: bool = False


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
    with opened(source) as raw:
        try:
            head, pieces = begun(arriving(raw, BLOCK_SIZE), lambda head: len(head) >= LONGEST_MAGIC, at_once=True)
            codec = codec_of(source, head)
            if codec is not None:
                pieces = decompressed(source, codec, pieces)
            head, pieces = begun(pieces, lambda head: b"\n" in head or len(head) >= BLOCK_SIZE)
            codec_of(source, head)
            form = form or form_of(source, head)
            if form is Form.LINES and codec is None and source != STDIN and Path(source).is_file():
                yield from _spans(source)
                return
            for block in _blocks(source, form, pieces):
                yield replace(block, done=raw.tell() if raw.seekable() else 0)
        except OSError as error:
            raise unreadable(source, (error.strerror or str(error)).lower()) from error


def _blocks(source: str, form: Form, pieces: Iterable[Piece]) -> Iterator[EventBlock]:
    cut = _lines if form is Form.LINES else _json_texts if form is Form.JSON else _yaml_texts
    for line, data, problem in cut(pieces):
        if problem is _PAUSE:
            yield EventBlock(source, Form.LINES, 0, b"", 0, pauses=True)
        elif isinstance(data, tuple):
            yield EventBlock(source, form, line, b"", 0, problem, texts=data)
        else:
            yield EventBlock(source, form, line, data, 0, problem)


def form_of(source: str, head: bytes) -> Form:
    """By the extension, else by what stands first: a JSON value that ends on its line begins JSON lines."""
    name = source.lower()
    for extension in _COMPRESSED:
        name = name.removesuffix(extension)
    if name.endswith(_LINES):
        return Form.LINES
    if name.endswith(_YAML):
        return Form.YAML
    start = head.removeprefix(_BYTE_ORDER_MARK).lstrip()
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
        raise unreadable(source, (error.strerror or str(error)).lower()) from error
    whole = data.rfind(b"\n", 0, -1) + 1
    size = len(data) - whole - data.endswith(b"\n")
    return (data, None) if size <= EVENT_SIZE_LIMIT else (data[:whole], too_large())


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


_PAUSE = "pause"
_Cut = tuple[int, "bytes | tuple[tuple[int, bytes], ...]", "str | None"]


def _lines(pieces: Iterable[Piece]) -> Iterator[_Cut]:
    """Whole lines, about `BLOCK_SIZE` of them at a time."""
    rest, passing = b"", False
    for piece in pieces:
        rest += piece.data
        if passing and b"\n" in rest:
            rest, passing = rest.partition(b"\n")[2], False
        if not passing and (rest.find(b"\n") > EVENT_SIZE_LIMIT or _is_too_large(rest)):
            yield 0, b"", too_large()
            passing = b"\n" not in rest
            rest = rest.partition(b"\n")[2]
        if passing:
            rest = b""
        end = rest.rfind(b"\n") + 1
        if end:
            yield 0, rest[:end], None
            rest = rest[end:]
        if piece.pauses:
            yield 0, b"", _PAUSE
    if rest:
        yield 0, rest, None


def _is_too_large(rest: bytes) -> bool:
    return len(rest) > EVENT_SIZE_LIMIT and b"\n" not in rest


def too_large() -> str:
    """Why the text of an event is not read."""
    return f"the event is larger than {EVENT_SIZE_LIMIT} bytes"


def _json_texts(pieces: Iterable[Piece]) -> Iterator[_Cut]:
    """The texts of single events, as many at once as came at once."""
    splitter = JsonSplitter()
    for piece in pieces:
        yield from _runs(splitter.feed(piece.data))
        if splitter.held > EVENT_SIZE_LIMIT:
            yield splitter.line, b"", f"{too_large()}; what follows it is not read"
            return
        if piece.pauses:
            yield 0, b"", _PAUSE
    yield from _runs(splitter.end())


def _runs(texts: Iterable[tuple[int, bytes]]) -> Iterator[_Cut]:
    """The texts, as many as stand together; by itself what is wrong with the list that they are in."""
    for is_broken, run in groupby(texts, lambda text: isinstance(text[1], BrokenList)):
        found = tuple(run)
        if not is_broken:
            yield found[0][0], found, None
            continue
        for line, text in found:
            assert isinstance(text, BrokenList)
            yield line, bytes(text), text.message


def _yaml_texts(pieces: Iterable[Piece]) -> Iterator[_Cut]:
    """The texts of YAML documents."""
    splitter = YamlSplitter()
    for piece in pieces:
        yield from ((line, text, None) for line, text in splitter.feed(piece.data))
        if splitter.held > EVENT_SIZE_LIMIT:
            yield splitter.line, b"", f"{too_large()}; what follows it is not read"
            return
        if piece.pauses:
            yield 0, b"", _PAUSE
    yield from ((line, text, None) for line, text in splitter.end())
