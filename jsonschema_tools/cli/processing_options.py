"""Options that name streams for an engine: which, where their events are, what has their time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, drafts_option, reading_options, release_options, streams_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema_tools.processing.model import Place
    from jsonschema_tools.use_cases.processing import Repository, StreamTables

    Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = [
    click.argument("names", nargs=-1, metavar="[STREAM]...", shell_complete=completing.streams),
    click.option("--kafka", metavar="HOST:PORT", help="The events are in Kafka, in the topics of the streams."),
    click.option(
        "--files", type=click.Path(path_type=Path), metavar="DIR",
        help="The events are in a file of JSON lines for each stream: `jst serve --output DIR` writes such.",
    ),
    click.option(
        "--from", "start", type=click.Choice(["earliest", "latest"]), default="latest", show_default=True,
        help="What is read first by who never read.",
    ),
    click.option(
        "--event-time", "time", metavar="FIELD|kafka",
        help="What has the time of an event. Default: dt, else meta.dt, else the time that Kafka has.",
    ),
    click.option(
        "--watermark", metavar="INTERVAL", default="10 SECOND", show_default=True, help="How late an event may be.",
    ),
    drafts_option,
    streams_option,
    reading_options,
    release_options,
]  # fmt: skip


def source_options(command: Command) -> Command:
    """The options of a command that reads streams by an engine."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def opened_place(options: dict[str, Any]) -> Place:
    """Where the events are. Raises `click.UsageError` unless it is said once."""
    from jsonschema_tools.processing.model import Files, Kafka
    from jsonschema_tools.sinks.file_names import stream_folder, stream_path

    kafka, files = options["kafka"], options["files"]
    if (kafka is None) == (files is None):
        raise click.UsageError("where the events are: --kafka HOST:PORT, or --files DIR")
    if kafka is not None:
        return Kafka(kafka, options.get("group", "jst"), options["start"])
    folder = files.absolute()
    return Files(lambda stream: str(stream_path(folder, stream)), lambda stream: str(stream_folder(folder, stream)))


def opened_sources(options: dict[str, Any], place: Place) -> tuple[StreamTables, Repository]:
    """The streams that are named, as tables, and what else there is."""
    from jsonschema_tools.use_cases.processing import Repository
    from jsonschema_tools.use_cases.streams import open_streams

    config = configured(options)
    streams = open_streams(config, offline=options["offline"])
    repository = Repository(config, streams, drafts=options["drafts"], offline=options["offline"])
    return repository.sources(options["names"], place, options["time"]), repository
