"""``jst compat``: does a version break another?"""

from __future__ import annotations

import sys
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, reading_options
from jsonschema_tools.cli.output import print_error
from jsonschema_tools.compatibility.names import CONTENT_MODELS, POLICY_NAMES


@click.command("compat", short_help="Compare two schemas, or the versions of a title.")
@click.argument("old", metavar="OLD|TITLE", shell_complete=completing.titles)
@click.argument("new", required=False, shell_complete=completing.titles)
@reading_options
@click.option("--policy", type=click.Choice(POLICY_NAMES), help="What counts as a break. Default: as configured.")
@click.option("--content-model", type=click.Choice(CONTENT_MODELS), help="What counts as an event.")
@click.option(
    "--steps", type=click.IntRange(min=1), metavar="N",
    help="Give a proof up after so many steps. Default: as configured, else 40000.",
)  # fmt: skip
@click.option("--draft", metavar="DRAFT", help="Draft of both schemas: 4, 6, 7, 2019-09 or 2020-12. Default: $schema.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True,
    help="Output.",
)  # fmt: skip
def command(old: str, new: str | None, format_: str, **options: Any) -> None:
    """Say what changed from OLD to NEW, whom it breaks, and show an event that proves it.

    OLD and NEW are schemas: files, TITLE@1.0.0, URIs, git:COMMIT:PATH, or - for standard input. A single TITLE stands
    for its versions, each compared with the one before it. Exits with 1 when the policy is broken, with 2 when there
    is nothing to compare.
    """
    from jsonschema_tools.errors import SchemaToolsError

    try:
        sys.exit(_compared(old, new, format_, options))
    except SchemaToolsError as error:
        # 1 says that a policy is broken.
        print_error(error)
        sys.exit(2)


def _compared(old: str, new: str | None, format_: str, options: dict[str, Any]) -> int:
    from jsonschema_tools.compatibility.policies import settings_of
    from jsonschema_tools.reports.compatibility import comparison
    from jsonschema_tools.use_cases import compare as comparing

    config = configured(options)
    settings = settings_of(config, options["policy"], options["content_model"], options["steps"])
    offline = options["offline"]
    if new is None:
        comparing.check_title(old)
        rows = comparing.history(old, config, settings, offline=offline).rows
        click.echo(comparison.history(rows, format_), nl=False)
        return int(any(row.breaks for row in rows if row.must_fit))
    stdin = sys.stdin.buffer.read() if "-" in (old, new) else b""
    found = comparing.compat(old, new, config, settings, draft=options["draft"], stdin=stdin, offline=offline)
    click.echo(comparison.render(found, format_), nl=False)
    return int(bool(found.breaks))
