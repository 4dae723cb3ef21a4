"""``jst vendor``: released schemas for programs that validate without the network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, reading_options, release_options
from jsonschema_tools.cli.output import lines, put, say, shown
from jsonschema_tools.reports.wording import counted


@click.command("vendor", short_help="Copy released schemas into a folder, with a lock file.")
@click.argument("names", nargs=-1, metavar="[TITLE[@VERSION]]...", shell_complete=completing.titles)
@click.option(
    "--to",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder, which holds vendored schemas and nothing else.",
)
@click.option("--check", is_flag=True, help="Compare the folder with its lock, and write nothing.")
@click.option("-n", "--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
@reading_options
@release_options
def command(names: tuple[str, ...], folder: Path, check: bool, dry_run: bool, **options: Any) -> None:
    """Copy released versions of schemas into DIR, byte for byte, where their URIs lead: DIR is a base URI then.

    VERSION may be a range such as ^1; without one the newest released version is taken. What a schema refers to comes
    with it. DIR then has just that: what was vendored before and is not named any more is removed. Without TITLE, the
    schemas that the lock names are looked up anew.

    --check exits with 1 where a file is missing, changed or not in the lock, which needs no network; with TITLE also
    where the lock has something else than what is asked for.
    """
    from jsonschema_tools.repository.locking import exclusive
    from jsonschema_tools.use_cases.vendor import carry_out_vendoring, check_vendored, plan_vendor

    if check and dry_run:
        raise click.UsageError("--check and --dry-run exclude each other")
    folder, config = folder.absolute(), configured(options)
    if check:
        lock, found = check_vendored(names, folder, config, offline=options["offline"])
        for each in found:
            put(f"{shown(each.file)}: {each.kind}: {each.message}")
        for remedy in dict.fromkeys(each.kind.remedy for each in found):
            say(f"    remedy: {remedy}")
        if found:
            sys.exit(1)
        say(f"{counted(len(lock.files), 'file')} in {shown(folder)}, as in the lock")
        return
    if not dry_run:
        click.get_current_context().with_resource(exclusive(folder, waiting=say))
    plan = plan_vendor(names, folder, config, offline=options["offline"])
    if not dry_run:
        carry_out_vendoring(plan)
    for action in plan.actions:
        for line in lines(action):
            put(line)
    done = f"{counted(len(plan.actions), 'action')} {'would be ' * dry_run}done" if plan.actions else "nothing to do"
    say(f"{counted(len(plan.lock.files), 'file')} in {shown(folder)}, {done}")
