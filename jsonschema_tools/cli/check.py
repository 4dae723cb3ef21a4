"""``jst check``: is the repository in order?"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import (
    allow_empty_option,
    configured,
    locked,
    profile_option,
    reading_options,
    release_options,
)
from jsonschema_tools.cli.output import painted, progress, say, say_if_empty, shown
from jsonschema_tools.reports.check import FORMATS
from jsonschema_tools.reports.escaping import json_text, readable
from jsonschema_tools.reports.wording import counted

if TYPE_CHECKING:
    from jsonschema_tools.reports.check.text import Paint
    from jsonschema_tools.rules.model import Report
    from jsonschema_tools.rules.selection import Selection
    from jsonschema_tools.settings import Config

_NAMES = "Ids, families (structure, robustness, compatibility) or patterns (structure-*), separated by commas."


class _InOrder(click.Command):
    """Remembers in which order options were given: each --output belongs to the --format beside it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        ctx.meta["order"] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def _split(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


@click.command("check", cls=_InOrder, short_help="Check structure, robustness and compatibility of every schema.")
@click.argument("schemas", nargs=-1, metavar="[PATH|TITLE]...", shell_complete=completing.titles)
@reading_options
@release_options
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    callback=_split,
    shell_complete=completing.rules,
    help=f"Run only these rules. {_NAMES}",
)
@click.option(
    "--extend-select",
    multiple=True,
    metavar="RULE",
    callback=_split,
    shell_complete=completing.rules,
    help="Run these rules too.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="RULE",
    callback=_split,
    shell_complete=completing.rules,
    help="Leave these rules out.",
)
@profile_option
@allow_empty_option
@click.option(
    "--write-baseline", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write all that is found here into FILE, so that `baseline: FILE` lets only new findings fail.",
)  # fmt: skip
@click.option("--statistics", is_flag=True, help="Count the findings of each rule, and list none.")
@click.option("-q", "--quiet", is_flag=True, help="List the findings, and nothing else.")
@click.option(
    "--fix", is_flag=True, help="Cure in current files what has one safe cure, then check. Nothing released is changed."
)
@click.option("-n", "--dry-run", is_flag=True, help="With --fix: print what it would change, as a diff.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--against", metavar="REF", help="Check only titles touched since the branch left this commit.")
@click.option("--staged", is_flag=True, help="Check what is staged, and only titles that the next commit touches.")
@click.option("--skip-other-files", is_flag=True, help="Leave out a PATH that is of no schema, as pre-commit gives it.")
@click.option("--format", "format_", multiple=True, type=click.Choice(FORMATS), help="Output. Default: text.")
@click.option(
    "--output", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
    help="File for the --format beside it; what has no file goes to standard output.",
)  # fmt: skip
@click.pass_context
def command(context: click.Context, /, schemas: tuple[str, ...], strict: bool, **options: Any) -> None:
    """Check the schemas of a repository: its structure, the robustness of each schema, and that no version breaks the
    one before.

    PATH is a repository, or a folder or file of schemas in one; TITLE a schema by its title. Without any, everything.
    """
    from jsonschema_tools.repository.naming import base_and_titles
    from jsonschema_tools.rules.engine import run_all
    from jsonschema_tools.rules.selection import Selection
    from jsonschema_tools.use_cases.check import check, check_staged, plan

    outputs = _outputs(context.meta["order"], options["format_"], options["output"])
    base, titles = base_and_titles(schemas)
    selection = Selection(titles=titles, **{key: options[key] for key in _OF_SELECTION})
    config = configured(options, base)
    if options["write_baseline"] is not None:
        _write_baseline(check(replace(config, baseline=None), selection), options["write_baseline"])
        return
    if options["fix"] or config.dry_run:
        _fix(config, selection, options)
        if config.dry_run:
            return
    report = check_staged(config, selection) if options["staged"] else run_all(plan(config, selection), progress())
    _write(report, outputs, options)
    nothing = all(result.check.subject.title is None for result in report.results) and say_if_empty(config)
    if report.failed or (strict and report.summary.warnings > 0):
        sys.exit(1)
    # Where only what was touched is looked at, there may well be nothing.
    whole = not (titles or options["staged"] or options["against"])
    sys.exit(2 if nothing and whole and not options["allow_empty"] else 0)


def _fix(config: Config, selection: Selection, options: Mapping[str, Any]) -> None:
    """Cure what can be cured, or print the difference that this would make."""
    from jsonschema_tools.use_cases import fix
    from jsonschema_tools.use_cases.check import check

    if options["staged"] or not options["fix"]:
        raise click.UsageError("--fix and --staged exclude each other" if options["fix"] else "--dry-run needs --fix")
    locked(config)
    if config.dry_run:
        fixes = fix.plan_fixes(check(config, selection), config, offline=options["offline"])
        click.echo(fix.diff(fixes, {path: readable(shown(path)) for path in fixes.contents}), nl=False)
    else:
        fixes = fix.fix(config, selection)
    would = "would be " if config.dry_run else ""
    raised = f", {counted(fixes.raised, 'version')} {would}raised" if fixes.raised else ""
    say(
        f"{counted(fixes.cured, 'finding')} {would}cured{raised}, {counted(len(fixes.contents), 'file')} {would}changed"
    )
    for finding, reason in fixes.left:
        say(f"{shown(finding.file)}:{finding.line}: not cured: {reason}")


def _write_baseline(report: Report, file: Path) -> None:
    from jsonschema_tools.repository.writing import write_output
    from jsonschema_tools.rules.baseline import written

    document = written(report)
    write_output(file, f"{json_text(document)}\n".encode())
    say(f"{len(document['findings'])} findings are known now. Add `baseline: {file.name}` to the configuration.")


_OF_SELECTION = ("profile", "select", "extend_select", "ignore", "against", "skip_other_files", "offline")
"""The options that are fields of a `Selection`."""


def _outputs(order: list[str], formats: tuple[str, ...], outputs: tuple[Path, ...]) -> list[tuple[str, Path | None]]:
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


def _write(report: Report, outputs: list[tuple[str, Path | None]], options: Mapping[str, Any]) -> None:
    """Files first: they are there when whoever reads the standard output has seen enough of it, and goes away."""
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
