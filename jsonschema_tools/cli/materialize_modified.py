"""``jst materialize-modified``: release the current schemas that Git sees as modified."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import configured, writing_options
from jsonschema_tools.cli.output import finish, progress


@click.command("materialize-modified", short_help="Write the version files of modified schemas.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@writing_options
@click.option("-s", "--staged", is_flag=True, help="Look at what is staged, as a pre-commit hook does.")
@click.option("-G", "--no-git-add", is_flag=True, help="Do not stage the files that are written.")
def command(base: Path | None, output_dir: Path | None, **options: Any) -> None:
    """Write the version files of the current schemas below BASE that Git sees as modified, and stage them."""
    from jsonschema_tools import api

    config = configured(options, base)
    planned = api.plan_modified(
        config,
        force=options["force"],
        output_directory=output_dir,
        offline=options["offline"],
        progress=progress(),
    )
    sys.exit(finish(planned, config, check=options["check"]))
