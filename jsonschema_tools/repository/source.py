"""Where schemas are read from that may not all be there yet, such as those that are staged."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol


class Source(Protocol):
    """Where schemas are read that are not all there yet, such as those that are staged."""

    def bring(self, folders: Iterable[Path]) -> None:
        """Make sure that what is directly in folders is there."""

    def bring_below(self, paths: Iterable[Path]) -> None:
        """Make sure that what is at or below paths is there."""

    def bring_all(self) -> None:
        """Make sure that everything is there."""


class _Disk:
    """A working tree, where all is there."""

    def bring(self, folders: Iterable[Path]) -> None:
        """Nothing is to be done."""

    def bring_below(self, paths: Iterable[Path]) -> None:
        """Nothing is to be done."""

    def bring_all(self) -> None:
        """Nothing is to be done."""


DISK: Final = _Disk()
