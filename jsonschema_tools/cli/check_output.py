"""How commands that check print: which rules, which formats, into which files."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jsonschema_tools.cli.output import painted, shown
from jsonschema_tools.reports.check import FORMATS

if TYPE_CHECKING:
    from jsonschema_tools.reports.check.text import Paint
    from jsonschema_tools.rules.model import Report

Command = TypeVar("Command", bound=Callable[..., Any])


class InOrder(click.Command):
    """Remembers in which order options were given: each --output belongs to the --format beside it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As ever; ``meta`` of the context has the order."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        ctx.meta["order"] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def names_of(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The names in the values of an option, separated by commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


format_option = click.option(
    "--format", "format_", multiple=True, type=click.Choice(FORMATS), help="Output. Default: text."
)
output_option = click.option(
    "--output", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
    help="File for the --format beside it; what has no file goes to standard output.",
)  # fmt: skip


def outputs_of(order: list[str], formats: tuple[str, ...], outputs: tuple[Path, ...]) -> list[tuple[str, Path | None]]:
    """Each format with the file it goes to: an --output belongs to the --format before it, else to the one after it.

    What goes to no file goes to the terminal, which gets text at least.
    """
    pairs: list[tuple[str, Path | None]] = []
    next_format, next_output = iter(formats), iter(outputs)
    early: Path | None = None
    for name in order:
        if name == "format_":
            pairs.append((next(next_format), early))
            early = None
        elif name == "output":
            if early is None and pairs and pairs[-1][1] is None:
                pairs[-1] = (pairs[-1][0], next(next_output))
            elif early is None:
                early = next(next_output)
            else:
                raise click.UsageError("each --output needs a --format of its own")
    if early is not None:
        pairs.append(("text", early))
    files = [os.path.realpath(output) for _, output in pairs if output is not None]
    if len({*files}) < len(files):
        raise click.UsageError("two formats cannot go to one --output")
    return pairs if len(files) < len(pairs) else [("text", None), *pairs]


def write_report(report: Report, outputs: list[tuple[str, Path | None]], options: Mapping[str, Any]) -> None:
    """Write a report in each format to where it goes.

    Files first: they are there when whoever reads the standard output has seen enough of it, and goes away."""
    from jsonschema_tools.reports.check import render
    from jsonschema_tools.repository.writing import write_output

    for format_, output in outputs:
        if output is not None:
            text = _text(report, options) if format_ == "text" else render(report, format_, shown)
            write_output(output, text.encode())
    for format_, output in outputs:
        if output is None:
            in_color = format_ == "text"
            text = _text(report, options, painted) if in_color else render(report, format_, shown)
            click.echo(text, nl=False)


def _text(report: Report, options: Mapping[str, Any], paint: Paint | None = None) -> str:
    from jsonschema_tools.reports.check.text import Style, plain, render, statistics

    if options["statistics"]:
        return statistics(report, paint or plain)
    width = shutil.get_terminal_size().columns if paint and sys.stdout.isatty() else 0
    whole, quiet = options["verbose"], options["quiet"]
    return render(report, shown, Style(paint or plain, whole, not quiet, width if width >= _WIDE else 0))


_WIDE = 80
"""Columns of a terminal that shows the lines of findings."""
