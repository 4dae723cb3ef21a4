"""Work on many events, a few at a time, so that other requests have their turn in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

AT_ONCE = 100
"""Events of one request that are worked on before anybody else's are."""

T = TypeVar("T")


def in_parts(items: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    """Some of the items at a time, with the index of the first of them. Let the event loop have a turn after each."""
    for start in range(0, len(items), AT_ONCE):
        yield start, items[start : start + AT_ONCE]
