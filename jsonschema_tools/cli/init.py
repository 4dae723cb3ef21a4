"""``jst init``: a new schema repository."""

from __future__ import annotations

from pathlib import Path

import click

from jsonschema_tools.cli.output import lines, put, say, shown


@click.command("init", short_help="Make a folder a schema repository.")
@click.argument("directory", required=False, default=Path(), type=click.Path(path_type=Path, file_okay=False))
@click.option("--ci", type=click.Choice(["github", "gitlab"]), help="Write a workflow for this CI system, too.")
@click.option("--site", is_flag=True, help="Let it publish the site of the schemas, too, on the pages of --ci.")
@click.option(
    "--requirement",
    help="What pip is to install in CI. Default: the commit or archive that this jst was installed from.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
def command(directory: Path, ci: str | None, site: bool, requirement: str | None, dry_run: bool) -> None:
    """Write what a schema repository needs into DIRECTORY (default: the working directory).

    That is the configuration, hooks for the pre-commit framework, and a test file for pytest. What is there already
    stays as it is: a repository of the Node.js tool keeps its configuration.
    """
    from jsonschema_tools.use_cases import scaffold

    if site and ci is None:
        raise click.UsageError("--site is for the workflow that --ci writes")
    made = scaffold.init(directory, ci=ci, site=site, requirement=requirement, dry_run=dry_run)
    for action in made.actions:
        for line in lines(action):
            put(line)
    for path in made.kept:
        say(f"{shown(path)} is there already, and kept")
    for path, text in made.lacking:
        say(f"{shown(path)} does not do all of that for this folder; what would:", color="yellow")
        for line in text.splitlines():
            say(f"    {line}")
    if ci is not None and not site:
        say(f"advice: `jst init --ci {ci} --site` publishes the schemas as a site, too")
    if not scaffold.is_in_git(directory):
        say("advice: `git init`: without Git every version file that exists counts as released, drafts too")
    if made.adopts:
        say("advice: `jst check --profile recommended` has more rules; what they find here today need not fail:")
        say("    jst check --profile recommended --write-baseline known.json")
        say("and add to the configuration: `profile: recommended` and `baseline: known.json`")
    say("next: `jst new TITLE`, then `pre-commit install` or `jst install-git-hook`")
