"""``jst changelog``: what each version added and broke."""

from __future__ import annotations

import sys
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, reading_options
from jsonschema_tools.cli.output import print_error, say_if_empty


@click.command("changelog", short_help="Print what each version added and broke, as Markdown.")
@click.argument("titles", nargs=-1, metavar="[TITLE]...", shell_complete=completing.titles)
@reading_options
def command(titles: tuple[str, ...], **options: Any) -> None:
    """Print a changelog of the schemas with these titles, of all without any, as Markdown.

    It is made from the version files alone. A title that cannot be compared does not keep the others from it.
    """
    from jsonschema_tools.compatibility.policies import settings_of
    from jsonschema_tools.reports.compatibility import comparison
    from jsonschema_tools.use_cases import compare

    config = configured(options)
    found, errors = compare.histories(titles, config, settings_of(config), offline=options["offline"])
    click.echo("\n".join(map(comparison.changelog, found)), nl=False)
    if not found and not errors:
        say_if_empty(config)
    for error in errors:
        print_error(error)
    sys.exit(max((error.exit_code for error in errors), default=0))
