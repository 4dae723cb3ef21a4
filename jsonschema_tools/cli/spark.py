"""``jst spark``: streams as streaming DataFrames of Spark."""

from __future__ import annotations

from typing import Any

import click

from jsonschema_tools.cli.output import say
from jsonschema_tools.cli.processing_options import opened_place, opened_sources, source_options


@click.command("spark", short_help="Print a module of PySpark that reads streams.")
@source_options
@click.option("--schema", is_flag=True, help="Print only the schema of each, as from_json takes it.")
def command(schema: bool, **options: Any) -> None:
    """Print a module of PySpark with a function for each STREAM, or for all that have a schema here: it gives a
    streaming DataFrame with the columns of the released versions, the time of an event as `event_time`, a watermark.
    """
    from jsonschema_tools.processing.spark import module
    from jsonschema_tools.tables.dialects.spark import schema_text
    from jsonschema_tools.use_cases.processing import time_notes

    place = opened_place(options)
    sources, _ = opened_sources(options, place)
    for note in (*sources.notes, *time_notes(sources.sources, place)):
        say(note, color="yellow")
    if schema:
        for each in sources.sources:
            click.echo(schema_text(each.table.columns))
        return
    click.echo(module(sources.sources, place, options["watermark"]), nl=False)
