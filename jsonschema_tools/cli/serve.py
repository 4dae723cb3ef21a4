"""``jst serve``: take events by HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli.options import configured, reading_options, streams_option
from jsonschema_tools.cli.output import say, shown
from jsonschema_tools.cli.serve_options import serve_options, with_options

if TYPE_CHECKING:
    from jsonschema_tools.server.opening import Serving


@click.command("serve", short_help="Take events by HTTP, each held to its schema.")
@click.argument("base", required=False, type=click.Path(path_type=Path))
@reading_options
@streams_option
@click.option(
    "--eventgate-config", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Settings of an EventGate, from its config.yaml; turns its profile on.",
)  # fmt: skip
@serve_options
def command(base: Path | None, eventgate_config: Path | None, **options: Any) -> None:
    """Take events by HTTP at /v1/events, validate each by the schema that it names, and write them to a sink.

    BASE is a folder with schemas. Ends in order at the first SIGTERM or Ctrl-C, at once at the second; SIGHUP reads
    streams, schemas and tokens again.
    """
    from jsonschema_tools.server.opening import check_installed
    from jsonschema_tools.server.workers import serve_all

    check_installed()
    config = configured(options, base)
    if eventgate_config is not None:
        from jsonschema_tools.server.eventgate_config import with_eventgate_config

        config = with_eventgate_config(config, eventgate_config, options, warn=lambda text: say(f"warning: {text}"))
    serve_all(with_options(config, options), say=lambda text: say(shown(text)), started=_started)


def _started(serving: Serving, port: int, worker: int | None) -> None:
    """Say what is served, once all is open."""
    config, settings = serving.config, serving.settings
    for note in getattr(serving.gate.sink, "notes", ()):
        say(shown(note))
    if worker:
        return
    if "intake" in settings.only and serving.streams is None:
        say("no stream configuration: events of any stream are taken whose schema there is")
    elif serving.streams is not None:
        say(f"{len(serving.streams.table.names)} streams from {shown(str(config.streams))}")
    output = f"the sink {settings.sink}" if settings.sink else shown(settings.output)
    if settings.kafka and not settings.sink:
        output = f"Kafka at {shown(str(settings.kafka.get('bootstrap.servers')))}"
    elif settings.workers > 1 and settings.output not in ("-", "none") and not settings.sink:
        output += f", a file for each of {settings.workers} workers: {serving.output_name()}"
    say(f"schemas from {', '.join(map(shown, config.schema_base_uris))}; events go to {output}")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    say(f"listening on http://{host}:{port}")
