"""``jst dereference``: print schemas without references."""

from __future__ import annotations

import sys
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, reading_options


@click.command("dereference", short_help="Print a schema without $ref and allOf.")
@click.argument("paths", nargs=-1, metavar="[PATH...]", shell_complete=completing.files)
@reading_options
@click.option(
    "-c",
    "--content-type",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="Output.",
)
def command(paths: tuple[str, ...], content_type: str, **options: Any) -> None:
    """Print a schema with its $refs replaced and allOf merged; several schemas are printed as a list.

    PATH is a schema file, a title, or - for standard input, which is the default.
    """
    from jsonschema_tools.repository.words import currents_meant
    from jsonschema_tools.use_cases.transform import dereference, to_text

    config = configured(options)
    names = [path if path == "-" else currents_meant([path], config, or_path=True) for path in paths or ("-",)]
    schemas = [each for name in names for each in ([sys.stdin.buffer.read()] if name == "-" else name)]
    documents = [dereference(schema, config, offline=options["offline"]) for schema in schemas]
    text = to_text(documents[0] if len(documents) == 1 else documents, content_type)
    click.echo(text.encode("utf-8"), nl=False)
