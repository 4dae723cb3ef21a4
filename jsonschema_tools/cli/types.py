"""``jst types``: types of a program for the events of a title."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, reading_options, release_options
from jsonschema_tools.cli.output import put, shown


@click.command("types", short_help="Print Python types for the events of released schemas.")
@click.argument("names", nargs=-1, required=True, metavar="TITLE[@VERSION]...", shell_complete=completing.titles)
@click.option(
    "--to", "kind", required=True, type=click.Choice(["pydantic", "msgspec", "typeddict"]), help="Kind of types."
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="Write to this file; for several schemas, into this folder."
)
@reading_options
@release_options
def command(names: tuple[str, ...], kind: str, output: Path | None, **options: Any) -> None:
    """Print a Python module with types for the events of TITLE: of its newest released version, or of VERSION, which
    may be a range such as ^1.

    It is made from the released file by datamodel-code-generator, of the extra `types`. The same
    version of a schema always gives the same text.
    """
    from jsonschema_tools.errors import UsageError
    from jsonschema_tools.use_cases.types import make_types, write_types

    modules = make_types(names, kind, configured(options), offline=options["offline"])
    if output is not None:
        for path in write_types(modules, output.absolute()):
            put(f"write {shown(path)}")
    elif len(modules) > 1:
        raise UsageError(f"{len(modules)} schemas make as many modules", remedy="Name a folder for them: --output DIR.")
    else:
        click.echo(modules[0].text.encode("utf-8"), nl=False)
