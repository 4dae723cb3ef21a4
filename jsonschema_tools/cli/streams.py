"""``jst streams``: which streams of events are there, and are they in order?"""

from __future__ import annotations

import sys
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.check_output import (
    InOrder,
    format_option,
    names_of,
    output_option,
    outputs_of,
    write_report,
)
from jsonschema_tools.cli.kafka_options import kafka_option, librdkafka_option
from jsonschema_tools.cli.options import configured, reading_options, streams_option
from jsonschema_tools.cli.output import progress, put
from jsonschema_tools.cli.stream_options import opened_streams
from jsonschema_tools.cli.streams_traffic import stat, tail
from jsonschema_tools.reports.escaping import json_text, log_line, readable


@click.group("streams", short_help="List, show and check streams: which schema, which topics.")
def command() -> None:
    """Streams of events, as a file or a server says which there are: `streams` of the configuration, or --streams.

    Each has a schema, topics and settings. A name between slashes is a regular expression for many streams.
    """


command.add_command(tail)
command.add_command(stat)


@command.command("ls", short_help="List streams with their schemas and topics.")
@click.argument("names", nargs=-1, metavar="[STREAM]...", shell_complete=completing.streams)
@streams_option
@reading_options
@click.option(
    "--constraints", multiple=True, metavar="KEY=VALUE[|...]",
    help="Only streams with this setting, such as destination_event_service=main or sample[unit]=session.",
)  # fmt: skip
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def ls(names: tuple[str, ...], constraints: tuple[str, ...], format_: str, **options: Any) -> None:
    """List streams: name, title of the schema, topics. A STREAM is looked up as a producer would name it.

    With --format json: all settings by name, as the API of EventStreamConfig answers.
    """
    from jsonschema_tools.streams.constraints import read_constraints
    from jsonschema_tools.use_cases.streams import named

    streams = opened_streams(options)
    found = streams.get(named(streams, names) if names else None, read_constraints("|".join(constraints)))
    if format_ == "json":
        click.echo(json_text(found))
        return
    rows = [_row(name, settings) for name, settings in found.items()]
    widths = [max((len(row[index]) for row in rows), default=0) for index in range(2)]
    for name, title, of_stream in rows:
        put(f"{name:{widths[0]}}  {title:{widths[1]}}  {of_stream}")


def _row(name: str, settings: dict[str, Any]) -> list[str]:
    cells = (name, str(settings.get("schema_title") or "-"), ", ".join(settings["topics"]) or "-")
    return [readable(cell) for cell in cells]


@command.command("show", short_help="Show all settings of a stream.")
@click.argument("name", metavar="STREAM", shell_complete=completing.streams)
@streams_option
@reading_options
@click.option("--format", "format_", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def show(name: str, format_: str, **options: Any) -> None:
    """Show the settings of STREAM with the defaults, the key under which it is configured, and its topics."""
    from jsonschema_tools.use_cases.streams import named
    from jsonschema_tools.use_cases.transform import to_text

    streams = opened_streams(options)
    settings = streams.find(*named(streams, [name]))
    text = f"{json_text(settings)}\n" if format_ == "json" else to_text(settings, "yaml")
    click.echo("\n".join(map(log_line, text.split("\n"))), nl=False)


@command.command("topics", short_help="List the topics of a stream, or of all, and compare them with Kafka.")
@click.argument("name", required=False, metavar="[STREAM]", shell_complete=completing.streams)
@kafka_option
@click.option("--create", is_flag=True, help="Make the topics that Kafka does not have.")
@librdkafka_option
@streams_option
@reading_options
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def topics(name: str | None, create: bool, format_: str, **options: Any) -> None:
    """List the topics of STREAM, or of all streams, one a line; those of a regular expression are one themselves.

    With --kafka: which of them Kafka has, with the partitions, replication_factor and retention_ms that the streams
    want. Exits with 1 where something is otherwise. --create makes those that are missing, and changes no other.
    """
    from jsonschema_tools.use_cases.streams import named

    if not options["kafka"] and (create or options["kafka_options"]):
        raise click.UsageError("--create and --kafka-option need --kafka")
    streams = opened_streams(options)
    if options["kafka"]:
        from jsonschema_tools.cli.streams_topics import compare

        sys.exit(compare(streams, [] if name is None else [name], configured(options), options, create, format_))
    names = streams.table.names if name is None else named(streams, [name])
    found = list(dict.fromkeys(topic for each in names for topic in streams.topics(each)))
    if format_ == "json":
        click.echo(json_text(found))
        return
    for topic in found:
        put(topic)


_NAMES = "Ids, or patterns (stream-*), separated by commas."


@command.command("check", cls=InOrder, short_help="Check streams against the schemas that they name.")
@streams_option
@reading_options
@click.option(
    "--select", multiple=True, metavar="RULE", callback=names_of, shell_complete=completing.rules,
    help=f"Run only these rules. {_NAMES}",
)  # fmt: skip
@click.option(
    "--ignore", multiple=True, metavar="RULE", callback=names_of, shell_complete=completing.rules,
    help="Leave these rules out.",
)  # fmt: skip
@click.option("--statistics", is_flag=True, help="Count the findings of each rule, and list none.")
@click.option("-q", "--quiet", is_flag=True, help="List the findings, and nothing else.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@format_option
@output_option
@click.pass_context
def check(context: click.Context, /, strict: bool, **options: Any) -> None:
    """Check the streams: whether each has a schema that is there and in use, topics that Kafka takes, settings that
    there are, and fields that the schema has.

    Findings, formats and exit codes are those of `jst check`; `jst explain RULE` says more about a rule.
    """
    from jsonschema_tools.rules.selection import Selection
    from jsonschema_tools.use_cases.streams import check_streams

    outputs = outputs_of(context.meta["order"], options["format_"], options["output"])
    select = options["select"] or ("streams",)
    selection = Selection(select=select, ignore=options["ignore"], offline=options["offline"])
    report = check_streams(configured(options), selection, progress())
    write_report(report, outputs, options)
    sys.exit(1 if report.failed or (strict and report.summary.warnings > 0) else 0)


@command.command("impact", short_help="Show which streams, tables and jobs a change of a schema touches.")
@click.argument("name", metavar="TITLE[@VERSION]", shell_complete=completing.titles)
@streams_option
@reading_options
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def impact(name: str, format_: str, **options: Any) -> None:
    """Show what the newest version of TITLE, or VERSION, changes for the tables of its streams, and for the jobs that
    read them: streams with `derived_from`, whose queries are read. Exits with 1 where a job has to be changed, or where
    that cannot be told.
    """
    from jsonschema_tools.reports.impact.json import as_json
    from jsonschema_tools.reports.impact.text import as_text
    from jsonschema_tools.use_cases.impact import impact as found_for

    found = found_for(name, configured(options), opened_streams(options), offline=options["offline"])
    if format_ == "json":
        click.echo(json_text(as_json(found)))
    else:
        for line in as_text(found):
            put(line)
    sys.exit(int(found.breaks))


@command.command("schema", short_help="Print the JSON Schema of a file of streams.")
def schema() -> None:
    """Print the JSON Schema of a file of streams, for editors and for tools of your own."""
    from jsonschema_tools.lookup.stream_texts import streams_schema_text

    click.echo(streams_schema_text(), nl=False)
