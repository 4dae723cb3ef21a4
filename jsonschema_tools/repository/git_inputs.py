"""What Git says of a repository, as a digest: a question that gets the same from Git gets the same answer.

Commits never change: what does is which of them have names, which are here, the index, and the settings.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from jsonschema_tools.errors import GitError
from jsonschema_tools.git.process import repository_at, run

_LARGEST = 256 * 2**20
_FOLDERS = ("refs", "info", "reftable")


def git_digest(folder: Path) -> bytes | None:
    """The digest of what Git knows in a folder; ``None`` where it cannot be told."""
    try:
        repository = repository_at(folder)
        if repository is None:
            return sha256(b"no repository").digest()
        settings = run(["config", "--list", "-z"], folder)
        if b"promisor" in settings or b"partialclone" in settings.lower():
            # What is here depends on what was fetched so far.
            return None
        digest = sha256()
        for text in (*_environment(), str(repository), _program(), str(len(settings))):
            digest.update(os.fsencode(text) + b"\0")
        digest.update(settings)
        for path in _files(repository.directory):
            found = path.stat()
            if found.st_size > _LARGEST:
                return None
            content = path.read_bytes()
            digest.update(os.fsencode(path) + b"\0%d\0" % len(content) + content)
    except (GitError, OSError, ValueError):
        return None
    return digest.digest()


def _environment() -> list[str]:
    return sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("GIT_"))


def _program() -> str:
    """Which Git it is."""
    path = shutil.which("git")
    found = os.stat(path) if path is not None else None  # noqa: PTH116 (quicker)
    return "" if found is None else f"{path} {found.st_size} {found.st_mtime_ns}"


def _files(directory: Path) -> Iterator[Path]:
    """The files that say how a repository is; its objects are what their names say."""
    folders = [directory]
    common = directory / "commondir"
    if common.is_file():
        folders.append(Path(os.path.realpath(directory / common.read_text("utf-8").strip())))
    for folder in folders:
        yield from _regular(folder.iterdir())
        for name in _FOLDERS:
            for above, _, names in sorted(os.walk(folder / name)):
                yield from _regular(Path(above, each) for each in names)


def _regular(paths: Iterable[Path]) -> list[Path]:
    return [path for path in sorted(paths) if stat.S_ISREG(path.lstat().st_mode)]
