"""The files of a repository and what Git knows of them, as planning wants to see them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from jsonschema_tools.errors import UsageError
from jsonschema_tools.repository import git
from jsonschema_tools.repository.discovery import is_folder, link_target


class WorkTree:
    """A `Tree` on disk. Git is asked only when an answer depends on it.

    ``staged``: what counts as being in a folder is what the index has there, since that is what will be committed.
    """

    def __init__(self, *, staged: bool = False) -> None:
        self._staged = staged
        self._blobs: dict[Path, dict[Path, str]] = {}

    def read(self, path: Path) -> bytes | None:
        """The content of a file; ``None`` when there is none. Raises `UsageError` when it cannot be read."""
        try:
            return path.read_bytes() if path.is_file() else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(
                f"the file cannot be read: {error.strerror}", source=str(path), remedy="Make it readable."
            ) from error

    def names(self, folder: Path) -> Iterable[str]:
        """The names in a folder; those of dangling links are left out."""
        if self._staged:
            return git.staged_names(folder)
        try:
            return [name for name in os.listdir(folder) if (folder / name).exists()]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def obstacle(self, path: Path) -> Path | None:
        """What stands where a file or link is to be written: anything else there, or no folder above it."""
        if os.path.lexists(path):
            mode = path.lstat().st_mode
            return None if stat.S_ISREG(mode) or stat.S_ISLNK(mode) else path
        above = next(folder for folder in path.parents if os.path.lexists(folder))
        return None if is_folder(above) else above

    def link(self, path: Path) -> str | None:
        """The target of a link; ``None`` when the path is none."""
        return link_target(path)

    def released(self, path: Path) -> bytes | None:
        """The content that Git has for the path: in the last commit, else in the last one that had it at all."""
        top = self._top_level(path)
        if top is None:
            return None
        if top not in self._blobs:
            self._blobs[top] = git.committed_blobs(top)
        blob = self._blobs[top].get(path) or git.last_blob(top, path)
        return git.content(top, blob) if blob else None

    def is_draft(self, path: Path) -> bool:
        """Whether Git shows that the file was never committed; false outside of a Git repository."""
        return self._top_level(path) is not None and self.released(path) is None

    @staticmethod
    def _top_level(path: Path) -> Path | None:
        folder = next(folder for folder in path.parents if folder.is_dir())
        return git.top_level(folder)
