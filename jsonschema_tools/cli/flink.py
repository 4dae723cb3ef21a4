"""``jst flink``: streams as tables of Flink SQL, and queries for them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli.options import pairs
from jsonschema_tools.cli.output import put, say
from jsonschema_tools.cli.processing_options import opened_place, opened_sources, source_options

if TYPE_CHECKING:
    from jsonschema_tools.use_cases.flink import Script


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
    for option in reversed(_OPTIONS):
        command = option(command)
    return source_options(command)


_OPTIONS = [
    click.option("--group", metavar="ID", default="jst", show_default=True, help="The consumer group in Kafka."),
    click.option(
        "--idle", metavar="INTERVAL", default="30 SECOND", show_default=True,
        help="After how long a partition without events is not waited for.",
    ),
    click.option(
        "--set", "own", metavar="KEY=VALUE", multiple=True, callback=pairs,
        help="A setting of Flink, such as execution.checkpointing.interval=10s; may be given several times.",
    ),
    click.option("--sink", metavar="STREAM[@VERSION]", help="The stream that the query is written to."),
    click.option("--sink-topic", metavar="TOPIC", help="Its topic in Kafka, where it has several."),
    click.option(
        "-f", "--file", "query", type=click.File(encoding="utf-8"), metavar="FILE",
        help="A query, SQL; - for standard input. Its tables and columns are checked.",
    ),
]  # fmt: skip


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
    from jsonschema_tools.use_cases.flink import flink_script

    place = opened_place(options)
    sources, repository = opened_sources(options, place)
    sink = repository.sink(options["sink"], options["sink_topic"]) if options["sink"] is not None else None
    query = options["query"]
    made = flink_script(
        sources,
        place,
        sink=sink,
        watermark=options["watermark"],
        idle=options["idle"],
        own=options["own"],
        query=query.read() if query else None,
        query_source=getattr(query, "name", ""),
    )
    for note in made.notes:
        say(note, color="yellow")
    return made
