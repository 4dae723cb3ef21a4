"""``jst check``: is the repository in order?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import configured, reading_options
from jsonschema_tools.cli.output import print_error, shown


@click.command("check", short_help="Check structure, robustness and compatibility of every schema.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@reading_options
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output."
)
def command(base: Path | None, format_: str, **options: Any) -> None:
    """Check every schema below BASE: the structure of the repository, the robustness of each schema, and that no
    version breaks the one before.

    The checks are those of the Node.js tool, with the same verdicts, and skipSchemaTestCases skips them by name.
    """
    from jsonschema_tools import api
    from jsonschema_tools.reports import json, text

    config = configured(options, base)
    report, errors = api.check(config, offline=options["offline"])
    render = json.render if format_ == "json" else text.render
    click.echo(render(report, shown), nl=False)
    for error in errors:
        print_error(error)
    sys.exit(max([error.exit_code for error in errors] + [int(report.failed)]))
