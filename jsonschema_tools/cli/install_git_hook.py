"""``jst install-git-hook``: materialize and check at every commit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import configured, locked
from jsonschema_tools.cli.output import say, shown


@click.command("install-git-hook", short_help="Materialize and check at every commit.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@click.option("--uninstall", is_flag=True, help="Remove the hook, and put back the one that was there before.")
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def command(base: Path | None, uninstall: bool, **options: Any) -> None:
    """Install a pre-commit hook for the schemas below BASE.

    It materializes the current files that are staged, stages the result, and checks the titles that the commit
    touches. A hook that is there already is kept, and runs first. Several schema repositories in one Git repository
    share the hook: call this for each of them.
    """
    from jsonschema_tools.use_cases import hook as git_hook

    config = configured(options, base)
    locked(config)
    change = (git_hook.uninstall_git_hook if uninstall else git_hook.install_git_hook)(
        config, base, dry_run=config.dry_run
    )
    hook, would = shown(change.path), "would be " if config.dry_run else ""
    others = f"; it {'would go' if config.dry_run else 'goes'} on serving {', '.join(change.others)}"
    if not change.done:
        say(
            f"{hook}: there is no hook of jst"
            + (f" for this folder, only for {', '.join(change.others)}" if change.others else "")
        )
    elif uninstall and change.others:
        say(f"{hook}: this folder {would}left out{others}")
    elif uninstall:
        say(f"{hook}: {would}removed" + (f"; {change.kept} {would}put back" if change.kept else ""))
    else:
        kept = f"; the hook that was there {would}kept as {change.kept}" if change.kept else ""
        say(f"{hook}: {would}installed{kept}{others if change.others else ''}")
