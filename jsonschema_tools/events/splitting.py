"""The texts of events that stand one after the other, found without reading them whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


_FIRST = re.compile(rb"\s*+(" + _value_pattern(12) + rb")", re.DOTALL)
"""An object or a list that is here as a whole, the first of a list or after a comma."""

_NEXT = re.compile(rb"\s*+,\s*+(" + _value_pattern(12) + rb")", re.DOTALL)
"""The same with the comma that is before it in a list."""

_TWO_VALUES = b"{} {}"
"""What stands for two events of a list without a comma between them."""

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


class JsonSplitter:
    """JSON values, one after the other or as the items of lists, each with the number of its first line.

    A text that is no JSON comes out as one or more pieces that are no JSON either. ``held`` is how many bytes are kept
    until more is known, ``line`` the line where they begin.
    """

    def __init__(self) -> None:
        self._data = b""
        self._place = 0
        self._start: int | None = None
        self._depth = 0
        self._in_list = False
        self._after_value = False
        self._after_comma = False
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
            yield self.line, b"["

    def _whole_values(self, end: int) -> list[tuple[int, bytes]]:
        """The next values that are here as a whole and easily found, which most are."""
        found = self._many_values(end) if self._in_list else []
        while whole := self._pattern().match(self._data, self._place, end):
            found += self._value(*whole.span(1))
        return found

    def _pattern(self) -> re.Pattern[bytes]:
        if not self._in_list:
            return _OBJECT
        return _NEXT if self._after_value else _FIRST

    def _many_values(self, end: int) -> list[tuple[int, bytes]]:
        """Values up to a place where one ends and another begins: guessed by what stands between the first two.

        A reader cuts what is before, and fails if the place is another.
        """
        first = self._pattern().match(self._data, self._place, end)
        second = _NEXT.match(self._data, first.end(), end) if first else None
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
                return self._numbered(texts, place + 1)
        return []

    def _numbered(self, texts: list[bytes], end: int) -> list[tuple[int, bytes]]:
        """Values that stand one after the other, each with the number of its first line."""
        if self._data.find(b"\n", self._counted, end) < 0:
            self._place = self._counted = end
            self._after_value, self._after_comma = True, False
            return [(self.line, text) for text in texts]
        found = []
        for text in texts:
            # Between values there are only commas and white space.
            start = self._data.index(text[:1], self._place)
            found += self._value(start, start + len(text))
        return found

    def _take(self, token: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        top = self._depth == 0
        if top and self._in_list and token in (b",", b"]"):
            yield from self._between(token, start, end)
            return
        if top and not self._in_list and token == b"[":
            self._in_list, self._after_value, self._after_comma = True, False, False
            return
        if top:
            self._start = start
            if self._in_list and self._after_value:
                self._count_lines(start)
                yield self.line, _TWO_VALUES
        self._depth += (token in (b"{", b"[")) - (token in (b"}", b"]"))
        if self._depth <= 0:
            self._depth = 0
            yield from self._value(start if self._start is None else self._start, end)

    def _between(self, token: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """A comma, or the end of the list: a piece that is no JSON where it is not due."""
        is_comma = token == b","
        if (not self._after_value) if is_comma else self._after_comma:
            self._count_lines(start)
            yield self.line, self._data[start:end]
        self._in_list, self._after_value, self._after_comma = is_comma, False, is_comma

    def _value(self, start: int, end: int) -> list[tuple[int, bytes]]:
        self._after_value, self._after_comma = True, False
        self._count_lines(start)
        self._start, self._place = None, end
        return [(self.line, self._data[start:end])]

    def _count_lines(self, end: int) -> None:
        self.line += self._data.count(b"\n", self._counted, end)
        self._counted = end

    def _drop(self, end: int) -> None:
        self._count_lines(end)
        self._counted = 0
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
