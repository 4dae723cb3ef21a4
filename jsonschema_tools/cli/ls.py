"""``jst ls``: what a repository holds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import allow_empty_option, configured, reading_options, release_options
from jsonschema_tools.cli.output import print_error, put, say_if_empty, say_what_is_not_read, shown
from jsonschema_tools.reports.escaping import json_text, readable

if TYPE_CHECKING:
    from jsonschema_tools.model import SchemaListing


@click.command("ls", short_help="List titles, versions and what is not materialized yet.")
@click.argument("schemas", nargs=-1, metavar="[PATH|TITLE]...", shell_complete=completing.titles)
@reading_options
@release_options
@allow_empty_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output.",
)
def command(schemas: tuple[str, ...], format_: str, **options: Any) -> None:
    """List schemas: title, current version, released versions, and what is not materialized yet.

    PATH is a repository, or a folder or file of schemas in one; TITLE a schema by its title. Without any, everything.
    """
    from jsonschema_tools.repository.naming import base_and_titles
    from jsonschema_tools.schemas.deprecation import as_data
    from jsonschema_tools.use_cases.list import list_schemas

    base, names = base_and_titles(schemas)
    config = configured(options, base)
    listing = list_schemas(config, names, offline=options["offline"])
    if format_ == "json":
        rows = [
            {
                "title": entry.title,
                "path": shown(entry.path),
                "current": entry.current,
                "versions": list(entry.versions),
                "states": dict(entry.states),
                "ahead": list(entry.ahead),
                "latest": entry.latest,
                "pending": [shown(path) for path in entry.pending],
                "deprecated": as_data(entry.deprecation),
            }
            for entry in listing.entries
        ]
        click.echo(json_text(rows))
    else:
        titles = [readable(entry.title) for entry in listing.entries]
        width = max(map(len, titles), default=0)
        for title, entry in zip(titles, listing.entries, strict=True):
            state = "  (not materialized)" if entry.pending else ""
            versions = ", ".join(_with_state(entry)) or "-"
            retired = f"  ({entry.deprecation})" if entry.deprecation else ""
            put(f"{title:{width}}  current {entry.current or '-'}  versions {versions}{state}{retired}")
    say_what_is_not_read(listing.misnamed, config)
    nothing = not listing.entries and say_if_empty(config)
    for error in listing.errors:
        print_error(error)
    empty = 2 if nothing and not options["allow_empty"] else 0
    sys.exit(max((error.exit_code for error in listing.errors), default=empty))


def _with_state(entry: SchemaListing) -> list[str]:
    """The versions, each with its state unless it is released, and those of release branches that are not merged."""
    states = {version: state for version, state in entry.states.items() if state != "released"}
    versions = [f"{version} ({states[version]})" if version in states else version for version in entry.versions]
    return [*versions, *(f"{version} (not merged yet)" for version in entry.ahead)]
