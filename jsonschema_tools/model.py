"""The nouns: what a schema repository is made of, and what materializing it means to do.

Frozen values in the terms of JSON Schema, SemVer and Git; no behaviour beyond what can be read off them.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.schemas.deprecation import Deprecation
from jsonschema_tools.settings import Config


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A schema document in a file; ``version`` is the semantic version its version field names."""

    path: Path
    title: str | None
    version: str
    is_current: bool
    content_type: str
    document: Document


@dataclass(frozen=True, slots=True)
class SchemaDirectory:
    """A folder of schema files: ``current`` is the file that people edit, ``versions`` maps each version to its files
    by content type, ``links`` each link's name to its target."""

    path: Path
    current: Path | None
    versions: Mapping[str, Mapping[str, Path]]
    links: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Repository:
    """A schema repository on disk: its settings and its folders, sorted by path. Documents are read when needed.

    ``misnamed`` are files that are named nearly as current files, and not read.
    """

    config: Config
    directories: tuple[SchemaDirectory, ...]
    misnamed: tuple[Path, ...] = ()

    @property
    def currents(self) -> list[Path]:
        """The files that people edit."""
        return [folder.current for folder in self.directories if folder.current is not None]


@dataclass(frozen=True, slots=True)
class WriteFile:
    """Put ``content`` into the file at ``path``, whole or not at all; ``executable`` as programs are."""

    path: Path
    content: bytes
    executable: bool = False

    def __str__(self) -> str:
        return f"write {self.path}"


@dataclass(frozen=True, slots=True)
class Symlink:
    """Make ``path`` a symbolic link to ``target``, a name in the same folder."""

    path: Path
    target: str

    def __str__(self) -> str:
        return f"link {self.path} -> {self.target}"


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the file or link at ``path``: a part of a draft that nobody needs any more."""

    path: Path

    def __str__(self) -> str:
        return f"remove {self.path}"


@dataclass(frozen=True, slots=True)
class GitAdd:
    """Stage the files for the next commit."""

    paths: tuple[Path, ...]

    def __str__(self) -> str:
        return f"git add {shlex.join(map(str, self.paths))}"


Action = WriteFile | Symlink | Remove | GitAdd


@dataclass(frozen=True, slots=True)
class Merged:
    """A document that became part of a release: the URI it was looked up under, where it was found, and the SHA-256 of
    its bytes in hexadecimal digits."""

    uri: str
    location: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """What one current schema materializes to: the version, the document, and the files it consists of.

    ``merged`` are the documents that are part of it and do not come from a folder.
    """

    source: Path
    title: str | None
    directory: Path
    version: str
    document: Document
    outputs: tuple[Path, ...]
    merged: tuple[Merged, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan rests on: how the paths that it changes were, and the commits that were asked, by the root of a
    working tree and the folder in it."""

    paths: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}))
    commits: Mapping[tuple[Path, Path], tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Plan:
    """What materializing would do. With ``errors`` nothing must be done at all: see `apply`.

    ``unstaged`` are current files that Git does not have yet, so that their version files are not staged either,
    ``misnamed`` files that are named nearly as current files, and not read. Where the ``basis`` is no more, the plan is
    not carried out.
    """

    actions: tuple[Action, ...] = ()
    releases: tuple[Release, ...] = ()
    errors: tuple[SchemaToolsError, ...] = ()
    unstaged: tuple[Path, ...] = ()
    misnamed: tuple[Path, ...] = ()
    basis: Basis = field(default_factory=Basis, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SchemaListing:
    """One title of a repository: ``current`` is the version of its current file, ``latest`` what its link names,
    ``pending`` the files and links that materializing it would write or remove, ``deprecation`` whether it is retired.
    ``states`` says of each version whether
    it is released, a draft or unknown, ``ahead`` names those that release branches have and this branch has not."""

    title: str
    path: Path
    current: str | None
    versions: tuple[str, ...]
    latest: str | None
    pending: tuple[Path, ...]
    states: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ahead: tuple[str, ...] = ()
    deprecation: Deprecation | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The titles of a repository, and what kept some of them from being read: errors, or a name that is not quite that
    of current files."""

    entries: tuple[SchemaListing, ...]
    errors: tuple[SchemaToolsError, ...]
    misnamed: tuple[Path, ...] = ()


class ReleasedVersionChanged(SchemaToolsError):
    """A version file may not be made what the current schema would make it: it is released, its number is taken or
    spent, or nobody can tell.

    ``differences`` is what would change, one sentence each; ``next_version`` the version to release it under.
    """

    exit_code = 1

    def __init__(
        self, message: str, *, source: str, differences: tuple[str, ...], next_version: str, remedy: str
    ) -> None:
        super().__init__(message, source=source, remedy=remedy)
        self.differences = differences
        self.next_version = next_version
