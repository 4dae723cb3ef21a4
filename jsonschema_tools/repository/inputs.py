"""What a run about a whole repository reads, as a digest: a run that reads the same finds the same.

Folders are taken as a whole, with each name in them, so that what is not there counts as well. What a digest cannot
hold, such as a link that leads out of them, makes it none.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.files import GIT, SIZE_LIMIT, is_searched
from jsonschema_tools.lookup.bases import split_prefix
from jsonschema_tools.settings import Config

_TICK: Final = 20_000_000
"""Nanoseconds in which a file may change twice, and its times say so once."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class _Unkept(Exception):
    """What is read cannot be told by a digest."""


@dataclass
class Inputs:
    """The files of some folders, and others by name; ``digest`` is of their names, kinds and contents."""

    folders: tuple[str, ...]
    began: int
    """When reading began, in nanoseconds since the epoch."""
    digest: bytes = b""
    has_nested_git: bool = False
    """Whether a folder in one of the folders is a Git repository of its own."""
    _seen: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def note(self, path: str, found: os.stat_result) -> None:
        """Remember how a file or folder was when it was read."""
        self._seen[path] = _signature(found)

    def is_unchanged(self) -> bool:
        """Whether everything is still as it was read, as far as the file system tells; what changed in the very moment
        before it was read may have changed once more."""
        before = self.began - _TICK
        try:
            for path, found in self._seen.items():
                if found[0] >= before or _signature(os.lstat(path)) != found:
                    return False
        except OSError:
            return False
        return True

    def has(self, path: Path) -> bool:
        """Whether the digest says what is at a path, or that there is nothing."""
        inside = (path.relative_to(folder) for folder in self.folders if path.is_relative_to(folder))
        return any(all(is_searched(name) for name in relative.parts[:-1]) for relative in inside)


def inputs_of(config: Config) -> Inputs | None:
    """What a check of all schemas reads, beside Git and the network; ``None`` where that cannot be told."""
    files = (config.path, config.baseline, *(rule.schema for rule in config.schema_rules))
    try:
        found = Inputs(_outermost(_folders(config)), time.time_ns())
        walk = _Walk(found, str(config.schema_base_path))
        for file in files:
            if file is not None:
                walk.named(str(file))
        for folder in found.folders:
            walk.folder(folder)
    except (_Unkept, OSError, ValueError, RecursionError, SchemaToolsError):
        return None
    found.digest = walk.digest.digest()
    return found


def _folders(config: Config) -> Iterator[str]:
    yield str(config.schema_base_path)
    for uri in config.schema_base_uris:
        _, place = split_prefix(uri)
        if "://" in place:
            from jsonschema_tools.lookup.addresses import Address

            address = Address(uri)
            place = address.rest if address.scheme == "file" else ""
        if place:
            yield os.path.realpath(place)
    if config.tests is not None:
        yield str(config.tests)


def _outermost(folders: Iterable[str]) -> tuple[str, ...]:
    """The folders, the first one first, without those that are in another one which is looked through down to them."""
    first, *others = dict.fromkeys(folders)
    chosen = [each for each in (first, *others) if not any(_is_below(each, other) for other in (first, *others))]
    return tuple(chosen)


def _is_below(folder: str, other: str) -> bool:
    path = Path(folder)
    return folder != other and path.is_relative_to(other) and all(map(is_searched, path.relative_to(other).parts))


class _Walk:
    """Reads folders into a digest. Others than that of the schemas may not be very much larger."""

    def __init__(self, found: Inputs, base: str) -> None:
        self.digest = sha256()
        self._found = found
        self._base = base
        self._left = _MOST_ENTRIES

    def folder(self, folder: str) -> None:
        """Everything in a folder; of those that no schema is looked for in, the name."""
        self._found.note(folder, os.lstat(folder))
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        self._count(len(entries), folder)
        self._tell("folder", folder, len(entries))
        unsearched = {each.name for each in entries if not is_searched(each.name) and not _is_file(each)}
        for entry in entries:
            if entry.name == GIT:
                self._found.has_nested_git = self._found.has_nested_git or folder != self._base
            elif entry.is_symlink():
                self._link(entry, unsearched)
            elif entry.is_dir(follow_symlinks=False):
                self._tell("in", entry.name)
                if entry.name not in unsearched:
                    self.folder(entry.path)
            else:
                self.file(entry.path, entry.stat(follow_symlinks=False))

    def named(self, path: str) -> None:
        """A file that somebody named: no pipe of the shell's, which is read only once."""
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode):
            raise _Unkept
        self.file(path, found)

    def file(self, path: str, found: os.stat_result) -> None:
        """A file, with its content where that is ever read."""
        self._found.note(path, found)
        self._tell("file", path.rpartition(os.sep)[2], found.st_mode, found.st_size)
        if stat.S_ISREG(found.st_mode) and found.st_size <= SIZE_LIMIT:
            self.digest.update(_content(path, found.st_size))

    def _link(self, entry: os.DirEntry[str], unsearched: set[str]) -> None:
        """A link, which nobody changes without changing its folder."""
        target = os.readlink(entry.path)  # noqa: PTH115 (quicker)
        self._tell("link", entry.name, target)
        if os.sep in target or target in ("", ".", ".."):
            if not self._stays_inside(entry.path, target):
                raise _Unkept
        elif target in unsearched or target == GIT:
            raise _Unkept

    def _stays_inside(self, path: str, target: str) -> bool:
        """Whether a link leads to a place in the folders, and by no way that leaves them."""
        names = target.split(os.sep)  # noqa: PTH206 (the names as they are written)
        down = names[next((at for at, name in enumerate(names) if name != ".."), len(names)) :]
        written, real = os.path.normpath(os.path.join(path, "..", target)), os.path.realpath(path)  # noqa: PTH118
        return ".." not in down and all(self._found.has(Path(each) / "-") for each in (written, real))

    def _tell(self, *what: object) -> None:
        self.digest.update(("\0".join(map(str, what)) + "\0").encode("utf-8", "surrogateescape"))

    def _count(self, entries: int, folder: str) -> None:
        if folder == self._base or folder.startswith(f"{self._base}{os.sep}"):
            self._left += entries * _TIMES_AS_MANY
        self._left -= entries
        if self._left < 0:
            raise _Unkept


_MOST_ENTRIES = 20_000
_TIMES_AS_MANY = 10


def _is_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def _content(path: str, size: int) -> bytes:
    """The content of a regular file that had a size a moment ago."""
    descriptor = os.open(path, _FLAGS)
    try:
        content = os.read(descriptor, size + 1)
    finally:
        os.close(descriptor)
    if len(content) != size:
        raise _Unkept
    return content


def _signature(found: os.stat_result) -> tuple[int, ...]:
    return found.st_ctime_ns, found.st_size, found.st_ino
