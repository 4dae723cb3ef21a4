"""Where one event ends and the next begins, without parsing either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

_TOKEN = re.compile(rb'\s*("[^"\\]*(?:\\.[^"\\]*)*"|[][{},]|[^][{},"\s]+)', re.DOTALL)
_UNFINISHED = re.compile(rb'[^][{},"\s]+\Z')
_LONGEST_NUMBER = 5000
_BEGINNING = 8
_GUESSES = 4


def _value_pattern(levels: int) -> bytes:
    """A value that nests no deeper, found in one go."""
    text = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
    value = rb"(?!)"
    for _ in range(levels):
        value = rb'[{\[][^][{}"]*+(?:(?:' + text + rb"|" + value + rb')[^][{}"]*+)*+[}\]]'
    return value


_WHOLE = re.compile(rb"\s*+,?\s*+(" + _value_pattern(12) + rb")", re.DOTALL)
"""An object or a list that is here as a whole, behind the comma of a list that it is in."""

_OBJECT = re.compile(rb"\s*+(?=\{)(" + _value_pattern(12) + rb")", re.DOTALL)
"""An object that is here as a whole and in no list."""
_DOCUMENT = re.compile(rb"^(?:---(?=[ \t\r\n])|\.\.\.(?=[ \t\r\n]))", re.MULTILINE)
_NOTHING = re.compile(rb"(?:(?:---)?[ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*\n)*")


def _cut(text: bytes) -> list[bytes] | None:
    """The texts of the values in a list, or ``None`` where it is none."""
    from msgspec import Raw
    from msgspec.json import Decoder

    try:
        return [bytes(value) for value in Decoder(list[Raw]).decode(text)]
    except (ValueError, RecursionError):
        return None


class BrokenList(bytes):
    """What stands in a list of events and makes it no JSON, with a ``message`` that says so."""

    message: str

    @classmethod
    def at(cls, text: bytes, message: str) -> BrokenList:
        """The fault of a text."""
        broken = cls(text)
        broken.message = message
        return broken


class _Awaits(Enum):
    """What a list goes on with: an event, if it does not end here; a comma or its end; an event."""

    FIRST = auto()
    COMMA = auto()
    EVENT = auto()


class JsonSplitter:
    """JSON values, one after the other or as the items of lists, each with the number of its first line.

    A text that is no JSON comes out as one or more pieces that are no JSON either, each a `BrokenList` where it is a
    list that is broken; its events are found all the same. ``held`` is how many bytes are kept until more is known,
    ``line`` the line where they begin.
    """

    def __init__(self) -> None:
        self._data = b""
        self._place = 0
        self._start: int | None = None
        self._depth = 0
        self._in_list = False
        self._awaits = _Awaits.FIRST
        self._dropped = 0
        self._counted = 0
        self.line = 1

    @property
    def held(self) -> int:
        """How many bytes wait for the end of their value."""
        return len(self._data)

    def feed(self, chunk: bytes, *, last: bool = False) -> Iterator[tuple[int, bytes]]:
        """The values that end in the chunk."""
        self._data += chunk
        # A text or number at the end may go on in the next chunk.
        unfinished = None if last else _UNFINISHED.search(self._data[-_LONGEST_NUMBER:])
        end = len(self._data) - (len(unfinished[0]) if unfinished else 0)
        while True:
            if self._depth == 0:
                yield from self._whole_values(end)
            token = _TOKEN.match(self._data, self._place, end)
            if token is None:
                break
            self._place = token.end()
            yield from self._take(token[1], token.start(1), token.end())
        self._drop(self._place if self._start is None else self._start)

    def end(self) -> Iterator[tuple[int, bytes]]:
        """The values that end with the text, whole or not."""
        yield from self.feed(b"", last=True)
        rest = self._data.rstrip()
        if rest:
            yield self.line, rest
        elif self._in_list:
            yield self.line, BrokenList.at(b"[", "the list of events does not end")

    def _whole_values(self, end: int) -> list[tuple[int, bytes]]:
        """The next values that are here as a whole and easily found, which most are."""
        found = self._many_values(end) if self._in_list else []
        pattern = _WHOLE if self._in_list else _OBJECT
        while whole := pattern.match(self._data, self._place, end):
            found += self._separated(self._place, whole.start(1))
            found += self._value(*whole.span(1))
        return found

    def _many_values(self, end: int) -> list[tuple[int, bytes]]:
        """Values up to a place where one ends and another begins: guessed by what stands between the first two.

        A reader cuts what is before, and fails if the place is another.
        """
        first = _WHOLE.match(self._data, self._place, end)
        second = _WHOLE.match(self._data, first.end(), end) if first else None
        if first is None or second is None:
            return []
        mark = self._data[first.end() - 1 : second.start(1) + _BEGINNING]
        place = end
        for _ in range(_GUESSES):
            place = self._data.rfind(mark, second.end(), place)
            if place < 0:
                break
            texts = _cut(b"[" + self._data[first.start(1) : place + 1] + b"]")
            if texts is not None:
                return self._separated(self._place, first.start(1)) + self._numbered(texts, place + 1)
        return []

    def _numbered(self, texts: list[bytes], end: int) -> list[tuple[int, bytes]]:
        """Values that stand one after the other, each with the number of its first line."""
        self._awaits = _Awaits.COMMA
        if self._data.find(b"\n", self._counted, end) < 0:
            self._place = self._counted = end
            return [(self.line, text) for text in texts]
        found = []
        for text in texts:
            # Between values there are only commas and white space.
            start = self._data.index(text[:1], self._place)
            found += self._value(start, start + len(text))
        return found

    def _take(self, token: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        top = self._depth == 0
        if top and token == b"," and self._in_list:
            yield from self._comma(start)
            return
        if top and token in (b"[", b"]") and self._in_list is (token == b"]"):
            if self._awaits is _Awaits.EVENT:
                yield self._broken(start, b",", "an event is missing after the last comma")
            self._in_list, self._awaits = token == b"[", _Awaits.FIRST
            return
        if top:
            yield from self._separated(start, start)
            self._start = start
        self._depth += (token in (b"{", b"[")) - (token in (b"}", b"]"))
        if self._depth <= 0:
            self._depth = 0
            yield from self._value(start if self._start is None else self._start, end)

    def _separated(self, begin: int, start: int) -> list[tuple[int, bytes]]:
        """What is wrong between two values of a list: there may be a comma, and nothing else but white space."""
        comma = self._data.find(b",", begin, start)
        found = self._comma(comma) if comma >= 0 else []
        if self._in_list and self._awaits is _Awaits.COMMA:
            found.append(self._broken(start, b"", "a comma is missing before an event"))
        return found

    def _comma(self, place: int) -> list[tuple[int, bytes]]:
        awaited, self._awaits = self._awaits, _Awaits.EVENT
        return [] if awaited is _Awaits.COMMA else [self._broken(place, b",", "an event is missing before a comma")]

    def _broken(self, place: int, text: bytes, message: str) -> tuple[int, bytes]:
        self._count_lines(place)
        return self.line, BrokenList.at(text, f"{message}, at byte {self._dropped + place + 1}")

    def _value(self, start: int, end: int) -> list[tuple[int, bytes]]:
        self._count_lines(start)
        self._start, self._place = None, end
        self._awaits = _Awaits.COMMA
        return [(self.line, self._data[start:end])]

    def _count_lines(self, end: int) -> None:
        self.line += self._data.count(b"\n", self._counted, end)
        self._counted = end

    def _drop(self, end: int) -> None:
        self._count_lines(end)
        self._counted = 0
        self._dropped += end
        self._data = self._data[end:]
        self._place -= end
        if self._start is not None:
            self._start -= end


class YamlSplitter:
    """YAML documents, each with the number of its first line. Those without content are left out."""

    def __init__(self) -> None:
        self._data = b""
        self.line = 1

    @property
    def held(self) -> int:
        """How many bytes wait for the end of their document."""
        return len(self._data)

    def feed(self, chunk: bytes) -> Iterator[tuple[int, bytes]]:
        """The documents that end in the chunk."""
        self._data += chunk
        # The last line may be half a mark.
        whole = self._data.rfind(b"\n") + 1
        start = 0
        for mark in _DOCUMENT.finditer(self._data, 0, whole):
            if mark.start() > start:
                yield from self._document(start, mark.start())
            start = mark.end() if mark[0] == b"..." else mark.start()
        self.line += self._data.count(b"\n", 0, start)
        self._data = self._data[start:]

    def end(self) -> Iterator[tuple[int, bytes]]:
        """The last document."""
        yield from self.feed(b"\n")
        yield from self._document(0, len(self._data))

    def _document(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        text = self._data[start:end]
        if not _NOTHING.fullmatch(text):
            yield self.line + self._data.count(b"\n", 0, start), text
