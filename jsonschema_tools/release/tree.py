"""The files of a repository and what Git knows of them, as planning asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from jsonschema_tools.release.standing import Standing


class Tree(Protocol):
    """The files of a repository and what Git knows of them, to read only."""

    def read(self, path: Path) -> bytes | None:
        """The content of a file; ``None`` when there is none."""

    def names(self, folder: Path) -> Iterable[str]:
        """The names in a folder."""

    def obstacle(self, path: Path) -> Path | None:
        """What stands in the way of writing a file or link at the path; ``None`` when nothing does."""

    def link(self, path: Path) -> str | None:
        """The target of a link; ``None`` when the path is no link."""

    def prepare(self, paths: Iterable[Path]) -> None:
        """Tell which version files will be asked for."""

    def standing(self, path: Path, *, history: bool = True) -> Standing:
        """How a version file stands; without ``history`` a withdrawn one counts as a draft."""

    def in_head(self, path: Path) -> bool:
        """Whether the last commit has the file."""

    def release_names(self, folder: Path) -> set[str]:
        """The names of the files that release branches have in a folder."""
