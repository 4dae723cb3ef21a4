"""Events of a file from a position on: what a load read, and where it goes on in its next run.

The position of JSON lines, compressed or not, counts bytes (of what they decompress to); that of other forms counts
events. With it go digests of what is read: of the first bytes or event, which those of another file that got the name
differ in, and of the last, which a file that was changed before the position has elsewhere. So a file that was
rewritten is not read on. One that was changed in between, and kept its length, is not noticed: to see that, each run
would have to read all that was loaded before.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import DocumentError, UsageError
from jsonschema_tools.sources.chunks import Chunk, EventText, EventTexts, Position, Stored
from jsonschema_tools.sources.codecs import LONGEST_MAGIC, codec_of, decompressed
from jsonschema_tools.sources.files import BLOCK_SIZE, EVENT_SIZE_LIMIT, EventBlock, Form, blocks, form_of
from jsonschema_tools.sources.pieces import STDIN, Piece, arriving, begun, opened, unreadable

CHUNK_SIZE = 2 * 2**20
"""The bytes of JSON lines in a chunk, about."""

_ENDS = 4096
"""Bytes of which there is a digest, at each end of what is read."""

_LONGEST_LINE = 16 * EVENT_SIZE_LIMIT


class SourceFile:
    """A file of events, or ``-`` for standard input.

    Args:
        source: its path.
        done: the position to read on from, if any.
        form: how events stand in it; told by its name and beginning unless given.
    """

    def __init__(self, source: str, done: Position | None = None, form: Form | None = None) -> None:
        self.source = source
        self.done = done or Position()
        self._form = form
        self._first = b""
        self._stored: tuple[str, int, int] | None = None
        self.waiting = 0
        """Once it is read: the bytes of its last line, which has no end yet and is left for the next run."""

    @property
    def name(self) -> str | None:
        """What its position is kept under; ``None`` for a pipe, of which nothing can be read again."""
        if self.source == STDIN:
            return None
        try:
            regular = stat.S_ISREG(Path(self.source).stat().st_mode)
        except (OSError, ValueError):
            return None
        return f"file:{Path(self.source).absolute()}" if regular else None

    def chunks(self, most: int) -> Iterator[Chunk]:
        """The events from the position on, at most so many in a chunk.

        Raises `UsageError` where the file cannot be read, or was rewritten before the position.
        """
        with opened(self.source) as raw:
            try:
                head, pieces = begun(arriving(raw, BLOCK_SIZE), lambda head: len(head) >= LONGEST_MAGIC, at_once=True)
                codec = codec_of(self.source, head)
                if codec is not None:
                    pieces = decompressed(self.source, codec, pieces)
                # A pipe may have no more than a line for a while.
                least = _ENDS if self.name is not None else 0
                head, pieces = begun(
                    pieces, lambda head: (b"\n" in head and len(head) >= least) or len(head) >= BLOCK_SIZE
                )
                codec_of(self.source, head)
                form = self._form or form_of(self.source, head)
                if form is Form.LINES:
                    self._begins_with(head)
                skipped = 0
                if form is Form.LINES and codec is None and self.name is not None:
                    identity = os.fstat(raw.fileno())
                    self._stored = os.path.abspath(self.source), identity.st_dev, identity.st_ino  # noqa: PTH100
                    # What was loaded before need not be read to come to what was not.
                    skipped = raw.seek(self.done.at - self.done.tail)
                    pieces = arriving(raw, CHUNK_SIZE)
                found = (
                    self._lines(_gathered(pieces), most, skipped) if form is Form.LINES else self._counted(form, most)
                )
                for chunk in found:
                    yield replace(chunk, passed=raw.tell() if raw.seekable() else 0)
            except OSError as error:
                raise unreadable(self.source, (error.strerror or str(error)).lower()) from error

    def _lines(self, pieces: Iterator[Piece], most: int, skipped: int) -> Iterator[Chunk]:
        at, line, rest, tail = self.done.at, self.done.line, b"", b""
        for data in self._from_position(pieces, self.done.at - self.done.tail - skipped):
            # The first has the bytes before the position, too.
            before = self.done.tail if not tail else 0
            tail = tail or data[:before]
            rest += data[before:]
            end = rest.rfind(b"\n") + 1
            if not end:
                if len(rest) > _LONGEST_LINE:
                    raise unreadable(self.source, f"the line {line} has more than {_LONGEST_LINE} bytes")
                continue
            whole, rest = rest[:end], rest[end:]
            for part, count in _parts(whole, most):
                tail = (tail + part[-_ENDS:])[-_ENDS:]
                at, first, line = at + len(part), line, line + count
                position = Position(at, line, *_digest(tail), *_digest(self._first[:at]))
                stored = Stored(*self._stored, at - len(part), len(part)) if self._stored is not None else None
                yield Chunk(position, data=part, line=first, stored=stored)
        if rest and self.name is None:
            yield Chunk(Position(at + len(rest), line + 1), data=rest + b"\n", line=line)
        elif rest and not rest.isspace():
            self.waiting = len(rest)

    def _from_position(self, pieces: Iterator[Piece], skipped: int) -> Iterator[bytes]:
        """What stands from the position on, and before it, in the first piece, the bytes of its tail, which stand
        behind bytes that are to be ``skipped``."""
        before = b""
        checked = not self.done.at
        for piece in pieces:
            data = piece.data
            if checked:
                yield data
                continue
            passed = min(skipped, len(data))
            skipped -= passed
            before += data[passed:]
            if len(before) >= self.done.tail and not skipped:
                self._check(before[: self.done.tail], self.done.sha256)
                checked = True
                yield before
        if not checked:
            raise self._rewritten()

    def _counted(self, form: Form, most: int) -> Iterator[Chunk]:
        count, events = 0, list[EventText]()
        for block in blocks(self.source, form):
            for event in events_of(block):
                count += 1
                if count == 1:
                    self._begins_with(event.text)
                if count <= self.done.at:
                    if count == self.done.at:
                        self._check(event.text, self.done.sha256)
                    continue
                events.append(event)
                if len(events) >= most:
                    yield Chunk(self._behind(count, events[-1]), found=EventTexts.of(events))
                    events = []
        if count < self.done.at:
            raise self._rewritten()
        if events:
            yield Chunk(self._behind(count, events[-1]), found=EventTexts.of(events))

    def _behind(self, count: int, last: EventText) -> Position:
        return Position(count, last.line or 1, *_digest(last.text), *_digest(self._first))

    def _begins_with(self, text: bytes) -> None:
        """Check what the file begins with, and keep it."""
        self._first = text[:_ENDS]
        if self.done.head:
            self._check(self._first[: self.done.head], self.done.head_sha256)

    def _check(self, text: bytes, digest: str) -> None:
        if hashlib.sha256(text).hexdigest() != digest:
            raise self._rewritten()

    def _rewritten(self) -> UsageError:
        return UsageError(
            "the file is not the one that was loaded before: what was read of it stands there no more",
            source=self.source,
            remedy="Load it under another name, or with `--again`, which loads all of it, whatever is there already.",
        )


def _parts(whole: bytes, most: int) -> Iterator[tuple[bytes, int]]:
    """The same lines, at most so many in a part, and how many there are."""
    count = whole.count(b"\n")
    if count <= most:
        yield whole, count
        return
    lines = whole.split(b"\n")[:-1]
    for start in range(0, count, most):
        part = lines[start : start + most]
        yield b"\n".join([*part, b""]), len(part)


def _gathered(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The same bytes in pieces of the size of a chunk, or of what there is when a pause comes."""
    parts, size = list[bytes](), 0
    for piece in pieces:
        parts.append(piece.data)
        size += len(piece.data)
        if size >= CHUNK_SIZE or piece.pauses:
            yield Piece(b"".join(parts))
            parts, size = [], 0
    if parts:
        yield Piece(b"".join(parts))


def _digest(text: bytes) -> tuple[int, str]:
    return len(text), hashlib.sha256(text).hexdigest()


def events_of(block: EventBlock) -> Iterator[EventText]:
    """The events of a block of JSON or YAML."""
    if block.pauses:
        return
    if block.problem is not None:
        yield EventText(block.line, block.data, block.problem)
    elif block.form is Form.JSON:
        yield from (EventText(line, text) for line, text in block.texts if text.strip())
    else:
        try:
            document = parse(block.data, source=block.source)
        except DocumentError as error:
            yield EventText(block.line, block.data, error.message)
            return
        for event in document if isinstance(document, list) else [document]:
            yield EventText(block.line, json_text(event).encode("utf-8", "surrogatepass"))
