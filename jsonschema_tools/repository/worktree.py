"""The files of a repository and what Git knows of them: the `Tree` on disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.errors import UsageError
from jsonschema_tools.files import is_folder, read_file, way_out
from jsonschema_tools.release.standing import Standing
from jsonschema_tools.repository.basis import state
from jsonschema_tools.repository.discovery import link_target
from jsonschema_tools.repository.releases import Releases


class WorkTree:
    """A `Tree` on disk. Git is asked only when an answer depends on it, through ``releases``.

    Of a file below ``base`` no link leads out of that folder. ``staged``: what counts as being in a folder is what the
    index has there, since that is what will be committed.
    """

    def __init__(self, releases: Releases | None = None, *, staged: bool = False, base: Path | None = None) -> None:
        self._releases = releases
        self._base = base
        self._staged = staged
        self.seen: dict[Path, str] = {}
        """How each path was when it was first asked about."""

    def read(self, path: Path) -> bytes | None:
        """The content of a file; ``None`` when there is none. Raises `UsageError` when it cannot be read."""
        self._see(path)
        try:
            within = self._base if self._base and path.is_relative_to(self._base) else None
            return read_file(path, within=within) if path.is_file() else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(
                f"the file cannot be read: {error.strerror}",
                source=str(path),
                remedy=getattr(error, "remedy", "Make it readable."),
            ) from error

    def names(self, folder: Path) -> Iterable[str]:
        """The names in a folder; those of dangling links are left out."""
        if self._staged:
            return git.staged_names(folder)
        try:
            with os.scandir(folder) as listing:
                return [entry.name for entry in listing if not entry.is_symlink() or os.path.exists(entry.path)]  # noqa: PTH110
        except (FileNotFoundError, NotADirectoryError):
            return []

    def obstacle(self, path: Path) -> Path | None:
        """What stands where a file or link is to be written: anything else there, no folder above it, or a link on the
        way that leads out."""
        self._see(path)
        if self._base is not None and (link := way_out(path, self._base)) is not None:
            return link
        if os.path.lexists(path):
            mode = path.lstat().st_mode
            return None if stat.S_ISREG(mode) or stat.S_ISLNK(mode) else path
        above = next(folder for folder in path.parents if os.path.lexists(folder))
        return None if is_folder(above) else above

    def link(self, path: Path) -> str | None:
        """The target of a link; ``None`` when the path is none."""
        self._see(path)
        return link_target(path)

    def _see(self, path: Path) -> None:
        if path not in self.seen:
            self.seen[path] = state(path)

    def prepare(self, paths: Iterable[Path]) -> None:
        """Tell which version files will be asked for."""
        if self._releases is not None:
            self._releases.prepare(paths)

    def standing(self, path: Path, *, history: bool = True) -> Standing:
        """How a version file stands; without ``history`` a withdrawn one counts as a draft."""
        assert self._releases is not None
        return self._releases.standing(path, history=history)

    def in_head(self, path: Path) -> bool:
        """Whether the last commit has the file."""
        return self._releases is not None and self._releases.in_head(path)

    def release_names(self, folder: Path) -> set[str]:
        """The names of the files that release branches have in a folder."""
        return self._releases.names(folder) if self._releases is not None else set()
