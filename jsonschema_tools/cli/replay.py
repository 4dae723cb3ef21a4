"""``jst replay``: events of a file into a gate, once more."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import gate_options, gate_token
from jsonschema_tools.cli.output import put, say, shown
from jsonschema_tools.reports.wording import counted


@click.command("replay", short_help="Post the events of files to a gate again, in order.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=completing.files)
@gate_options
@click.option("--restart", is_flag=True, help="Begin with the first event, whatever was replayed before.")
@click.option("-q", "--quiet", is_flag=True, help="Say only which events are not accepted.")
def command(
    files: tuple[str, ...], to: str | None, timeout: float, token_file: Path | None, restart: bool, quiet: bool
) -> None:
    """Post the events of each FILE to a gate, one after the other: of an output of `jst serve`, or of what
    `jst validate --errors` wrote. `-` is standard input.

    FILE.replayed says how far it came: the same command goes on there. What the gate refuses is passed over; where it
    does not answer, the run ends. Exits with 1 unless each event is accepted.
    """
    from jsonschema_tools.posting import Poster
    from jsonschema_tools.use_cases.replay import replay

    if to is None:
        raise click.UsageError("--to says where the gate is")
    counts: Counter[str] = Counter()
    with Poster(to, timeout=timeout, token=gate_token(token_file)) as poster:
        for one in replay(files, poster, restart=restart):
            kind = "accepted" if one.answer.accepted else "left" if one.answer.again else "refused"
            counts[kind] += 1
            if not (quiet and one.answer.accepted):
                put(f"{shown(one.source)}:{one.line}: {one.answer}")
    say(f"{counted(counts['accepted'], 'event')} accepted, {counts['refused']} refused")
    if counts["left"]:
        say("not all was posted; the same command goes on where this one ended", color="yellow")
    sys.exit(1 if counts["refused"] or counts["left"] else 0)
