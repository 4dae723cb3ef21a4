"""A folder of vendored schemas: released files as their URIs lay them out, and the lock that says what they hold."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import DocumentError, SchemaToolsError, UsageError
from jsonschema_tools.files import read_regular, way_out
from jsonschema_tools.reports.escaping import json_text

LOCK = "schemas.lock.json"
"""The name of the lock, at the top of the folder."""

FORMAT = 1
"""The version of the lock's format: a program that does not know it must not guess."""

_DIGEST = re.compile("[0-9a-f]{64}")
_REMEDY = "Have it written anew: `jst vendor TITLE... --to FOLDER`, after removing the lock."


@dataclass(frozen=True, slots=True)
class Locked:
    """A vendored file: its URI, its path below the folder, the SHA-256 of its bytes in hexadecimal digits, and where it
    is from."""

    uri: str
    file: str
    sha256: str
    origin: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What a folder holds: the words that were asked for, and the files."""

    requested: tuple[str, ...] = ()
    files: tuple[Locked, ...] = ()

    @property
    def by_file(self) -> dict[str, Locked]:
        """The files by path."""
        return {each.file: each for each in self.files}


class Kind(StrEnum):
    """How a folder differs from its lock, or the lock from what was asked for."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"
    OUTDATED = "outdated"

    @property
    def remedy(self) -> str:
        """The cure of such a difference."""
        if self is Kind.EXTRA:
            return "Remove what the lock does not have; it would be found as a schema."
        return "Run the same without --check: it writes what belongs there."


@dataclass(frozen=True, slots=True)
class Difference:
    """A file of the folder that is not as the lock has it, and why, in words."""

    file: Path
    kind: Kind
    message: str


def digest(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def lock_text(lock: Lock) -> bytes:
    """The lock as a file: the same for the same lock."""
    files = [{"uri": e.uri, "file": e.file, "sha256": e.sha256, "from": e.origin} for e in lock.files]
    return f"{json_text({'format': FORMAT, 'requested': lock.requested, 'files': files})}\n".encode()


def read_lock(folder: Path) -> Lock | None:
    """The lock of a folder; ``None`` where there is none. Raises `UsageError` or `DocumentError`."""
    path = folder / LOCK
    try:
        content = read_regular(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        remedy = getattr(error, "remedy", "Make it readable.")
        raise UsageError(f"the lock cannot be read: {error.strerror}", source=str(path), remedy=remedy) from error
    document = parse(content, source=str(path), content_type="json")
    for pointer, message in _faults(document):
        position = locate(content, pointer, source=str(path))
        raise DocumentError(message, source=str(path), position=position, pointer=pointer, remedy=_REMEDY)
    files = (Locked(each["uri"], each["file"], each["sha256"], each["from"]) for each in document["files"])
    return Lock(tuple(document["requested"]), tuple(files))


def differences(folder: Path, lock: Lock) -> Iterator[Difference]:
    """How the files of a folder differ from its lock, by path. Nothing is looked up elsewhere."""
    for each in sorted(lock.files, key=lambda each: each.file):
        path = folder / each.file
        try:
            found = digest(content_of(path, folder))
        except (FileNotFoundError, NotADirectoryError):
            yield Difference(path, Kind.MISSING, f"the lock has {each.uri}, and the file is not there")
        except OSError as error:
            yield Difference(path, Kind.CHANGED, f"it {error.strerror or 'cannot be read'}")
        else:
            if found != each.sha256:
                yield Difference(path, Kind.CHANGED, f"its SHA-256 is {found}, the lock has {each.sha256}")
    for name in extra(folder, lock):
        yield Difference(folder / name, Kind.EXTRA, "the lock does not have it")


def content_of(path: Path, folder: Path) -> bytes:
    """The bytes of a vendored file, read through no link that leads out of the folder. Raises `OSError`."""
    if way_out(path, folder) is not None:
        raise OSError(0, f"is behind a link that leads out of {folder}")
    return read_regular(path)


def extra(folder: Path, lock: Lock) -> list[str]:
    """The files and links below a folder that its lock does not have, hidden ones left out."""
    known, found = {LOCK, *lock.by_file}, []
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = (Path(place, name).relative_to(folder).as_posix() for name in (*names, *links))
        found += [name for name in here if name not in known and not name.rpartition("/")[2].startswith(".")]
    return sorted(found)


def checked_name(names: tuple[str, ...], uri: str) -> str:
    """The path of a URI with these segments below the folder. Raises `UsageError` for one that is hidden there, or that
    no file can have."""
    for name in names:
        if not _is_plain(name):
            raise UsageError(
                f"{uri!r} has a segment that no vendored file can have: {name!r}", remedy="Rename the title."
            )
    return "/".join(names)


def _is_plain(name: str) -> bool:
    return bool(name) and not name.startswith(".") and not any(mark in name for mark in "/\\\0")


def _faults(document: Any) -> Iterator[tuple[str, str]]:
    """JSON Pointer and message of what a lock cannot have."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        yield "", f"this is no lock of format {FORMAT}"
        return
    requested, files = document.get("requested"), document.get("files")
    if not isinstance(requested, list) or not all(isinstance(word, str) for word in requested):
        yield "/requested", "`requested` is not a list of texts"
    if not isinstance(files, list):
        yield "/files", "`files` is not a list"
        return
    for index, each in enumerate(files):
        if not isinstance(each, dict) or not all(
            isinstance(each.get(k), str) for k in ("uri", "file", "sha256", "from")
        ):
            yield f"/files/{index}", "a file needs the texts `uri`, `file`, `sha256` and `from`"
        elif not all(map(_is_plain, each["file"].split("/"))):
            yield f"/files/{index}/file", f"{each['file']!r} is no path below the folder"
        elif not _DIGEST.fullmatch(each["sha256"]):
            yield f"/files/{index}/sha256", f"{each['sha256']!r} is no SHA-256 in hexadecimal digits"


def no_lock(folder: Path) -> SchemaToolsError:
    """The error for a folder without a lock."""
    return UsageError(
        f"there is no {LOCK}, which says what belongs here",
        source=str(folder),
        remedy="Name the schemas to vendor: `jst vendor TITLE... --to FOLDER`.",
    )
