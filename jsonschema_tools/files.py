"""Opening files that somebody else wrote: regular, of bounded size, and inside of a folder after links.

A clone may hold links to what only its reader can see, to devices without an end and to pipes that nobody writes to.
"""

from __future__ import annotations

import errno
import functools
import io
import os
import stat
from difflib import get_close_matches
from pathlib import Path

SIZE_LIMIT = 5 * 2**20
"""Bytes of a schema, a configuration or a template, at most."""

_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
    # Not every platform has each.
    _FLAGS |= getattr(os, _name, 0)

_OF_THE_PROCESS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
GIT = ".git"
"""What has this name in a repository is Git's own, credentials included."""


class Refused(OSError):
    """A file that is there, and not to be read; ``strerror`` says why, ``remedy`` is the cure."""

    def __init__(self, number: int, reason: str, path: Path, remedy: str) -> None:
        super().__init__(number, reason, str(path))
        self.remedy = remedy


def read_regular(path: Path, limit: int = SIZE_LIMIT, *, own: bool = False) -> bytes:
    """The content of a regular file that is no link. With ``own`` it has to be the user's. Raises `OSError`."""
    _check_kind(path.lstat().st_mode, path)
    return _content(path, limit, own=own)


def read_file(path: Path, *, within: Path | None = None, limit: int = SIZE_LIMIT) -> bytes:
    """The content of a regular file. Links are followed, where ``within`` is given only inside of that folder, and
    never to what Git keeps there. Raises `OSError`."""
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode) and within is not None:
        return _content(path, limit, within=within)
    target = Path(os.path.realpath(path))
    if within is not None:
        _check_inside(str(target), within, path)
    return read_regular(target, limit)


def read_named(path: Path, *folders: Path, limit: int = SIZE_LIMIT) -> bytes:
    """The content of a file that the user may have named: a pipe of the shell's (``<(...)``, ``/dev/stdin``) is read,
    too. A file in one of the folders is read inside of the first that has it. Raises `OSError`."""
    if str(path).startswith(_OF_THE_PROCESS):
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
        if len(content) > limit:
            raise Refused(errno.EFBIG, f"is larger than {limit} bytes", path, "Make it smaller.")
        return content
    return read_file(path, within=next((folder for folder in folders if _is_in(path, folder)), None), limit=limit)


def way_out(path: Path, base: Path) -> Path | None:
    """The link by which a path below a folder leads out of it, or to what Git keeps there; ``None`` where none does.

    The last part of the path is not followed: whoever writes replaces it.
    """
    real = Path(os.path.realpath(base))
    above = next((folder for folder in (base, real) if path != folder and path.is_relative_to(folder)), None)
    if above is None or _is_kept_inside(path.parent, real):
        return None
    parents = [folder for folder in reversed(path.parents) if folder.is_relative_to(above)]
    return next((folder for folder in parents if not _is_kept_inside(folder, real)), path.parent)


def _is_kept_inside(folder: Path, base: Path) -> bool:
    target = Path(os.path.realpath(folder))
    return target.is_relative_to(base) and GIT not in target.relative_to(base).parts


def enclosing(path: Path) -> Path:
    """The folder that a file belongs to: the nearest above it that Git keeps, else its own."""
    folders = Path(os.path.abspath(path)).parents  # noqa: PTH100 (links are not followed)
    return next((folder for folder in folders if os.path.lexists(folder / GIT)), folders[0])


def _is_in(path: Path, folder: Path) -> bool:
    """Whether a path leads through a folder, wherever it ends."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (links are not followed)
    if absolute.is_relative_to(folder):
        return True
    base = os.path.realpath(folder)
    return any(os.path.realpath(parent) == base for parent in absolute.parents)


def _content(path: Path, limit: int, *, own: bool = False, within: Path | None = None) -> bytes:
    """What is in a file, which was a regular one a moment ago."""
    # It may be replaced by a pipe at this moment: never wait for one, never follow a new link.
    descriptor = os.open(path, _FLAGS)
    with open(descriptor, "rb", buffering=0) as stream:  # noqa: PTH123 (a descriptor)
        found = os.fstat(descriptor)
        _check_kind(found.st_mode, path)
        if own and hasattr(os, "geteuid") and found.st_uid != os.geteuid():
            raise Refused(errno.EPERM, "belongs to another user", path, "Remove it.")
        if within is not None:
            _check_inside(_path_of(descriptor) or os.path.realpath(path), within, path)
        content = b"" if found.st_size > limit else _read(stream, limit + 1)
    if found.st_size > limit or len(content) > limit:
        raise Refused(errno.EFBIG, f"is larger than {limit} bytes", path, "Make it smaller.")
    return content


def _read(stream: io.FileIO, size: int) -> bytes:
    content = stream.read(size)
    while content and len(content) < size and (more := stream.read(size - len(content))):
        content += more
    return content


def _path_of(descriptor: int) -> str | None:
    """The path of an open file after all links, where the system tells it: one call instead of one for each folder."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 (quicker)
    except OSError:
        return None


def _check_inside(target: str, within: Path, path: Path) -> None:
    base = os.path.abspath(within)  # noqa: PTH100 (links are not followed)
    if not _is_inside(target, _real(base)):
        # Where a folder was a moment ago is a good guess only: it may be a link that leads elsewhere by now.
        _real.cache_clear()
        if _is_inside(target, _real(base)):
            return
        remedy = "Put the file itself in the place of the link."
        raise Refused(errno.EPERM, f"leads to where nothing is read, out of {within}", path, remedy)


def _is_inside(target: str, base: str) -> bool:
    return target.startswith(base) and GIT not in target[len(base) :].split(os.sep)  # noqa: PTH206 (quicker)


@functools.lru_cache(maxsize=256)
def _real(base: str) -> str:
    """A base folder after links, with a separator at its end."""
    return f"{os.path.realpath(base).rstrip(os.sep)}{os.sep}"


def _check_kind(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
    if not stat.S_ISREG(mode):
        raise Refused(errno.EINVAL, "is not a regular file", path, "Put a regular file in its place.")


def near(path: Path, otherwise: str) -> str:
    """The remedy for a path that leads nowhere: the name that is nearest to the first one that is not there."""
    missing = next((part for part in (*reversed(path.parents), path) if not os.path.lexists(part)), None)
    try:
        names = os.listdir(missing.parent) if missing is not None else ()
    except OSError:
        names = ()
    found = missing and get_close_matches(missing.name, names, n=1, cutoff=0.7)
    return f"Did you mean {str(missing.parent / found[0])!r}?" if missing and found else otherwise


def cache_directory() -> Path:
    """Where the user's own cache is: ``$XDG_CACHE_HOME/jsonschema-tools``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "jsonschema-tools"


def is_searched(name: str) -> bool:
    """Whether schemas are looked for in a folder of this name: not in hidden ones, nor in packages of Node.js."""
    return not name.startswith(".") and name != "node_modules"


def is_folder(path: Path) -> bool:
    """Whether there is a folder; links are followed. False also where `Path.is_dir` raises, as for too long names."""
    return os.path.isdir(path)  # noqa: PTH112


def is_file(path: Path) -> bool:
    """Whether there is a file; links are followed. False also where `Path.is_file` raises."""
    return os.path.isfile(path)  # noqa: PTH113
