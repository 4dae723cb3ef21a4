"""Options of commands that read from Kafka, or look at it, and what they mean."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import pairs
from jsonschema_tools.cli.output import say
from jsonschema_tools.reports.wording import counted

if TYPE_CHECKING:
    from jsonschema_tools.settings import Config
    from jsonschema_tools.sources.kafka import KafkaSource

Command = TypeVar("Command", bound=Callable[..., Any])

BROKERS = "HOST:PORT[,...]"


kafka_option = click.option("--kafka", metavar=BROKERS, help="The brokers of Kafka.")

librdkafka_option = click.option(
    "--kafka-option", "kafka_options", metavar="NAME=VALUE", multiple=True, callback=pairs,
    help="An option of librdkafka, on top of those below serve: kafka: in the configuration.",
)  # fmt: skip

_READING = [
    click.option("--topic", "topics", metavar="TOPIC", multiple=True, help="A topic to read."),
    click.option(
        "--stream", "stream_names", metavar="STREAM", multiple=True, shell_complete=completing.streams,
        help="A stream whose topics to read. Default: all streams.",
    ),
    click.option(
        "--group", metavar="ID", help="The consumer group: what is done is committed, and the next run goes on there."
    ),
    click.option(
        "--from", "start", metavar="earliest|latest|TIME", default="earliest", show_default=True,
        help="Where to begin, unless the group has been there.",
    ),
    click.option("--until", metavar="end|TIME", help="Where to end. Default: nowhere."),
    click.option("--max", "most", type=click.IntRange(min=1), metavar="N", help="Read so many records."),
    librdkafka_option,
]  # fmt: skip
_ONLY_HERE = ("topics", "stream_names", "group", "until", "most", "kafka_options")


def kafka_reading_options(command: Command) -> Command:
    """Options of every command that reads records of Kafka."""
    for option in reversed([kafka_option, *_READING]):
        command = option(command)
    return command


def librdkafka_options(config: Config, options: dict[str, Any]) -> dict[str, Any]:
    """The options of librdkafka: those of the configuration, with what the command line says on top."""
    return {**config.serve.kafka, "bootstrap.servers": options["kafka"], **options["kafka_options"]}


def without_kafka(options: dict[str, Any]) -> None:
    """See that no option is given that only --kafka gives a meaning. Raises `click.UsageError`."""
    if any(options[name] for name in _ONLY_HERE) or options["start"] != "earliest":
        raise click.UsageError("--topic, --stream, --group, --from, --until, --max and --kafka-option need --kafka")


def opened_source(
    config: Config, options: dict[str, Any], start_at: Mapping[tuple[str, int], int] | None = None
) -> KafkaSource:
    """The records that the options name, from the next offsets by topic and partition where those are known. Raises
    `click.UsageError`, and as `KafkaSource`."""
    from jsonschema_tools.sources.kafka import KafkaSource
    from jsonschema_tools.sources.kafka_range import Range

    range_ = Range.of(options["start"], options["until"], options["most"])
    given = librdkafka_options(config, options)
    topics = list(options["topics"])
    if options["stream_names"] or not topics:
        topics += _of_streams(config, options, given)
    names = list(dict.fromkeys(topics))
    return KafkaSource(given, names, group=options["group"], range_=range_, start_at=start_at)


def _of_streams(config: Config, options: dict[str, Any], given: dict[str, Any]) -> list[str]:
    from jsonschema_tools.kafka.topics import Topics
    from jsonschema_tools.use_cases.kafka_topics import topics_of_streams
    from jsonschema_tools.use_cases.streams import open_streams

    if config.streams is None:
        raise click.UsageError("--topic says what to read, or `streams` of the configuration which streams there are")
    streams = open_streams(config, offline=options["offline"])
    chosen = topics_of_streams(streams, options["stream_names"], Topics(given).names())
    for topic in chosen.missing:
        say(f"Kafka has no topic {topic}", color="yellow")
    return list(chosen.topics)


@contextmanager
def ending_in_order(source: KafkaSource) -> Iterator[list[int]]:
    """Let the first SIGINT or SIGTERM end the reading behind what is at work, and a second one the program; the
    signals that came are in the list."""
    came: list[int] = []

    def handle(number: int, _frame: object) -> None:
        came.append(number)
        if len(came) > 1:
            raise KeyboardInterrupt
        source.stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say_lag(source: KafkaSource) -> None:
    """Say how far behind the ends of its partitions a source is."""
    lag = source.lag()
    behind = sum(lag.values())
    say(f"{counted(len(lag), 'partition')}, {counted(behind, 'record')} behind the end" if behind else "at the end")
    for (topic, partition), count in sorted(lag.items()):
        if count:
            say(f"    {topic}/{partition}: {count}")
