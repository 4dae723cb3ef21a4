"""``jst site``: a site that people read, and that is the look-up too."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import (
    configured,
    drafts_option,
    locked,
    reading_options,
    release_options,
    streams_option,
)
from jsonschema_tools.cli.output import print_error, put, say, shown
from jsonschema_tools.reports.escaping import readable

_FEW = 20


@click.command("site", short_help="Make a site of the schemas, for people and as the look-up.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@reading_options
@release_options
@streams_option
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder of the site."
)
@click.option("--base-url", metavar="URL", default="", help="Where the site will be; the feed has whole links then.")
@click.option("--title", metavar="TEXT", default="Schemas", show_default=True, help="What the site is called.")
@drafts_option
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when something would be written.")
def command(
    base: Path | None, output: Path, base_url: str, title: str, drafts: bool, check: bool, **options: Any
) -> None:
    """Make a site of the schemas below BASE: a page for each title, version, comparison and stream, and the schemas at
    their URIs, so that the site is a base URI for whoever looks schemas up.

    Any web server can serve it, from any path. Only what has changed is written, all of it or nothing, and what is no
    more is removed. Where a schema cannot be read, nothing is written.
    """
    from jsonschema_tools.site.model import SiteSettings
    from jsonschema_tools.use_cases.site import make_site

    if base_url and not base_url.startswith(("https://", "http://")):
        raise click.BadParameter("this is no URL of a site", param_hint="--base-url")
    config = configured(options, base)
    if not check:
        locked(config, output)
    settings = SiteSettings(title, base_url.rstrip("/"), config.content_types[0])
    report = make_site(config, output, settings, drafts=drafts, offline=options["offline"], check=check)
    changed = [*(f"write {name}" for name in report.written), *(f"remove {name}" for name in report.removed)]
    if check:
        for line in changed[:_FEW]:
            put(readable(line))
        if len(changed) > _FEW:
            put(f"and {len(changed) - _FEW} more")
    for place in report.waiting:
        say(f"{place}: no version is released yet: left out (--drafts shows it)")
    for error in report.errors:
        print_error(error)
    if report.errors:
        sys.exit(max(error.exit_code for error in report.errors))
    say(_told(report.count, len(report.written), len(report.removed), shown(output), check=check))
    sys.exit(int(check and bool(changed)))


def _told(count: int, written: int, removed: int, output: str, *, check: bool) -> str:
    if not written and not removed:
        return f"{output} is up to date: {count} files"
    would = "would be " if check else ""
    gone = f", {removed} {would}removed" if removed else ""
    return f"{output}: {written} of {count} files {would}written{gone}"
