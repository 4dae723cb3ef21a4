"""``jst check``: is the repository in order?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import configured, reading_options
from jsonschema_tools.cli.output import shown
from jsonschema_tools.reports import FORMATS

_NAMES = "Ids, families (structure, robustness, compatibility) or patterns (structure-*), separated by commas."


class _InOrder(click.Command):
    """Remembers in which order options were given: each --output belongs to the --format before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        ctx.meta["order"] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def _split(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


@click.command("check", cls=_InOrder, short_help="Check structure, robustness and compatibility of every schema.")
@click.argument("schemas", nargs=-1, metavar="[PATH|TITLE]...")
@reading_options
@click.option("--select", multiple=True, metavar="RULE", callback=_split, help=f"Run only these rules. {_NAMES}")
@click.option("--extend-select", multiple=True, metavar="RULE", callback=_split, help="Run these rules too.")
@click.option("--ignore", multiple=True, metavar="RULE", callback=_split, help="Leave these rules out.")
@click.option("--profile", type=click.Choice(["upstream", "recommended"]), help="Set of rules to start from.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--against", metavar="REF", help="Check only titles touched since the branch left this commit.")
@click.option("--format", "format_", multiple=True, type=click.Choice(FORMATS), help="Output. Default: text.")
@click.option(
    "--output", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
    help="File for the --format before it; what has no file goes to standard output.",
)  # fmt: skip
@click.pass_context
def command(context: click.Context, /, schemas: tuple[str, ...], strict: bool, **options: Any) -> None:
    """Check the schemas of a repository: its structure, the robustness of each schema, and that no version breaks the
    one before.

    PATH is a repository, or a folder or file of schemas in one; TITLE a schema by its title. Without any, everything.
    """
    from jsonschema_tools import checking
    from jsonschema_tools.reports import render

    base, titles = checking.base_and_titles(schemas)
    selection = checking.Selection(
        titles=titles,
        profile=options["profile"],
        select=options["select"],
        extend_select=options["extend_select"],
        ignore=options["ignore"],
        against=options["against"],
    )
    report = checking.check(configured(options, base), selection, offline=options["offline"])
    for format_, output in _outputs(context.meta["order"], options["format_"], options["output"]):
        text = render(report, format_, shown)
        if output is None:
            click.echo(text, nl=False)
        else:
            output.write_text(text, "utf-8")
    sys.exit(int(report.failed or (strict and report.summary.warnings > 0)))


def _outputs(order: list[str], formats: tuple[str, ...], outputs: tuple[Path, ...]) -> list[tuple[str, Path | None]]:
    """Each format with the file it goes to. What goes to no file goes to the terminal, which gets text at least."""
    pairs: list[tuple[str, Path | None]] = []
    next_format, next_output = iter(formats), iter(outputs)
    for name in order:
        if name == "format_":
            pairs.append((next(next_format), None))
        elif name == "output":
            if not pairs or pairs[-1][1] is not None:
                raise click.UsageError("--output needs a --format of its own before it")
            pairs[-1] = (pairs[-1][0], next(next_output))
    on_terminal = any(output is None for _, output in pairs)
    return pairs if on_terminal else [("text", None), *pairs]
