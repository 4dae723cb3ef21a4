"""``jst new``: a new schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import configuration_options, configured, fetching_options, locked
from jsonschema_tools.cli.output import finish


def _pairs(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    for value in values:
        if not value.partition("=")[0].isidentifier() or "=" not in value:
            raise click.BadParameter(f"{value!r} is not NAME=VALUE")
    return dict(value.split("=", 1) for value in values)


@click.command("new", short_help="Write a new schema from a template.")
@click.argument("title")
@click.option("--description", help="What the schema is of.")
@click.option("--schema-version", default="1.0.0", show_default=True, help="Its first version.")
@click.option(
    "--template", type=click.Path(path_type=Path, dir_okay=False),
    help="Jinja2 template of the current file. Default: `template` of the configuration, else that of jst.",
)  # fmt: skip
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", callback=_pairs, help="A value for the template.")
@click.option("--no-materialize", is_flag=True, help="Write only the current file.")
@click.option("-n", "--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
@fetching_options
@configuration_options
def command(
    title: str,
    description: str | None,
    schema_version: str,
    template: Path | None,
    values: dict[str, str],
    no_materialize: bool,
    **options: Any,
) -> None:
    """Write the current file of a new schema TITLE, such as shop/order/placed, and its first version.

    Until it is committed the version is a draft: edit current.yaml and materialize again.

    A template gets title, name (the last part of the title), version, description, and what --set gives. A name that
    has no value is an error. The filter as_yaml quotes a text where YAML needs it.
    """
    from jsonschema_tools.use_cases.new import new as new_schema

    config = configured(options)
    locked(config)
    planned = new_schema(
        title,
        config,
        template=template,
        version=schema_version,
        description=description,
        values=values,
        materialize=not no_materialize,
        offline=options["offline"],
    )
    sys.exit(finish(planned, config, check=False))
