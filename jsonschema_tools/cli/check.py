"""``jst check``: is the repository in order?"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.check_output import (
    InOrder,
    format_option,
    names_of,
    output_option,
    outputs_of,
    write_report,
)
from jsonschema_tools.cli.options import (
    allow_empty_option,
    cache_option,
    configured,
    locked,
    profile_option,
    reading_options,
    release_options,
)
from jsonschema_tools.cli.output import progress, say, say_if_empty, shown
from jsonschema_tools.reports.escaping import json_text, readable
from jsonschema_tools.reports.wording import counted

if TYPE_CHECKING:
    from jsonschema_tools.rules.model import Report
    from jsonschema_tools.settings import Config

_NAMES = "Ids, families (structure, robustness, compatibility) or patterns (structure-*), separated by commas."


@click.command("check", cls=InOrder, short_help="Check structure, robustness and compatibility of every schema.")
@click.argument("schemas", nargs=-1, metavar="[PATH|TITLE]...", shell_complete=completing.titles)
@reading_options
@release_options
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    callback=names_of,
    shell_complete=completing.rules,
    help=f"Run only these rules. {_NAMES}",
)
@click.option(
    "--extend-select",
    multiple=True,
    metavar="RULE",
    callback=names_of,
    shell_complete=completing.rules,
    help="Run these rules too.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="RULE",
    callback=names_of,
    shell_complete=completing.rules,
    help="Leave these rules out.",
)
@profile_option
@cache_option
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
@format_option
@output_option
@click.pass_context
def command(context: click.Context, /, schemas: tuple[str, ...], strict: bool, **options: Any) -> None:
    """Check the schemas of a repository: its structure, the robustness of each schema, and that no version breaks the
    one before.

    PATH is a repository, or a folder or file of schemas in one; TITLE a schema by its title. Without any, everything.
    """
    from jsonschema_tools.use_cases.check_again import check_again

    outputs = outputs_of(context.meta["order"], options["format_"], options["output"])
    base, titles = _meant(schemas)
    fields = {"titles": titles, **{key: options[key] for key in _OF_SELECTION}}
    config = configured(options, base)
    if options["write_baseline"] is not None:
        report = check_again(replace(config, baseline=None), fields, progress())
        _write_baseline(report, options["write_baseline"])
        return
    if options["fix"] or config.dry_run:
        _fix(config, fields, options)
        if config.dry_run:
            return
    report = _staged(config, fields) if options["staged"] else check_again(config, fields, progress())
    write_report(report, outputs, options)
    nothing = all(result.check.subject.title is None for result in report.results) and say_if_empty(config)
    if report.failed or (strict and report.summary.warnings > 0):
        sys.exit(1)
    # Where only what was touched is looked at, there may well be nothing.
    whole = not (titles or options["staged"] or options["against"])
    sys.exit(2 if nothing and whole and not options["allow_empty"] else 0)


def _meant(schemas: tuple[str, ...]) -> tuple[Path | None, tuple[str, ...]]:
    if not schemas:
        return None, ()
    from jsonschema_tools.repository.naming import base_and_titles

    return base_and_titles(schemas)


def _staged(config: Config, fields: Mapping[str, Any]) -> Report:
    from jsonschema_tools.use_cases.check import check_staged

    return check_staged(config, **fields)


def _fix(config: Config, fields: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Cure what can be cured, or print the difference that this would make."""
    from jsonschema_tools.rules.selection import Selection
    from jsonschema_tools.use_cases import fix
    from jsonschema_tools.use_cases.check import check

    selection = Selection(**fields)
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
