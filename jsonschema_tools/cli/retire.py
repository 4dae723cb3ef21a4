"""``jst retire``: a schema that is not to be used any more."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, locked, reading_options, release_options
from jsonschema_tools.cli.output import put, say, shown
from jsonschema_tools.errors import SchemaToolsError


@click.command("retire", short_help="Mark a schema as deprecated, and name its successor.")
@click.argument("schema", metavar="TITLE", shell_complete=completing.titles)
@reading_options
@release_options
@click.option("--reason", metavar="TEXT", help="Why it is not to be used any more.")
@click.option("--successor", metavar="TITLE", shell_complete=completing.titles, help="The schema to use instead.")
@click.option("-n", "--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
def command(schema: str, reason: str | None, successor: str | None, **options: Any) -> None:
    """Write into the current file of TITLE that it is deprecated, why, and what to use instead.

    Its versions stay, and its events stay valid. The next version, a patch, tells everybody: `jst validate` warns of
    events of the title, `jst check` of schemas that refer to it. Nothing else in the file changes.
    """
    from jsonschema_tools.use_cases.retire import carry_out_retirement, plan_retirement
    from jsonschema_tools.use_cases.status import status

    config = configured(options)
    locked(config)
    retirement = plan_retirement(schema, config, reason=reason, successor=successor)
    if not config.dry_run:
        carry_out_retirement(retirement, config)
    already = "" if retirement.content is not None else " already"
    put(f"{shown(retirement.path)}: {retirement.title} is{already} {retirement.deprecation}")
    if retirement.moved_on is not None:
        say(f"its successor is retired too: name {retirement.moved_on} instead?", color="yellow")
    if config.dry_run:
        return
    # It is done: whoever asks for the status is told why there is none.
    with suppress(SchemaToolsError):
        for entry in status(config, (retirement.title,), offline=options["offline"]):
            if entry.next:
                put(f"    next: {shown(entry.next)}")
