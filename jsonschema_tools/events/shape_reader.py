"""A reader of JSON lines that recognizes events of several shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Any

from jsonschema_tools.events.reading import exact_fraction

IsValid = Callable[[Any], bool]

TAG = "$schema"


@dataclass(frozen=True, slots=True)
class Shape:
    """``type`` for the reader, and whether a value of it ``holds`` in what the type leaves open; ``tag`` is the
    ``$schema`` of the events, ``None`` for any."""

    tag: str | None
    type: Any
    holds: IsValid


@cache
def _nothing() -> Any:
    from msgspec import defstruct

    return defstruct("Nothing", [], tag_field=TAG, tag="")


class ShapeReader:
    """Reads texts that fit one of several shapes, whose tags differ. ``tests`` are their tags and what is left to test,
    by their types."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        from msgspec.json import Decoder

        self.tests = {shape.type: (shape.tag, shape.holds) for shape in shapes}
        tagged = all(tag is not None for tag, _ in self.tests.values())
        # A reader of one type only would not ask for its tag.
        types = (*self.tests, _nothing()) if tagged else tuple(self.tests)
        # Not `Union`: typing remembers the last 128 of those, msgspec only 64, and each may be of many types.
        self.read: Callable[[bytes], Any] = Decoder(reduce(or_, types), float_hook=exact_fraction).decode
        """Raises `ValueError` or `RecursionError` where a text fits none."""
