"""``jst materialize-all``: release every current schema of a repository."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import cache_option, configured, locked, writing_options
from jsonschema_tools.cli.output import finish, progress


@click.command("materialize-all", short_help="Write the version files of every current schema.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@writing_options
@cache_option
def command(base: Path | None, output_dir: Path | None, **options: Any) -> None:
    """Write the version files and links of every current schema below BASE.

    BASE is the folder of a .jsonschema-tools.yaml, or any folder of schemas; default: the repository of the working
    directory.
    """
    from jsonschema_tools.use_cases.materialize_due import plan_due

    config = configured(options, base)
    locked(config, output_dir)
    planned = plan_due(
        config,
        force=options["force"],
        output_directory=output_dir,
        offline=options["offline"],
        progress=progress(),
    )
    sys.exit(finish(planned, config, check=options["check"]))
