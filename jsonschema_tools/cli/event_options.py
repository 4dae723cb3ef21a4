"""Options of commands that read events, and what they mean as settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli.options import Command

if TYPE_CHECKING:
    from jsonschema_tools.settings import EventSettings

form_option = click.option(
    "--input", "form", type=click.Choice(["auto", "lines", "json", "yaml"]), default="auto", show_default=True,
    help="JSON lines, JSON or YAML; compression is found out in any case.",
)  # fmt: skip

table_by_option = click.option(
    "--table-by", type=click.Choice(["title", "stream"]), default="title", help="What tables are named by."
)

timestamps_option = click.option(
    "--timestamps", type=click.Choice(["timestamp", "string"]), default="timestamp", help="How times are kept."
)

_EVENT_OPTIONS = (
    click.option(
        "--schema-uri-field",
        "uri_fields",
        metavar="PATH",
        multiple=True,
        help="Where an event names its schema; of several, the first that it has. "
        "Default: as configured, else $schema.",
    ),
    click.option(
        "--stream-field", metavar="PATH", help="Where it names its stream. Default: as configured, else meta.stream."
    ),
    click.option("--fill-defaults", is_flag=True, help="Give missing properties their defaults first."),
    click.option("--allow-insecure-schemas", is_flag=True, help="Use schemas that could make validating slow."),
    click.option("--quick-formats", is_flag=True, help="Assert formats by the quick patterns of AJV 6."),
)


def event_options(command: Command) -> Command:
    """Give a command the options that say how events are judged; `event_settings` reads them."""
    for option in reversed(_EVENT_OPTIONS):
        command = option(command)
    return command


def event_settings(options: dict[str, Any], configured: EventSettings) -> EventSettings:
    """The settings of events as configured, with what the command line says on top."""
    given = {
        "schema_uri_fields": options["uri_fields"],
        "stream_field": options["stream_field"],
        "allow_insecure": options["allow_insecure_schemas"],
        "quick_formats": options["quick_formats"],
        "fill_defaults": options["fill_defaults"],
        "portable": options.get("portable", False),
    }
    return replace(configured, **{name: value for name, value in given.items() if value})
