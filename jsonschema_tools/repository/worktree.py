"""The files of a repository and what Git knows of them, as planning wants to see them."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from pathlib import Path

from jsonschema_tools.repository import git
from jsonschema_tools.repository.discovery import link_target


class WorkTree:
    """A `Tree` on disk. Git is asked only when an answer depends on it, and once for all files."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def read(self, path: Path) -> bytes | None:
        """The content of a regular file; ``None`` when there is none."""
        try:
            return path.read_bytes() if path.is_file() else None
        except OSError:
            return None

    def names(self, folder: Path) -> Iterable[str]:
        """The names in a folder; those of dangling links are left out."""
        try:
            return [name for name in os.listdir(folder) if (folder / name).exists()]
        except FileNotFoundError:
            return []

    def link(self, path: Path) -> str | None:
        """The target of a link; ``None`` when the path is none."""
        return link_target(path)

    def committed(self, path: Path) -> bytes | None:
        """The content in the last commit; ``None`` when the file is not in it."""
        blob_id = self._blobs.get(path)
        return git.blob(path.parent if path.parent.is_dir() else self._base, blob_id) if blob_id else None

    def is_draft(self, path: Path) -> bool:
        """Whether Git shows that the file was never committed; false outside of a Git repository."""
        if not path.parent.is_dir() or git.top_level(path.parent) is None:
            return False
        return path not in self._blobs and not git.was_committed(path)

    @functools.cached_property
    def _blobs(self) -> dict[Path, str]:
        return git.committed_blobs(self._base) if git.top_level(self._base) else {}
