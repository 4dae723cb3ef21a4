"""``jst canary``: does each stream work, from the gate on?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.kafka_options import librdkafka_option
from jsonschema_tools.cli.options import configured, gate_options, reading_options, streams_option
from jsonschema_tools.cli.output import print_error, put, say
from jsonschema_tools.cli.targets import opened_target

if TYPE_CHECKING:
    from jsonschema_tools.use_cases.canary import Canary
    from jsonschema_tools.use_cases.replay import Target


@click.command("canary", short_help="Post a canary event into each stream that has them.")
@click.argument("names", nargs=-1, metavar="[STREAM]...", shell_complete=completing.streams)
@gate_options
@librdkafka_option
@click.option("-n", "--dry-run", is_flag=True, help="Print the events, one a line, and post none.")
@streams_option
@reading_options
def command(
    names: tuple[str, ...], to: str | None, timeout: float, token_file: Path | None, dry_run: bool, **options: Any
) -> None:
    """Post a canary event into each STREAM, or into all that have `canary_events_enabled`: through a gate, or straight
    into Kafka.

    It is the first example of the latest version of the schema, with the name of the stream, `meta.domain: canary`,
    a new `meta.id` and no `meta.dt`. Exits with 1 unless each is accepted.
    """
    from jsonschema_tools.use_cases.canary import canaries
    from jsonschema_tools.use_cases.streams import open_streams

    if to is None and not dry_run:
        raise click.UsageError("--to says where the gate is; --dry-run only prints the events")
    config = configured(options)
    streams = open_streams(config, offline=options["offline"])
    found = list(canaries(streams, config, names, offline=options["offline"]))
    if not found:
        say("no stream has canary events", color="yellow")
    if dry_run or to is None:
        accepted = [_printed(canary) for canary in found]
    else:
        with opened_target(to, config, options, timeout, token_file) as target:
            accepted = [_posted(canary, target) for canary in found]
    sys.exit(0 if all(accepted) else 1)


def _printed(canary: Canary) -> bool:
    if canary.problem is not None:
        print_error(canary.problem.replaced(message=f"{canary.stream}: {canary.problem.message}"))
        return False
    put(canary.event.decode())
    return True


def _posted(canary: Canary, target: Target) -> bool:
    if canary.problem is not None:
        return _printed(canary)
    answer = target.post(canary.event)
    put(f"{canary.stream}: {answer}")
    return answer.accepted
