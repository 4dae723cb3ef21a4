"""``jst materialize-modified``: release the current schemas that Git sees as modified."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli.options import configured, is_under_pre_commit, locked, writing_options
from jsonschema_tools.cli.output import finish, progress, say, shown

if TYPE_CHECKING:
    from jsonschema_tools.model import Plan


@click.command("materialize-modified", short_help="Write the version files of modified schemas.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@writing_options
@click.option("-s", "--staged", is_flag=True, help="Look at what is staged, as a pre-commit hook does.")
@click.option("-G", "--no-git-add", is_flag=True, help="Do not stage the files that are written.")
def command(base: Path | None, output_dir: Path | None, **options: Any) -> None:
    """Write the version files of the current schemas below BASE that Git sees as modified, and stage them.

    As a hook of the pre-commit framework it only checks, as with --check: pre-commit puts aside what is not staged
    meanwhile, and cannot bring that back where a hook has changed the index.
    """
    from jsonschema_tools.use_cases import materialize

    check = options["check"] or is_under_pre_commit()
    config = configured({**options, "check": check}, base)
    locked(config, output_dir)
    planned = materialize.plan_modified(
        config,
        force=options["force"],
        output_directory=output_dir,
        offline=options["offline"],
        progress=progress(),
    )
    code = finish(planned, config, check=check)
    if check and planned.actions and not planned.errors:
        say(f"    remedy: {_remedy(planned, base, staged=config.git_staged)}")
    sys.exit(code)


def _remedy(planned: Plan, base: Path | None, *, staged: bool) -> str:
    from jsonschema_tools import git

    command = shlex.join(
        ["jst", "materialize-modified", *(["--staged"] if staged else []), *([str(base)] if base else [])]
    )
    if not staged or not git.is_index_of_one_commit():
        return command
    paths = shlex.join(shown(release.source) for release in planned.releases)
    return f"`git add {paths} && {command}`, and commit without -a or paths."
