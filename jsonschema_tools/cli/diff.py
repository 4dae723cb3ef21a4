"""``jst diff``: what new and changed versions change."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configuration_options, configured
from jsonschema_tools.cli.output import print_error, say, shown
from jsonschema_tools.reports.escaping import inert, log_line, readable

if TYPE_CHECKING:
    from jsonschema_tools.use_cases.diff import VersionDiff


@click.command("diff", short_help="Show what new versions change.")
@click.argument("schemas", nargs=-1, metavar="[PATH|TITLE]...", shell_complete=completing.titles)
@click.option("-T", "--commit", metavar="REF", help="Look at versions added or changed since then. Default: HEAD.")
@click.option("--format", "format_", type=click.Choice(["semantic", "unified"]), help="Output. Default: semantic.")
@click.option(
    "-d", "--diff-command", metavar="COMMAND", envvar="JST_DIFF_COMMAND", show_envvar=True,
    help="Command to call with the old and the new file.",
)  # fmt: skip
@configuration_options
def command(
    schemas: tuple[str, ...], commit: str | None, format_: str | None, diff_command: str | None, **options: Any
) -> None:
    """Show what each version that was added or changed since a commit changes against the version before.

    Versions that are not committed yet count, too, and current files that are not materialized yet. The differences are
    told in words, one for each JSON Pointer, unless --format, --diff-command, or diffCommand in your own settings say
    otherwise, those in ~/.config/jsonschema-tools/config.yaml. A command that a repository names is not run. PATH is a
    repository, or a folder or file of schemas in one; TITLE a schema by its title. Without any, everything.
    """
    from jsonschema_tools.errors import SchemaToolsError
    from jsonschema_tools.repository import user_settings
    from jsonschema_tools.repository.naming import base_and_titles
    from jsonschema_tools.use_cases.diff import version_diffs

    if format_ is not None and diff_command is not None:
        raise click.UsageError("--format and --diff-command exclude each other")
    base, names = base_and_titles(schemas)
    config = configured(options, base)
    own = diff_command or (user_settings.diff_command() if format_ is None else None)
    if config.diff_command is not None and own is None and format_ is None:
        say(
            f"diffCommand of the repository is not run: a command is yours to choose, by --diff-command,"
            f" JST_DIFF_COMMAND or diffCommand in {user_settings.path()}"
        )
    errors = 0
    for diff in version_diffs(config, commit, names):
        try:
            click.echo(_text(diff, format_ or "semantic", own), nl=False)
        except SchemaToolsError as error:
            print_error(error)
            errors += 1
    sys.exit(2 if errors else 0)


def _text(diff: VersionDiff, format_: str, own: str | None) -> str | bytes:
    from jsonschema_tools.use_cases import diff as version_diff

    if own is not None:
        return version_diff.by_command(diff, own)
    if format_ == "unified":
        text = version_diff.unified(diff, (readable(shown(diff.previous or "")), readable(shown(diff.path))))
        return "\n".join(map(_harmless, text.split("\n")))
    sentences = version_diff.in_words(diff)
    if diff.previous is None:
        return f"{log_line(f'{shown(diff.path)} ({diff.standing}): the first version')}\n"
    sentences = sentences or ("nothing but the order of keys",)
    header = f"{shown(diff.path)} ({diff.standing}): since {diff.previous_version}"
    lines = [header, *(f"    {sentence}" for sentence in sentences)]
    return "".join(f"{log_line(line)}\n" for line in lines)


def _harmless(line: str) -> str:
    """A line of a file as it is, but for what does more than to be read; it may end as lines do on Windows."""
    return inert(readable(line.removesuffix("\r"), keep="\t")) + ("\r" if line.endswith("\r") else "")
