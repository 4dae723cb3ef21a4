"""``jst fmt``: the keys of current files in the usual order."""

from __future__ import annotations

import sys
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configuration_options, configured, locked
from jsonschema_tools.cli.output import print_error, put, say, say_if_empty, shown
from jsonschema_tools.reports.wording import counted


@click.command("fmt", short_help="Put the keys of current files in order.")
@click.argument("schemas", nargs=-1, metavar="[PATH|TITLE]...", shell_complete=completing.titles)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not in order.")
@configuration_options
def command(schemas: tuple[str, ...], check: bool, **options: Any) -> None:
    """Put the keys of each schema in current files in order: what it is, what it says, what it holds, examples.

    Lines move as they are, with the comments above them; names of properties, values and files of versions are left
    alone, and so is what cannot be moved by whole lines. Without PATH or TITLE, everywhere.
    """
    from jsonschema_tools.repository.naming import base_and_titles
    from jsonschema_tools.use_cases.format import carry_out_format, plan_format

    base, names = base_and_titles(schemas)
    config = configured(options, base)
    if not check:
        locked(config)
    planned = plan_format(names, config)
    if not check:
        carry_out_format(planned, config)
    for path, _ in planned.contents:
        put(shown(path))
    for error in planned.errors:
        print_error(error)
    if not planned.contents and not planned.in_order and not planned.errors:
        say_if_empty(config)
    would = "would be " if check else ""
    say(f"{counted(len(planned.contents), 'file')} {would}put in order, {planned.in_order} in order already")
    sys.exit(max([error.exit_code for error in planned.errors] + [int(check and bool(planned.contents))]))
