"""``jst canary``: does each stream work, from the gate on?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli.options import configured, gate_options, gate_token, reading_options, streams_option
from jsonschema_tools.cli.output import print_error, put, say


@click.command("canary", short_help="Post a canary event into each stream that has them.")
@click.argument("names", nargs=-1, metavar="[STREAM]...")
@gate_options
@click.option("-n", "--dry-run", is_flag=True, help="Print the events, one a line, and post none.")
@streams_option
@reading_options
def command(
    names: tuple[str, ...], to: str | None, timeout: float, token_file: Path | None, dry_run: bool, **options: Any
) -> None:
    """Post a canary event into each STREAM, or into all that have `canary_events_enabled`.

    It is the first example of the latest version of the schema, with the name of the stream, `meta.domain: canary`,
    a new `meta.id` and no `meta.dt`. Exits with 1 unless each is accepted.
    """
    from jsonschema_tools.posting import Poster
    from jsonschema_tools.use_cases.canary import canaries, post
    from jsonschema_tools.use_cases.streams import open_streams

    if to is None and not dry_run:
        raise click.UsageError("--to says where the gate is; --dry-run only prints the events")
    config = configured(options)
    poster = Poster(to, timeout=timeout, token=gate_token(token_file)) if to is not None else None
    streams = open_streams(config, offline=options["offline"])
    failed = found = 0
    for canary in canaries(streams, config, names, offline=options["offline"]):
        found += 1
        if canary.problem is not None:
            failed += 1
            print_error(canary.problem.replaced(message=f"{canary.stream}: {canary.problem.message}"))
        elif dry_run or poster is None:
            put(canary.event.decode())
        else:
            answer = post(canary, poster)
            failed += not answer.accepted
            put(f"{canary.stream}: {answer}")
    if not found:
        say("no stream has canary events", color="yellow")
    sys.exit(1 if failed else 0)
