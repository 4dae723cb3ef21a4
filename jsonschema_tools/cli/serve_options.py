"""The settings of `jst serve` as options: each is a key below ``serve`` in the configuration."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from jsonschema_tools.settings import Config, ServeSettings

_COUNT = click.IntRange(min=0)
_SOME = click.IntRange(min=1)
_SECONDS = click.FloatRange(min=0)


class _Json(click.ParamType):  # type: ignore[type-arg]
    """A value as JSON text."""

    name = "json"

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value; a list becomes a tuple."""
        if not isinstance(value, str):
            return value
        try:
            found = json.loads(value)
        except (ValueError, RecursionError) as error:
            self.fail(f"this is no JSON: {error}", param, ctx)
        if not isinstance(found, self._kind):
            self.fail(f"this is no {'object' if self._kind is dict else 'list'}", param, ctx)
        return tuple(found) if isinstance(found, list) else found


OPTIONS: dict[str, tuple[Any, str, str]] = {
    "host": (str, "ADDRESS", "Where to listen. Default: 127.0.0.1."),
    "port": (click.IntRange(0, 65535), "N", "The port; 0 is any free one. Default: 8192."),
    "profile": (click.Choice(["default", "eventgate"]), "", "How to answer."),
    "only": (str, "PART[,PART...]", "What to serve: intake, streams, schemas. Default: all."),
    "output": (str, "FILE|DIR|-|none", "Where events go. Default: events.jsonl."),
    "sink": (str, "NAME", "The installed sink that takes them instead."),
    "sink_settings": (_Json(dict), "JSON", "What that sink is given: a JSON object."),
    "kafka": (str, "HOST:PORT[,...]", "The brokers of Kafka, where events go instead."),
    "on_outage": (click.Choice(["refuse", "spool"]), "", "What to do with events that Kafka does not take now."),
    "spool": (str, "DIR", "Where events wait for Kafka. Default: kafka-spool."),
    "spool_max_bytes": (_COUNT, "N", "Keep no more when so much waits there: 503. Default: 0, no limit."),
    "create_topics": (
        bool,
        "true|false",
        "Make topics that are missing, as streams want them. Default: false.",
    ),
    "kafka_timeouts": (_SOME, "N", "After so many, events of a topic are refused at once. Default: 3."),
    "kafka_headers": (
        str,
        "NAME[,NAME...]",
        "Headers of messages: of a request's headers, such as traceparent; $schema.",
    ),
    "fsync": (click.Choice(["always", "interval", "never"]), "", "When events are on disk for sure."),
    "fsync_seconds": (_SECONDS, "N", "That interval. Default: 1."),
    "rotate_bytes": (_COUNT, "N", "Put a file aside before it gets larger."),
    "rotate_seconds": (_SECONDS, "N", "Put a file aside when it is older."),
    "errors": (str, "FILE", "Where refused events go."),
    "error_stream": (str, "STREAM", "The stream that refused events go to, as events."),
    "error_schema": (str, "URI", "The schema of those. Default: /error/2.1.0."),
    "server_fields": (click.Choice(["off", "wikimedia"]), "", "Fields to fill into events."),
    "stream_fields": (str, "PATH[,PATH...]", "Where an event may name its stream."),
    "timestamp_fields": (str, "PATH[,PATH...]", "Where it may have its time. Default: dt, meta.dt."),
    "topic_prefix": (str, "TEXT", "Of the topics of a stream, the first with this prefix counts."),
    "tokens": (str, "FILE", "Who may write events."),
    "workers": (_SOME, "N", "Processes that serve. Default: 1."),
    "reload_seconds": (_SECONDS, "N", "How often to look for changed files; 0: never. Default: 1."),
    "schema_file_extension": (str, "TEXT", "What is put behind a schema URI (profile eventgate)."),
    "test_events": (_Json(list), "JSON", "Events for GET /v1/_test/events (profile eventgate): a JSON list."),
    "spec": (str, "FILE", "The OpenAPI document to serve."),
    "cors": (str, "ORIGIN", "Whose pages may send events; an empty text: nobody's. Default: *."),
    "csp": (str, "POLICY", "The Content-Security-Policy (profile eventgate)."),
    "max_body": (_SOME, "BYTES", "The size of a body, inflated. Default: 4000000."),
    "max_events": (_SOME, "N", "Events of a request. Default: 10000."),
    "max_uri": (_SOME, "BYTES", "The length of a request's target. Default: 8000."),
    "max_header": (_SOME, "BYTES", "The size of a request's head. Default: 32000."),
    "max_requests": (_SOME, "N", "Requests at once; beyond: 503. Default: 1000."),
    "max_bytes_in_flight": (_SOME, "BYTES", "Bytes at once; beyond: 503. Default: 256000000."),
    "max_connections": (_SOME, "N", "Connections at once. Default: 10000."),
    "max_head_seconds": (_SECONDS, "N", "How long a head may take. Default: 10."),
    "max_body_seconds": (_SECONDS, "N", "How long a body may take. Default: 30."),
    "max_idle_seconds": (_SECONDS, "N", "How long a connection may be idle. Default: 60."),
    "max_drain_seconds": (_SECONDS, "N", "How long finishing may take. Default: 30."),
}
"""Each setting in snake case: its type, the name of its value, its help. Those that begin with ``max_`` are limits."""

_LISTS = ("only", "kafka_headers", "stream_fields", "timestamp_fields")
_LIMIT = "max_"
_PARTS = ("intake", "streams", "schemas")


def serve_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with the options."""
    for name, (kind, value, text) in reversed(OPTIONS.items()):
        option = click.option(f"--{name.replace('_', '-')}", type=kind, metavar=value or None, help=text)
        command = option(command)
    return command


def with_options(config: Config, options: dict[str, Any]) -> Config:
    """The configuration with what the command line says on top."""
    given: dict[str, Any] = {name: options[name] for name in OPTIONS if options.get(name) is not None}
    limits = {name.removeprefix(_LIMIT): given.pop(name) for name in list(given) if name.startswith(_LIMIT)}
    for name in _LISTS:
        if name in given:
            given[name] = tuple(filter(None, given[name].split(",")))
    for part in given.get("only", ()):
        if part not in _PARTS:
            raise click.BadParameter(f"{part!r} is not one of {', '.join(_PARTS)}", param_hint="--only")
    for name in ("errors", "tokens", "spec", "spool"):
        if name in given:
            given[name] = str(Path(given[name]).absolute())
    if "kafka" in given:
        given["kafka"] = {**config.serve.kafka, "bootstrap.servers": given["kafka"]}
    if given.get("cors") == "":
        given["cors"] = None
    serve: ServeSettings = replace(config.serve, **given, limits=replace(config.serve.limits, **limits))
    return replace(config, serve=serve)
