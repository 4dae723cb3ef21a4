"""The texts of events that stand one after the other, found without reading them whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(rb'\s*("[^"\\]*(?:\\.[^"\\]*)*"|[][{},]|[^][{},"\s]+)', re.DOTALL)
_UNFINISHED = re.compile(rb'[^][{},"\s]+\Z')
_LONGEST_NUMBER = 5000
_DOCUMENT = re.compile(rb"^(?:---(?=[ \t\r\n])|\.\.\.(?=[ \t\r\n]))", re.MULTILINE)
_NOTHING = re.compile(rb"(?:(?:---)?[ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*\n)*")


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
        while token := _TOKEN.match(self._data, self._place, end):
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

    def _take(self, token: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        top = self._depth == 0
        if top and token == b"," and self._in_list:
            return
        if top and token in (b"[", b"]") and self._in_list is (token == b"]"):
            self._in_list = token == b"["
            return
        if top:
            self._start = start
        self._depth += (token in (b"{", b"[")) - (token in (b"}", b"]"))
        if self._depth <= 0:
            self._depth = 0
            yield from self._value(start if self._start is None else self._start, end)

    def _value(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        line = self.line + self._data.count(b"\n", 0, start)
        self._start, self._place = None, end
        yield line, self._data[start:end]

    def _drop(self, end: int) -> None:
        self.line += self._data.count(b"\n", 0, end)
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
