"""``jst flink``: streams as tables of Flink SQL, and queries for them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, drafts_option, reading_options, release_options, streams_option
from jsonschema_tools.cli.output import put, say

if TYPE_CHECKING:
    from jsonschema_tools.processing.model import Place
    from jsonschema_tools.use_cases.processing import Script


class _ByName(click.Group):
    """What is no command is the first argument of ``script``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands:
            args = ["script", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_script = not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["script", *args] if is_script else args)


@click.group("flink", cls=_ByName, short_help="Make streams tables of Flink SQL, and run queries on them.")
def command() -> None:
    """Make streams tables of Flink SQL, and run queries on them. `jst flink STREAM...` is `jst flink script STREAM...`.

    No job runs here: the script is for an engine that is there, and `run` hands it over.
    """


def _script_options(command: Any) -> Any:
    for option in reversed(
        [
            click.argument("names", nargs=-1, metavar="[STREAM]...", shell_complete=completing.streams),
            click.option("--kafka", metavar="HOST:PORT", help="The events are in Kafka, in the topics of the streams."),
            click.option(
                "--files", type=click.Path(path_type=Path), metavar="DIR",
                help="The events are in a file of JSON lines for each stream: `jst serve --output DIR` writes such.",
            ),
            click.option("--group", metavar="ID", default="jst", show_default=True, help="The consumer group."),
            click.option(
                "--from", "start", type=click.Choice(["earliest", "latest"]), default="latest", show_default=True,
                help="What a group reads first that never read.",
            ),
            click.option(
                "--event-time", "time", metavar="FIELD|kafka",
                help="What has the time of an event. Default: dt, else meta.dt, else the time that Kafka has.",
            ),
            click.option(
                "--watermark", metavar="INTERVAL", default="10 SECOND", show_default=True,
                help="How late an event may be.",
            ),
            click.option("--sink", metavar="STREAM[@VERSION]", help="The stream that the query is written to."),
            click.option("--sink-topic", metavar="TOPIC", help="Its topic in Kafka, where it has several."),
            click.option(
                "-f", "--file", "query", type=click.File(encoding="utf-8"), metavar="FILE",
                help="A query, SQL; - for standard input. Its tables and columns are checked.",
            ),
            drafts_option,
            streams_option,
            reading_options,
            release_options,
        ]
    ):  # fmt: skip
        command = option(command)
    return command


@command.command("script", short_help="Print the SQL that makes streams tables.")
@_script_options
def script(**options: Any) -> None:
    """Print the SQL that makes each STREAM a table, or all that have a schema here: columns by its released versions,
    the time of an event as `event_time`, with a watermark.

    With -f, the query follows, and only the tables that it names are made. With --sink, what it gives is written to a
    stream: its columns by name, and `$schema`, `meta.stream`, `meta.id` and `dt`, which every event has.
    """
    from jsonschema_tools.processing.flink import setting
    from jsonschema_tools.processing.statements import script_text

    made = _made(options)
    settings = [setting(key, value) for key, value in made.settings.items()]
    click.echo(script_text(settings, made.tables, made.query), nl=False)


@command.command("run", short_help="Run a query on streams, by an engine that is there.")
@_script_options
@click.option("--check", is_flag=True, help="Only plan the query: nothing runs.")
@click.option("--python", metavar="PATH", help="The Python that has PyFlink. Default: the one that runs.")
@click.option("--sql-client", "client", metavar="PATH", help="Run it by this sql-client.sh instead.")
@click.option("--gateway", metavar="URL", help="Run it by this SQL gateway instead.")
@click.option("--jar", "jars", multiple=True, metavar="PATH|URL", help="A connector; may be given several times.")
def run(
    check: bool, python: str | None, client: str | None, gateway: str | None, jars: tuple[str, ...], **options: Any
) -> None:
    """Run the query of -f on the tables of streams: by PyFlink, in a process of its own; by sql-client.sh; or by a SQL
    gateway. What it gives is printed, or written to the stream of --sink.

    Kafka needs a connector, as --jar or in the engine: flink-sql-connector-kafka, of Maven Central.
    """
    from jsonschema_tools.engines.flink import run_by_client, run_by_pyflink
    from jsonschema_tools.engines.flink_gateway import run_by_gateway
    from jsonschema_tools.engines.model import Job

    if options["query"] is None:
        raise click.UsageError("-f FILE says what to run")
    if sum(each is not None for each in (python, client, gateway)) > 1:
        raise click.UsageError("one of --python, --sql-client and --gateway")
    made = _made(options)
    job = Job(made.settings, made.tables, made.query, check, jars)
    if gateway is not None:
        sys.exit(run_by_gateway(job, gateway, put))
    sys.exit(run_by_client(job, client) if client is not None else run_by_pyflink(job, python))


def _made(options: dict[str, Any]) -> Script:
    from jsonschema_tools.use_cases.processing import Repository, flink_script
    from jsonschema_tools.use_cases.streams import open_streams

    place = _place(options)
    config = configured(options)
    streams = open_streams(config, offline=options["offline"])
    repository = Repository(config, streams, drafts=options["drafts"], offline=options["offline"])
    sources = repository.sources(options["names"], place, options["time"])
    sink = repository.sink(options["sink"], options["sink_topic"]) if options["sink"] is not None else None
    query = options["query"]
    made = flink_script(
        sources,
        place,
        sink=sink,
        watermark=options["watermark"],
        query=query.read() if query else None,
        query_source=getattr(query, "name", ""),
    )
    for note in made.notes:
        say(note, color="yellow")
    return made


def _place(options: dict[str, Any]) -> Place:
    from jsonschema_tools.processing.model import Files, Kafka
    from jsonschema_tools.sinks.file_names import stream_folder, stream_path

    kafka, files = options["kafka"], options["files"]
    if (kafka is None) == (files is None):
        raise click.UsageError("where the events are: --kafka HOST:PORT, or --files DIR")
    if kafka is not None:
        return Kafka(kafka, options["group"], options["start"])
    folder = files.absolute()
    return Files(lambda stream: str(stream_path(folder, stream)), lambda stream: str(stream_folder(folder, stream)))
