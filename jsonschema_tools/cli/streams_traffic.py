"""``jst streams tail`` and ``stat``: what goes through streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.kafka_options import librdkafka_option, librdkafka_options
from jsonschema_tools.cli.options import configured, pairs, reading_options, streams_option
from jsonschema_tools.cli.output import put
from jsonschema_tools.cli.stream_options import opened_streams
from jsonschema_tools.reports.escaping import json_text

if TYPE_CHECKING:
    from jsonschema_tools.lookup.streams import Streams
    from jsonschema_tools.settings import Config

_PLACES = [
    click.option("--kafka", metavar="HOST:PORT[,...]", help="The brokers of Kafka, whose topics have the events."),
    click.option(
        "--files", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR",
        help="The folder with a file for each stream: `jst serve --output DIR` writes such.",
    ),
]  # fmt: skip


def _place_options(function: Any) -> Any:
    for option in reversed([*_PLACES, librdkafka_option]):
        function = option(function)
    return function


@click.command("tail", short_help="Show the newest events of a stream, validated, as they come.")
@click.argument("name", metavar="STREAM", shell_complete=completing.streams)
@_place_options
@click.option(
    "-n",
    "newest",
    type=click.IntRange(0, 100_000),
    default=10,
    show_default=True,
    metavar="N",
    help="How many of the events that are there; in Kafka, of each partition.",
)
@click.option("--no-follow", is_flag=True, help="Only those that are there.")
@click.option(
    "--where",
    multiple=True,
    callback=pairs,
    metavar="FIELD=VALUE",
    help="Only events with this value, such as meta.domain=canary; may be given several times.",
)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@streams_option
@reading_options
def tail(name: str, format_: str, **options: Any) -> None:
    """Show the newest events of STREAM, and those that come, each with its place and whether it is valid.

    With --format json, an object a line: place, valid, errors, event.
    """
    from jsonschema_tools.reports.traffic import watched_json, watched_lines
    from jsonschema_tools.use_cases.streams import named
    from jsonschema_tools.use_cases.watching import watched

    _check(options)
    config, streams = configured(options), opened_streams(options)
    named(streams, [name])
    newest, follow = options["newest"], not options["no_follow"]
    if options["kafka"]:
        texts = _of_kafka(config, streams, [name], options, -newest or "latest", follow=follow)
    else:
        texts = _of_file(options["files"], name, newest, follow=follow)
    for seen in watched(texts, config, options["where"], offline=options["offline"]):
        for line in [watched_json(seen)] if format_ == "json" else watched_lines(seen):
            put(line)


@click.command("stat", short_help="Count the events of streams: rate, last event, refused, canaries.")
@click.argument("names", nargs=-1, metavar="[STREAM]...", shell_complete=completing.streams)
@_place_options
@click.option("--from", "start", default="earliest", metavar="earliest|TIME", help="In Kafka, where to begin.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@streams_option
@reading_options
def stat(names: tuple[str, ...], format_: str, **options: Any) -> None:
    """Count the events of each STREAM, or of all, that are there now: how many, how many a second from the first to the
    last, when the last came in (`meta.dt`, else `dt`), how many its schemas refuse, and how many are canaries.
    """
    from jsonschema_tools.reports.traffic import as_json, as_text
    from jsonschema_tools.streams.names import is_regex
    from jsonschema_tools.use_cases.streams import named
    from jsonschema_tools.use_cases.watching import counted, stream_in, watched

    _check(options)
    config, streams = configured(options), opened_streams(options)
    chosen = named(streams, names) or [name for name in streams.table.names if not is_regex(name)]
    if options["kafka"]:
        texts = _of_kafka(config, streams, chosen, options, options["start"], follow=False)
    else:
        texts = (text for name in chosen for text in _of_file(options["files"], name, None, follow=False))
    seen = watched(texts, config, {}, offline=options["offline"])
    found = counted(seen, chosen, lambda event: stream_in(event, config.events.stream_field))
    if format_ == "json":
        click.echo(json_text(as_json(found)))
        return
    for line in as_text(found):
        put(line)


def _check(options: dict[str, Any]) -> None:
    if (options["kafka"] is None) == (options["files"] is None):
        raise click.UsageError("where the events are: --kafka HOST:PORT, or --files DIR")


def _of_file(folder: Path, stream: str, newest: int | None, *, follow: bool) -> Iterator[tuple[str, bytes]]:
    """The texts in the file of a stream, each with its place; all that are there without ``newest``, none without a
    file."""
    from jsonschema_tools.sinks.file_names import stream_path
    from jsonschema_tools.sources.following import following

    path = stream_path(folder, stream)
    if newest is None and not path.exists():
        return
    # A job writes a folder of files for its stream.
    paths = sorted(path.iterdir()) if newest is None and path.is_dir() else [path]
    for each in paths:
        for at, line in following(each, newest, lambda: not follow):
            yield f"{each.relative_to(folder)}@{at}", line


def _of_kafka(
    config: Config, streams: Streams, names: Sequence[str], options: dict[str, Any], start: str | int, *, follow: bool
) -> Iterator[tuple[str, bytes]]:
    """The texts in the topics of streams, each with its place."""
    from jsonschema_tools.kafka.topics import Topics
    from jsonschema_tools.sources.kafka import KafkaSource
    from jsonschema_tools.sources.kafka_range import Range
    from jsonschema_tools.use_cases.kafka_topics import topics_of_streams

    given = librdkafka_options(config, options)
    topics = topics_of_streams(streams, names, Topics(given).names()).topics
    until = None if follow else "end"
    range_ = Range(start, until) if isinstance(start, int) else Range.of(start, until)
    with KafkaSource(given, list(topics), range_=range_) as source:
        for records in source.batches():
            for record in records:
                yield record.place, record.value or b""
