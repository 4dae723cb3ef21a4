"""Chunks of the events of a file, each with the position behind it, which are read where they are needed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import NamedTuple

from jsonschema_tools.sources.files import EVENT_SIZE_LIMIT, too_large


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


@dataclass(slots=True)
class EventTexts:
    """The texts of events in order.

    ``lines`` are the numbers of the lines that they begin on, if they have such; ``problems`` say by index of those
    that are no events why not.
    """

    texts: list[bytes] = field(default_factory=list)
    lines: Sequence[int | None] = ()
    problems: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Sequence[EventText]) -> EventTexts:
        """The same events."""
        problems = {index: event.problem for index, event in enumerate(events) if event.problem is not None}
        return cls([event.text for event in events], [event.line for event in events], problems)


class FileChanged(Exception):
    """Another file has the name now, or it has lost bytes."""


class Stored(NamedTuple):
    """Bytes of a file: which file that was when it was opened, from where on, and how many."""

    path: str
    device: int
    inode: int
    start: int
    size: int

    def read(self) -> bytes:
        """The bytes. Raises `FileChanged`, `OSError`."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            found = os.fstat(descriptor)
            data = os.pread(descriptor, self.size, self.start)
            if (found.st_dev, found.st_ino) != (self.device, self.inode) or len(data) != self.size:
                raise FileChanged
            return data
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some events in order, the position behind them, and how many bytes of the file, as it is stored, are read then.

    They are whole lines, from the number ``line`` on, or the ``found`` ones. Reading them is left to whoever needs it.
    ``stored`` is where the lines are, where a file has them as they are.
    """

    position: Position
    passed: int = 0
    data: bytes = b""
    line: int = 1
    found: EventTexts | None = None
    stored: Stored | None = None

    def to_send(self) -> Chunk:
        """The same for another process, which reads what is stored itself."""
        return self if self.stored is None else replace(self, data=b"")

    def events(self) -> EventTexts:
        """The events, without blank lines. Raises `FileChanged`, `OSError` where they were sent, and cannot be read."""
        if self.found is not None:
            return self.found
        data = self.stored.read() if self.stored is not None and not self.data else self.data
        texts = data.split(b"\n")
        texts.pop()
        if all(texts) and max(map(len, texts), default=0) <= EVENT_SIZE_LIMIT and not any(map(bytes.isspace, texts)):
            return EventTexts(texts, range(self.line, self.line + len(texts)))
        there = [(self.line + index, text) for index, text in enumerate(texts) if text and not text.isspace()]
        problems = {index: too_large() for index, (_, text) in enumerate(there) if len(text) > EVENT_SIZE_LIMIT}
        return EventTexts(
            [b"" if index in problems else text for index, (_, text) in enumerate(there)],
            [line for line, _ in there],
            problems,
        )
