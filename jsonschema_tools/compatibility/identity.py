"""A cache key for a document: the object itself, so that large documents are not hashed."""

from __future__ import annotations

from typing import Any


class Same:
    """An object that equals only itself. It is kept alive by this, so that no other can take its place."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)
