"""``jst bump``: set the version that is due."""

from __future__ import annotations

from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, locked, reading_options, release_options
from jsonschema_tools.cli.output import put, say_if_empty, shown


@click.command("bump", short_help="Set the version that is due in current.yaml.")
@click.argument("schemas", nargs=-1, metavar="[PATH|TITLE]...", shell_complete=completing.titles)
@reading_options
@release_options
@click.option("--part", type=click.Choice(["major", "minor", "patch"]), help="Raise this part, whatever changed.")
@click.option("-n", "--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
def command(schemas: tuple[str, ...], part: str | None, **options: Any) -> None:
    """Set the version in current.yaml to the smallest that is honest about what changed since the last release.

    A break as the policy has it raises the major version, another change of what events may be or mean the minor one,
    descriptions and examples the patch. Only the version changes in the file. Without PATH or TITLE, everywhere.
    """
    from jsonschema_tools.compatibility.bump import Part
    from jsonschema_tools.use_cases import bump

    config = configured(options)
    locked(config)
    wanted = Part(part) if part else None
    bumps = bump.plan_bumps(schemas, config, part=wanted, offline=options["offline"])
    if not config.dry_run:
        bump.carry_out_bumps(bumps, config)
    if not bumps:
        say_if_empty(config)
    for item in bumps:
        change = f"{item.old} -> {item.new}" if item.new != item.old else f"{item.old} stays"
        if item.new != item.old or schemas:
            put(f"{shown(item.path)}: {change} ({item.reason})")
