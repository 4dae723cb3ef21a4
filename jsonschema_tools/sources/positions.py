"""Events of a file from a position on: what a load read, and where it goes on in its next run.

The position of JSON lines, compressed or not, counts bytes (of what they decompress to); that of other forms counts
events. With it go digests of what is read: of the first bytes or event, which those of another file that got the name
differ in, and of the last, which a file that was changed before the position has elsewhere. So a file that was
rewritten is not read on. One that was changed in between, and kept its length, is not noticed: to see that, each run
would have to read all that was loaded before.
"""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import DocumentError, UsageError
from jsonschema_tools.sources.codecs import LONGEST_MAGIC, codec_of, decompressed
from jsonschema_tools.sources.files import BLOCK_SIZE, EVENT_SIZE_LIMIT, EventBlock, Form, blocks, form_of, too_large
from jsonschema_tools.sources.pieces import STDIN, Piece, arriving, begun, opened, unreadable

_ENDS = 4096
"""Bytes of which there is a digest, at each end of what is read."""

_LONGEST_LINE = 16 * EVENT_SIZE_LIMIT


@dataclass(frozen=True, slots=True)
class Position:
    """How far a source was read: ``at`` bytes or events, and the lines before; ``tail`` bytes before have a digest,
    and the first ``head`` bytes have another. Positions of older versions have no ``head``."""

    at: int = 0
    line: int = 1
    tail: int = 0
    sha256: str = ""
    head: int = 0
    head_sha256: str = ""

    @classmethod
    def read(cls, text: str) -> Position:
        """The position that `text` wrote. Raises `ValueError` or `TypeError` for other texts."""
        return cls(**json.loads(text))

    def text(self) -> str:
        """The position as JSON."""
        return json.dumps(asdict(self))


class EventText(NamedTuple):
    """The text of an event, the line it begins on if it has one, and why it is none, if it is none."""

    line: int | None
    text: bytes
    problem: str | None = None


class Chunk(NamedTuple):
    """Some events in order, and the position behind them."""

    events: list[EventText]
    position: Position


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
        self.passed = 0
        """How many bytes of the file, as it is stored, are read."""

        self._first = b""
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
                    # What was loaded before need not be read to come to what was not.
                    skipped = raw.seek(self.done.at - self.done.tail)
                    pieces = arriving(raw, BLOCK_SIZE)
                found = self._lines(pieces, most, skipped) if form is Form.LINES else self._counted(form, most)
                for chunk in found:
                    self.passed = raw.tell() if raw.seekable() else 0
                    yield chunk
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
            lines = whole.splitlines(keepends=True) if b"\r" not in whole else _split(whole)
            for start in range(0, len(lines), most):
                part = lines[start : start + most]
                read = b"".join(part)
                tail = (tail + read)[-_ENDS:]
                events = [_event(line + index, text) for index, text in enumerate(part) if not text.isspace()]
                at, line = at + len(read), line + len(part)
                yield Chunk(events, Position(at, line, *_digest(tail), *_digest(self._first[:at])))
        if rest and self.name is None:
            yield Chunk([_event(line, rest)], Position(at + len(rest), line + 1))
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
                    yield Chunk(events, self._behind(count, events[-1]))
                    events = []
        if count < self.done.at:
            raise self._rewritten()
        if events:
            yield Chunk(events, self._behind(count, events[-1]))

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


def _split(whole: bytes) -> list[bytes]:
    """The lines, which end in a line feed and in nothing else."""
    return [part + b"\n" for part in whole.split(b"\n")[:-1]]


def _event(line: int, text: bytes) -> EventText:
    if len(text) > EVENT_SIZE_LIMIT + 1:  # and its line feed
        return EventText(line, b"", too_large())
    return EventText(line, text.removesuffix(b"\n"))


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
