"""``jst replay``: events of a file, or of Kafka, into a gate or into Kafka, once more."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import INTERRUPTED, completing
from jsonschema_tools.cli.kafka_options import (
    ending_in_order,
    kafka_reading_options,
    opened_source,
    say_lag,
    without_kafka,
)
from jsonschema_tools.cli.options import configured, gate_options, reading_options, streams_option
from jsonschema_tools.cli.output import put, say, shown
from jsonschema_tools.cli.targets import opened_target
from jsonschema_tools.reports.wording import counted

if TYPE_CHECKING:
    from jsonschema_tools.settings import Config
    from jsonschema_tools.use_cases.replay import Replayed, Target

_AT_ONCE = 100


@click.command("replay", short_help="Post the events of files, or of Kafka, to a gate again, in order.")
@click.argument("files", nargs=-1, metavar="[FILE...]", shell_complete=completing.files)
@gate_options
@click.option("--restart", is_flag=True, help="Begin with the first event, whatever was replayed before.")
@click.option("-q", "--quiet", is_flag=True, help="Say only which events are not accepted.")
@kafka_reading_options
@streams_option
@reading_options
def command(
    files: tuple[str, ...], to: str | None, timeout: float, token_file: Path | None, restart: bool, quiet: bool,
    **options: Any,
) -> None:  # fmt: skip
    """Post the events of each FILE to a gate, one after the other: of an output of `jst serve`, or of what
    `jst validate --errors` wrote. `-` is standard input. With --kafka, those of topics of Kafka.

    FILE.replayed says how far it came, or the --group does: the same command goes on there. What the gate refuses is
    passed over; where it does not answer, the run ends. Exits with 1 unless each event is accepted.
    """
    from jsonschema_tools.use_cases.replay import replay

    if to is None:
        raise click.UsageError("--to says where the gate is")
    _check(files, to, restart, options)
    config = configured(options)
    with opened_target(to, config, options, timeout, token_file) as target:
        if options["kafka"]:
            sys.exit(_of_kafka(target, config, options, quiet))
        sys.exit(_exit_code(replay(files, target, restart=restart), quiet))


def _check(files: tuple[str, ...], to: str, restart: bool, options: dict[str, Any]) -> None:
    """See that options which exclude each other are not together. Raises `click.UsageError`."""
    if not options["kafka"]:
        if not to.startswith("kafka:"):
            without_kafka(options)
        if not files:
            raise click.UsageError("FILE says what to post, or --kafka HOST:PORT")
    elif files or restart:
        raise click.UsageError("--kafka excludes FILEs and --restart; another --group begins anew")
    elif to.startswith("kafka:") and options["until"] is None and options["most"] is None:
        raise click.UsageError("from Kafka to Kafka the end is to be said: --until or --max")


def _of_kafka(target: Target, config: Config, options: dict[str, Any], quiet: bool) -> int:
    from jsonschema_tools.use_cases.replay import replay_records

    with opened_source(config, options) as source, ending_in_order(source) as signals:
        code = _exit_code(replay_records(source.batches(_AT_ONCE), target, done=source.done), quiet)
        say_lag(source)
    if signals:
        say("interrupted; the same command goes on there" if options["group"] else "interrupted", color="yellow")
    return INTERRUPTED if signals else code


def _exit_code(replayed: Iterable[Replayed], quiet: bool) -> int:
    """Say what becomes of the events; the exit code."""
    counts: Counter[str] = Counter()
    for one in replayed:
        kind = "accepted" if one.answer.accepted else "left" if one.answer.again else "refused"
        counts[kind] += 1
        if not (quiet and one.answer.accepted):
            place = one.source if one.line is None else f"{shown(one.source)}:{one.line}"
            put(f"{place}: {one.answer}")
    say(f"{counted(counts['accepted'], 'event')} accepted, {counts['refused']} refused")
    if counts["left"]:
        say("not all was posted; the same command goes on where this one ended", color="yellow")
    return 1 if counts["refused"] or counts["left"] else 0
