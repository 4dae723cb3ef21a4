"""``jst serve``: take events by HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli.options import configured, reading_options
from jsonschema_tools.cli.output import say, shown

if TYPE_CHECKING:
    from jsonschema_tools.server.opening import Serving


@click.command("serve", short_help="Take events by HTTP, each held to its schema.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@reading_options
@click.option("--host", metavar="ADDRESS", help="Where to listen. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 is any free one. Default: 8192.")
@click.option("--profile", type=click.Choice(["default", "eventgate"]), help="How to answer.")
@click.option("--output", metavar="FILE|DIR|-|none", help="Where events go. Default: events.jsonl.")
@click.option("--fsync", type=click.Choice(["always", "interval", "never"]), help="When events are on disk for sure.")
def command(base: Path | None, **options: Any) -> None:
    """Take events by HTTP at /v1/events, validate each by the schema that it names, and write them to a sink.

    Ends in order at the first SIGTERM or Ctrl-C, at once at the second.
    """
    from jsonschema_tools.server.opening import Serving, check_installed
    from jsonschema_tools.server.running import bound, run

    check_installed()
    config = configured(options, base)
    given = {
        name: options[name] for name in ("host", "port", "profile", "output", "fsync") if options[name] is not None
    }
    config = replace(config, serve=replace(config.serve, **given))
    serving = Serving(config, say=say)
    with bound(config.serve) as listening:
        run(serving, listening, started=lambda: _started(serving, listening.getsockname()[1]))


def _started(serving: Serving, port: int) -> None:
    config = serving.config
    for note in getattr(serving.gate.sink, "notes", ()):
        say(shown(note))
    if serving.streams is None:
        say("no stream configuration: events of any stream are taken whose schema there is")
    else:
        say(f"{len(serving.streams.table.names)} streams from {shown(str(config.streams))}")
    say(f"schemas from {', '.join(map(shown, config.schema_base_uris))}; events go to {shown(config.serve.output)}")
    host = f"[{config.serve.host}]" if ":" in config.serve.host else config.serve.host
    say(f"listening on http://{host}:{port}")
