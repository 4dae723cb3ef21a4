"""An intake of events for a repository; `jst serve` puts it behind HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import entry_points
from uuid import uuid4

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.events.requests import RequestValidator
from jsonschema_tools.intake.filling import Fill, missing_defaults
from jsonschema_tools.intake.heads import head_reader
from jsonschema_tools.intake.judging import Check, Intake
from jsonschema_tools.intake.routing import Router, joined_spelling
from jsonschema_tools.intake.server_fields import ServerFields
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.settings import Config
from jsonschema_tools.streams.table import StreamTable

CHECKS = "jsonschema_tools.intake_checks"
"""The entry point group: each entry is called with an event's text and its stream, and gives what is wrong."""


def open_intake(
    config: Config,
    store: SchemaStore,
    streams: StreamTable | None = None,
    *,
    new_id: Callable[[], str] = lambda: str(uuid4()),
) -> Intake:
    """The intake of a repository, whose schemas are looked up in a store.

    Without ``streams`` events of any stream are taken. Raises `ConfigurationError` for a check that cannot be used.
    """
    settings, events = config.serve, config.events
    as_eventgate = settings.profile == "eventgate"
    stream_fields = settings.stream_fields or (events.stream_field,)
    router = Router(
        streams,
        schema_fields=events.schema_uri_fields,
        stream_fields=stream_fields,
        topic_prefix=settings.topic_prefix,
        spelling=joined_spelling(settings.schema_file_extension) if as_eventgate else None,
        any_stream=as_eventgate,
    )
    fills: list[Fill] = [ServerFields(new_id)] if settings.server_fields == "wikimedia" else []
    if as_eventgate or config.events.fill_defaults:
        fills.append(missing_defaults)
    events = replace(events, quick_formats=events.quick_formats or as_eventgate, fill_defaults=False)
    read_head = head_reader(events.schema_uri_fields, stream_fields, settings.timestamp_fields)
    return Intake(RequestValidator(store, events), router, read_head, fills=fills, checks=installed_checks())


def installed_checks() -> list[Check]:
    """The checks of installed packages, by name. Raises `ConfigurationError`."""
    checks: list[Check] = []
    for entry in sorted(entry_points(group=CHECKS), key=lambda entry: entry.name):
        try:
            checks.append(entry.load())
        except Exception as error:  # whatever foreign code raises on import
            package = entry.dist.name if entry.dist else entry.value
            raise ConfigurationError(
                f"the check {entry.name!r} of {package!r} cannot be loaded: {type(error).__name__}: {error}",
                remedy=f"Repair or remove the package {package!r}.",
            ) from error
    return checks
