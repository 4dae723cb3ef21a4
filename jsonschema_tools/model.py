"""The nouns: what a schema repository is made of, and what materializing it means to do.

Frozen values in the terms of JSON Schema, SemVer and Git; no behaviour beyond what can be read off them.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError

SAFE_INTEGERS = (-(2**53 - 1), 2**53 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaRule:
    """A rule of the configuration: a JSON Schema (the file ``schema``) that every schema file must satisfy.

    ``files`` is which of them: ``all``, ``current`` or ``released``.
    """

    id: str
    message: str
    schema: Path
    severity: str = "error"
    files: str = "all"
    remedy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """An intended break, allowed where it happens: in these versions of the title, the change with this fingerprint, or
    of this kind at this pointer; ``expires`` is the last day on which it is allowed, ``2026-12-31``.

    Or an intended change of the configuration that takes released files out of sight: ``setting`` is no more what it
    ``was``.
    """

    reason: str
    title: str = ""
    versions: tuple[str, ...] = ()
    fingerprint: str | None = None
    pointer: str | None = None
    kind: str | None = None
    setting: str | None = None
    was: str | None = None
    expires: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a schema repository; the keys of ``.jsonschema-tools.yaml`` in snake case.

    ``root`` is the folder of the configuration file (the working directory where there is none), ``path`` that file
    (the last of them); paths in the file are relative to it and absolute here. ``rules`` maps the id of a rule to its
    settings: ``severity`` where that is given, and its options. ``compatibility`` and ``content_model`` are ``None``
    where the profile decides. ``release_branches`` is ``None`` where the usual branches count; ``release_refs`` are
    commits that the call adds to them. What was fetched over HTTP before ``cached_since`` (seconds since the epoch) is
    fetched anew.
    """

    root: Path
    schema_base_path: Path
    schema_base_uris: tuple[str, ...]
    allowed_ref_hosts: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ("yaml", "json")
    current_name: str = "current"
    schema_version_field: str = "$id"
    schema_title_field: str = "title"
    should_dereference: bool = True
    should_symlink_extensionless: bool = True
    should_symlink_latest: bool = True
    should_generate_example: bool = False
    enforced_numeric_bounds: tuple[int | float, int | float] | None = SAFE_INTEGERS
    ignore_schemas: tuple[str, ...] = ()
    skip_schema_test_cases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    should_git_add: bool = True
    git_staged: bool = False
    git_diff_commit: str = "HEAD"
    release_branches: tuple[str, ...] | None = None
    release_refs: tuple[str, ...] = ()
    diff_command: str | None = None
    dry_run: bool = False
    log_level: str = "warn"
    path: Path | None = None
    template: Path | None = None
    profile: str = "upstream"
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    schema_rules: tuple[SchemaRule, ...] = ()
    compatibility: str | None = None
    content_model: str | None = None
    compatibility_steps: int = 40_000
    allow: tuple[Allowance, ...] = ()
    cached_since: float = 0.0

    @property
    def current_file_name(self) -> str:
        """The name of the files that people edit, with its extension."""
        name = Path(self.current_name)
        return self.current_name if name.suffix else f"{self.current_name}.{self.content_types[0]}"


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
    ``pending`` the files and links that materializing it would write or remove. ``states`` says of each version whether
    it is released, a draft or unknown, ``ahead`` names those that release branches have and this branch has not."""

    title: str
    path: Path
    current: str | None
    versions: tuple[str, ...]
    latest: str | None
    pending: tuple[Path, ...]
    states: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ahead: tuple[str, ...] = ()


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
