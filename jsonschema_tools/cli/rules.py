"""``jst rules``: what does check look at here?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import configured, profile_option, reading_options
from jsonschema_tools.reports.escaping import json_text, log_line


@click.command("rules", short_help="List the rules of check, and which of them are on here.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@reading_options
@profile_option
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True,
    help="Output.",
)  # fmt: skip
def command(base: Path | None, profile: str | None, format_: str, **options: Any) -> None:
    """List every rule with its family, profile and the severity that it has in the repository at BASE.

    Rules of installed packages and of the configuration are listed too.
    """
    from jsonschema_tools.rules import documentation
    from jsonschema_tools.use_cases.explain import explained

    rules = explained(configured(options, base), profile)
    write = {
        "text": documentation.as_text,
        "json": documentation.as_json,
        "markdown": documentation.as_markdown,
    }
    text = write[format_](rules)
    if format_ == "json":
        click.echo(json_text(json.loads(text)))
    else:
        click.echo("\n".join(map(log_line, text.split("\n"))), nl=False)
