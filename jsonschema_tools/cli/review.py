"""``jst review``: what a branch does, on one page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import configured, profile_option, reading_options, release_options
from jsonschema_tools.cli.output import shown
from jsonschema_tools.reports.review import FORMATS


@click.command("review", short_help="Say what a branch does to schemas, for whoever has to say yes.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@reading_options
@release_options
@profile_option
@click.option("--against", metavar="REF", help="What the branch left. Default: the release branch.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="Output.")
def command(base: Path | None, against: str | None, format_: str, profile: str | None, **options: Any) -> None:
    """Say what the branch does to the schemas below BASE since it left another: which titles change, each change in
    words, the version given and the one due, who breaks and the event that shows it, new fields, owners by CODEOWNERS,
    what is allowed and why, and what `jst check` finds.

    What is not committed or not materialized yet counts, too. Exits with 1 where a check finds an error or a version is
    too small for what changed.
    """
    from dataclasses import replace

    from jsonschema_tools.reports.review import render
    from jsonschema_tools.rules.selection import check_profile
    from jsonschema_tools.use_cases.review import review

    config = configured(options, base)
    if profile is not None:
        config = replace(config, profile=check_profile(profile))
    found = review(config, against, offline=options["offline"])
    click.echo(render(found, format_, shown).encode("utf-8"), nl=False)
    sys.exit(int(found.failed))
