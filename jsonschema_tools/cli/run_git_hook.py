"""``jst run-git-hook``: materialize and check what is about to be committed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import configuration_options, configured, is_under_pre_commit, locked
from jsonschema_tools.cli.output import finish, painted, print_error, say, shown

Undo = Callable[[], None]


@click.command("run-git-hook", short_help="Do what the Git hook does.")
@click.argument("bases", nargs=-1, metavar="[BASE]...", type=click.Path(path_type=Path))
@configuration_options
def command(bases: tuple[Path, ...], **options: Any) -> None:
    """Materialize the current files below each BASE that are staged, stage the result, and check the titles that the
    commit touches.

    `jst install-git-hook` writes a hook that calls it; call it in a hook of your own where that cannot be. Where
    anything is refused, no version file stays staged that was not staged before.
    """
    if is_under_pre_commit():
        raise click.UsageError("hooks of pre-commit must not change the index: see jst-materialize and jst-check there")
    undo: list[Undo] = []
    code = 2
    try:
        code = max([_prepared(base, options, undo) for base in bases or (None,)])
    finally:
        if code:
            for step in reversed(undo):
                step()
    sys.exit(code)


def _prepared(base: Path | None, options: dict[str, Any], undo: list[Undo]) -> int:
    """The exit code for one repository; what takes back what was staged is added to ``undo``."""
    from jsonschema_tools.errors import SchemaToolsError
    from jsonschema_tools.reports.check import text
    from jsonschema_tools.use_cases import check as checking
    from jsonschema_tools.use_cases import hook, materialize

    try:
        config = configured({**options, "staged": True}, base)
        locked(config)
        planned = materialize.plan_modified(config)
        undo.append(hook.index_as_it_is(planned, config))
        if code := finish(planned, config, check=False):
            return code
        report = checking.check_staged(config)
    except SchemaToolsError as error:
        print_error(error)
        return error.exit_code
    click.echo(text.render(report, shown, text.Style(painted)), nl=False)
    if report.failed and planned.actions:
        say("the version files that were written are drafts; they are not staged")
    return int(report.failed)
