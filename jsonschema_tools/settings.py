"""The settings of a schema repository: the keys of its configuration, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

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


@dataclass(frozen=True, slots=True)
class EventSettings:
    """Where an event says what it is, and how it is validated; the key ``events`` of the configuration.

    ``schema_uri_fields`` are paths such as ``$schema`` or ``meta.schema``: the first that the event has counts.
    ``stream_field`` is the path of the stream's name. ``allow_insecure`` allows schemas that break the rule
    ``schema-is-secure``. ``quick_formats`` asserts formats by the quick patterns of AJV 6, as other event gates do,
    instead of by their specifications. ``fill_defaults`` gives missing properties the ``default`` of their schema
    first, in a copy.
    """

    schema_uri_fields: tuple[str, ...] = ("$schema",)
    stream_field: str = "meta.stream"
    allow_insecure: bool = False
    quick_formats: bool = False
    fill_defaults: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a schema repository; the keys of ``.jsonschema-tools.yaml`` in snake case.

    ``root`` is the folder of the configuration file (the working directory where there is none), ``path`` that file
    (the last of them); paths in the file are relative to it and absolute here. ``rules`` maps the id of a rule to its
    settings: ``severity`` where that is given, and its options. ``compatibility`` and ``content_model`` are ``None``
    where the profile decides. ``tests`` is the folder that has tests of schemas by title, ``None`` where they are in a
    folder ``tests`` beside the current file. ``streams`` is the file or URL that says which streams there are.
    ``release_branches`` is ``None`` where the usual branches count; ``release_refs`` are commits that the call adds to
    them. What was fetched over HTTP before ``cached_since`` (seconds since the epoch) is fetched anew.
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
    baseline: Path | None = None
    tests: Path | None = None
    streams: str | None = None
    profile: str = "upstream"
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    schema_rules: tuple[SchemaRule, ...] = ()
    compatibility: str | None = None
    content_model: str | None = None
    compatibility_steps: int = 40_000
    allow: tuple[Allowance, ...] = ()
    events: EventSettings = EventSettings()
    cached_since: float = 0.0

    @property
    def current_file_name(self) -> str:
        """The name of the files that people edit, with its extension."""
        name = Path(self.current_name)
        return self.current_name if name.suffix else f"{self.current_name}.{self.content_types[0]}"
