"""A quick look at the text of an event: may it be of one of some titles or streams? No text that is passes unseen.

A text is looked at for the bytes that the name has in any spelling: JSON may have ``\\/`` and escapes, a URI empty
segments, ``.`` and percent-encoding. Whoever sees more than that reads the event.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

_ESCAPE, _ENCODED = b"\\u00", b"%"
_ODD_ESCAPE = re.compile(rb"\\u00[2-7]")
_ODD_ENCODING = re.compile(rb"%[2-7][0-9a-fA-F]")
"""ASCII characters that need no escape, nor percent-encoding as parts of names."""

_SLASH = rb"\\?/(?:\.?\\?/)*"
_OTHER = rb"(?:(?:\\u[0-9a-f]{4}){1,2}|[^a-z0-9]{1,4})"
"""A character of a name that stands as ``_`` in the name of its table; the text is in lower case."""

_RUN = re.compile("[a-z0-9]+")

Look = Callable[[bytes], bool]


class QuickLook:
    """Tells texts of events that may be of some titles from all others.

    Args:
        titles: the titles, such as ``shop/order/placed``.
        tables: names of tables whose titles or streams are not known: a name has other characters for ``_``, and any
            case.
    """

    def __init__(self, titles: Iterable[str], tables: Iterable[str] = ()) -> None:
        titles = list(titles)
        self._looks: list[Look] = [_title(title) for title in titles] + [_table(name) for name in tables]
        # A character beyond ASCII may be any escape.
        self._odd_escape = _ODD_ESCAPE if all(map(str.isascii, titles)) else re.compile(rb"\\u")

    def lines(self, block: bytes) -> Iterator[tuple[int, bytes]]:
        """The lines of a block that may be events of the titles, each with its index."""
        may_be = self._look_at(block)
        if may_be(block):
            for index, line in enumerate(block.split(b"\n")):
                if may_be(line):
                    yield index, line

    def may_be(self, text: bytes) -> bool:
        """Whether a text may be such an event."""
        return self._look_at(text)(text)

    def _look_at(self, block: bytes) -> Look:
        """What looks at the texts in a block: escapes are looked for only where it has any."""
        odd: list[Look] = []
        if _ESCAPE[:2] in block and self._odd_escape.search(block):
            odd.append(lambda text: self._odd_escape.search(text) is not None)
        if _ENCODED in block and _ODD_ENCODING.search(block):
            odd.append(lambda text: _ENCODED in text and _ODD_ENCODING.search(text) is not None)
        looks = self._looks + odd
        return looks[0] if len(looks) == 1 else lambda text: any(look(text) for look in looks)


def _title(title: str) -> Look:
    """Looks for a title: its last segment first, since few texts have it."""
    segments = [segment.encode("utf-8", "surrogatepass") for segment in title.split("/")]
    last, search = segments[-1], re.compile(_SLASH.join([*map(re.escape, segments), b""])).search
    return lambda text: last in text and search(text) is not None


def _table(name: str) -> Look:
    """Looks for a name of which the table is known."""
    runs = _RUN.findall(name.lower())
    if not runs:
        return lambda _text: True
    longest = max(runs, key=len).encode()
    parts = [_OTHER if char == "_" else char.encode() for char in name.lower().strip("_")]
    search = re.compile(b"".join(parts)).search

    def look(text: bytes) -> bool:
        lower = text.lower()
        return longest in lower and search(lower) is not None

    return look
