"""A base, under which schema URIs are looked up; and the first kind of it, a folder.

A *base* turns a schema URI into the text of a document. The others are in `http`.
"""

from __future__ import annotations

import errno
import functools
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote_to_bytes

from jsonschema_tools.documents.reading import content_type_of
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import UnresolvableReference
from jsonschema_tools.files import GIT, SIZE_LIMIT, read_regular
from jsonschema_tools.lookup.fetching import without_secrets

Overlay = Callable[[Path], bytes | None]
"""The content that stands for a file, whatever is on disk; ``None`` when the disk is right."""

_EXTENSIONS = (".yaml", ".json")
_FILE_URI = re.compile(r"file:(?://(?:localhost)?)?(/.*)", re.IGNORECASE | re.DOTALL)
MOST_LINKS = 20
LONGEST_LINK = 255


@dataclass(frozen=True, slots=True)
class Text:
    """A document as it was found: its bytes, the file path or URL, and ``yaml`` or ``json``.

    ``attempts`` are the places looked at on the way to it and what each said, the last being its own. ``document`` is
    what it says, where it had to be read already.
    """

    text: bytes
    location: str
    content_type: str
    attempts: tuple[str, ...] = field(default=(), compare=False, repr=False)
    document: Document = field(default=None, compare=False, repr=False)


Reader = Callable[[str, Text], Document]
"""From a URI and the text that was found for it to its document; raises a `SchemaToolsError` where it is not that."""


class NotHere(Exception):
    """A base does not have the document: what each candidate said, and the cure if it is a special one.

    ``down`` is why the base could not say, if it could not: another day it may have it.
    """

    def __init__(self, attempts: list[str], remedy: str | None = None, *, down: str | None = None) -> None:
        super().__init__(*attempts)
        self.attempts = attempts
        self.remedy = remedy
        self.down = down


class Base(Protocol):
    """A place where schema URIs are looked up."""

    name: str

    def covers(self, uri: str) -> bool:
        """Whether an absolute URI lies under this base."""

    def read(self, uri: str) -> Text:
        """The text at a schema URI, or at an absolute one that the base covers. Raises `NotHere`."""

    def names(self, uri: str) -> list[str] | None:
        """The names in the folder at such a URI, none where there is no folder; ``None`` from a base that lists
        nothing."""


_PREFIXED = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*:[^=]*/)=(.+)", re.DOTALL)


def split_prefix(base_uri: str) -> tuple[str | None, str]:
    """The URI prefix that a base stands for, if any, and the base: ``PREFIX/=BASE``."""
    found = _PREFIXED.fullmatch(base_uri)
    return (found[1], found[2]) if found else (None, base_uri)


class PrefixBase:
    """A base that also has the documents whose URIs begin with a prefix, as they call themselves in ``$id``."""

    def __init__(self, prefix: str, base: Base) -> None:
        self.name = f"{without_secrets(prefix)}={base.name}"
        self._prefix, self._base = prefix, base

    def covers(self, uri: str) -> bool:
        """Whether an absolute URI begins with the prefix, or lies under the base."""
        return uri.startswith(self._prefix) or self._base.covers(uri)

    def read(self, uri: str) -> Text:
        """The text at a schema URI, or at an absolute one that the base covers. Raises `NotHere`."""
        return self._base.read(self._below(uri))

    def names(self, uri: str) -> list[str] | None:
        """The names in the folder at such a URI; ``None`` from a base that lists nothing."""
        return self._base.names(self._below(uri))

    def _below(self, uri: str) -> str:
        return "/" + uri.removeprefix(self._prefix) if uri.startswith(self._prefix) else uri


def candidates(name: str) -> Iterator[str]:
    """The names to try for a name: itself, and unless it has one, with the extension of a content type."""
    yield name
    if not name.endswith((*_EXTENSIONS, "/")):
        yield from (name + extension for extension in _EXTENSIONS)


def segments(uri: str, base: str) -> list[str]:
    """The path segments of a schema URI, percent-decoded once, without empty ones and ``.``.

    Raises `UnresolvableReference` when they lead out of the base, or cannot be a path.
    """
    try:
        path = unquote_to_bytes(uri).decode()
    except UnicodeError:
        path = "\0"
    if "\0" in path:
        raise UnresolvableReference(
            f"{without_secrets(uri)!r} has characters that no path can have",
            remedy="Write the URI in UTF-8, without null characters.",
        )
    if ".." in re.split(r"[/\\]", path):
        raise leading_out(uri, base)
    return [segment for segment in path.split("/") if segment not in ("", ".")]


class FileBase:
    """A folder; ``name`` is how the user wrote it. Nothing outside of it is read, also not through links."""

    def __init__(
        self, path: str, overlay: Overlay | None = None, size_limit: int = SIZE_LIMIT, *, exact: bool = False
    ) -> None:
        self.name = path
        self._size_limit = size_limit
        self._exact = exact
        self._path = Path(os.path.normpath(Path(path).absolute()))
        self._overlay = overlay or (lambda _path: None)

    def covers(self, uri: str) -> bool:
        """Whether a ``file:`` URI lies under this folder."""
        found = _FILE_URI.fullmatch(uri)
        parts = list(self._path.parts[1:])
        return found is not None and segments(found[1], self.name)[: len(parts)] == parts

    def read(self, uri: str) -> Text:
        """The text of the file at a schema URI: the exact name, else perhaps with an extension. Links are followed."""
        names = segments(uri, self.name)
        if found := _FILE_URI.fullmatch(uri):
            names = segments(found[1], self.name)[len(self._path.parts) - 1 :]
        path = str(self._path.joinpath(*names))
        if not names:
            raise NotHere([f"{path}: is a folder"])
        attempts = []
        for candidate in [path] if self._exact else candidates(path):
            try:
                content, file = self._content(Path(candidate), uri)
            except OSError as error:
                attempts.append(f"{candidate}: {_reason(error, candidate)}")
            else:
                return Text(content, str(file), content_type_of(file.name), (*attempts, f"{file}: found"))
        raise NotHere(attempts)

    def names(self, uri: str) -> list[str]:
        """The names in the folder at a schema URI, none where there is no folder."""
        folder = Path(os.path.realpath(self._path.joinpath(*segments(uri, self.name))))
        try:
            return os.listdir(folder) if folder.is_relative_to(self._real) else []
        except OSError:
            return []

    def _content(self, path: Path, uri: str) -> tuple[bytes, Path]:
        """The content of a file and its path, once its links are followed: the overlay may know any of them."""
        for _ in range(MOST_LINKS):
            folder = Path(os.path.realpath(path.parent))
            if not folder.is_relative_to(self._real) or GIT in (folder / path.name).relative_to(self._real).parts:
                raise leading_out(uri, self.name, path)
            content = self._overlay(path)
            if content is not None:
                return content, path
            target = str(path.readlink()) if path.is_symlink() else None
            if target is None:
                content = read_regular(path, self._size_limit)
                target = self._target_in(content, path)
                if target is None:
                    return content, path
            path = _beside(path, target)
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))

    def _target_in(self, content: bytes, path: Path) -> str | None:
        """The sibling that a text names and nothing else: Git writes a link so where the platform has none."""
        name = named_sibling(content)
        if name is None:
            return None
        sibling = path.with_name(name) if name not in (".", "..", path.name) else None
        if sibling is None or not (sibling.is_file() or self._overlay(sibling) is not None):
            return None
        return name

    @functools.cached_property
    def _real(self) -> Path:
        return Path(os.path.realpath(self._path))


def _beside(path: Path, target: str) -> Path:
    """The path that a link leads to, as the kernel sees it: ``..`` counts from where a linked folder really is."""
    folder, name = os.path.split(target)
    return (Path(os.path.realpath(path.parent / folder)) if folder else path.parent) / name


def named_sibling(content: bytes) -> str | None:
    """The name that a text consists of, if it is one: Git writes a link so where the platform has none."""
    if not content or len(content) > LONGEST_LINK or any(byte in content for byte in (b"\n", b":", b"/", b"\0")):
        return None
    return os.fsdecode(content)


def _reason(error: OSError, candidate: str) -> str:
    reason = (error.strerror or "cannot be read").lower()
    if error.filename not in (None, candidate):
        return f"leads to {error.filename}: {reason}"
    return reason


def leading_out(uri: str, base: str, path: Path | str | None = None) -> UnresolvableReference:
    """The error for a URI that leads out of its base."""
    uri = without_secrets(uri)
    through = f" through a link to {path}" if path else ""
    return UnresolvableReference(
        f"{uri!r} leads out of the base {base}{through}",
        remedy=(
            "Refer to a schema below a base URI, without '..' or links out of it, or add its folder to schemaBaseUris."
        ),
    )
