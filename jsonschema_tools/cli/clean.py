"""``jst clean``: remove drafts."""

from __future__ import annotations

import sys
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, locked, reading_options, release_options
from jsonschema_tools.cli.output import finish


@click.command("clean", short_help="Remove drafts that are not to be released.")
@click.argument("names", nargs=-1, required=True, metavar="TITLE[@VERSION]...", shell_complete=completing.titles)
@click.option("--force", is_flag=True, help="Remove versions of which Git cannot tell that they are drafts, too.")
@click.option("-n", "--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
@release_options
@reading_options
def command(names: tuple[str, ...], force: bool, **options: Any) -> None:
    """Remove the version files and links of drafts: of a title those that its current file is no longer of.

    With @VERSION that draft is removed, whatever the current file says. A released version is never removed.
    """
    from jsonschema_tools.use_cases import clean

    config = configured(options)
    locked(config)
    planned = clean.plan_clean(names, config, force=force, offline=options["offline"])
    sys.exit(finish(planned, config, check=False))
