"""The settings of a schema repository: the keys of its configuration, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
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
    first, in a copy. ``portable`` refuses valid events that not every store reads alike: see `tables.portable`.
    """

    schema_uri_fields: tuple[str, ...] = ("$schema",)
    stream_field: str = "meta.stream"
    allow_insecure: bool = False
    quick_formats: bool = False
    fill_defaults: bool = False
    portable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a gate takes at most; the key ``limits`` below ``serve``.

    ``body`` is the size of a request's body in bytes, inflated; ``events`` how many a request may have; ``uri`` and
    ``header`` how many bytes a request's target and its whole head may have. ``requests`` and ``bytes_in_flight`` are
    what is being worked on at once: beyond them a request is answered with 503 before its body is read.
    ``connections`` are open at once. ``head_seconds`` and ``body_seconds`` are how long a request's head and body may
    take to come, ``idle_seconds`` how long a connection may wait for the next request, ``drain_seconds`` how long what
    was taken may take to be finished at the end.
    """

    body: int = 4_000_000
    events: int = 10_000
    uri: int = 8_000
    header: int = 32_000
    requests: int = 1_000
    bytes_in_flight: int = 256_000_000
    connections: int = 10_000
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    idle_seconds: float = 60.0
    drain_seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """How a gate serves; the key ``serve`` of the configuration.

    ``profile`` is how it answers: ``default`` or ``eventgate``. ``only`` are the parts that it serves: ``intake``,
    ``streams``, ``schemas``. ``output`` is where accepted events go: a file, a folder (one file a stream; what is a
    folder already, or ends in a slash), ``-`` for standard output, ``none``. ``sink`` is an installed sink that takes
    them instead, with ``sink_settings``. ``fsync`` is when the file is on disk for sure: ``always`` before an event is
    answered, at an ``interval`` of ``fsync_seconds``, or ``never``. A file is put aside when it has ``rotate_bytes`` or
    is ``rotate_seconds`` old (0: never). ``errors`` is a file for refused events, ``error_stream`` a stream for them,
    whose events have the schema ``error_schema``. ``kafka`` are options of librdkafka, with ``bootstrap.servers``:
    events go to Kafka then. ``on_outage`` is what happens to those that Kafka does not take: ``refuse`` or ``spool``;
    ``spool`` is the folder where events wait, until it has about ``spool_max_bytes`` (0: as many as the disk takes),
    ``create_topics`` is whether topics are made that Kafka does not have, ``kafka_timeouts`` after how many timeouts a
    topic counts as gone.
    ``kafka_headers`` are the headers of messages: names of a request's headers, and ``$schema``.
    ``server_fields`` are filled in by the gate: ``off`` or ``wikimedia``. ``stream_fields`` name the stream in place of
    that of ``events``, and ``timestamp_fields`` the time of an event: the first that an event has counts.
    ``topic_prefix`` chooses among the topics of a stream. ``tokens`` is a file of tokens that may write. ``workers`` is
    how many processes serve. ``reload_seconds`` is how often files are looked at for a change (0: never).

    ``schema_file_extension``, ``test_events``, ``spec``, ``cors`` and ``csp`` are settings of EventGate.
    """

    host: str = "127.0.0.1"
    port: int = 8192
    profile: str = "default"
    only: tuple[str, ...] = ("intake", "streams", "schemas")
    output: str = "events.jsonl"
    sink: str | None = None
    sink_settings: Mapping[str, Any] = field(default_factory=dict)
    kafka: Mapping[str, Any] = field(default_factory=dict)
    on_outage: str = "refuse"
    spool: str = "kafka-spool"
    spool_max_bytes: int = 0
    create_topics: bool = False
    kafka_timeouts: int = 3
    kafka_headers: tuple[str, ...] = ()
    fsync: str = "always"
    fsync_seconds: float = 1.0
    rotate_bytes: int = 0
    rotate_seconds: float = 0.0
    errors: str | None = None
    error_stream: str | None = None
    error_schema: str = "/error/2.1.0"
    server_fields: str = "off"
    stream_fields: tuple[str, ...] = ()
    timestamp_fields: tuple[str, ...] = ("dt", "meta.dt")
    topic_prefix: str = ""
    tokens: str | None = None
    workers: int = 1
    reload_seconds: float = 1.0
    limits: Limits = Limits()
    schema_file_extension: str = ""
    test_events: tuple[Any, ...] = ()
    spec: str | None = None
    cors: str | None = "*"
    csp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a schema repository; the keys of ``.jsonschema-tools.yaml`` in snake case.

    ``root`` is the folder of the configuration file (the working directory where there is none), ``path`` that file
    (the last of them); paths in the file are relative to it and absolute here. ``rules`` maps the id of a rule to its
    settings: ``severity`` where that is given, and its options. ``compatibility`` and ``content_model`` are ``None``
    where the profile decides. ``tests`` is the folder that has tests of schemas by title, ``None`` where they are in a
    folder ``tests`` beside the current file. ``streams`` is the file or URL that says which streams there are;
    ``streams_seconds`` how long what a URL answers counts.
    ``release_branches`` is ``None`` where the usual branches count; ``release_refs`` are commits that the call adds to
    them. What was fetched over HTTP before ``cached_since`` (seconds since the epoch) is fetched anew. ``cache`` is
    whether results are kept for later runs.
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
    skip_schema_test_cases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
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
    streams_seconds: float = 300.0
    profile: str = "upstream"
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    schema_rules: tuple[SchemaRule, ...] = ()
    compatibility: str | None = None
    content_model: str | None = None
    compatibility_steps: int = 40_000
    allow: tuple[Allowance, ...] = ()
    events: EventSettings = EventSettings()
    serve: ServeSettings = ServeSettings()
    cached_since: float = 0.0
    cache: bool = True

    @property
    def current_file_name(self) -> str:
        """The name of the files that people edit, with its extension."""
        name = Path(self.current_name)
        return self.current_name if name.suffix else f"{self.current_name}.{self.content_types[0]}"
