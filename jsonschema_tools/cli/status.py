"""``jst status``: what is due, and the next command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, reading_options, release_options
from jsonschema_tools.cli.output import put, say, shown
from jsonschema_tools.reports.escaping import json_text, log_line


@click.command("status", short_help="Say which titles are not at rest, and the next command for each.")
@click.argument("schemas", nargs=-1, metavar="[PATH|TITLE]...", shell_complete=completing.titles)
@reading_options
@release_options
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output."
)
def command(schemas: tuple[str, ...], format_: str, **options: Any) -> None:
    """Say of each title that is not at rest what it waits for, and the next command.

    A title waits for a correction, a bump, materializing, a merge, a commit, or to be released with its branch. Exits
    with 0 where nothing is to be done here, with 1 where something is, with 2 on an error.
    """
    from jsonschema_tools.schemas.deprecation import as_data
    from jsonschema_tools.use_cases.status import status

    base, names = _meant(schemas)
    found = status(configured(options, base), names, offline=options["offline"])
    if format_ == "json":
        rows = [
            {
                "title": entry.title,
                "path": shown(entry.path),
                "due": str(entry.due),
                "message": shown(entry.message),
                "next": shown(entry.next),
                "deprecated": as_data(entry.deprecation),
            }
            for entry in found
        ]
        click.echo(json_text(rows))
    else:
        for entry in found:
            retired = f" ({entry.deprecation})" if entry.deprecation else ""
            put(log_line(f"{entry.title}: {shown(entry.message)}{retired}"))
            if entry.next:
                more = ", then `git commit`" if entry.due == "commit" else ""
                put(log_line(f"    next: {shown(entry.next)}{more}"))
        if not found:
            say("nothing is due")
    sys.exit(int(any(entry.due != "release" for entry in found)))


def _meant(schemas: tuple[str, ...]) -> tuple[Path | None, tuple[str, ...]]:
    if not schemas:
        return None, ()
    from jsonschema_tools.repository.naming import base_and_titles

    return base_and_titles(schemas)
