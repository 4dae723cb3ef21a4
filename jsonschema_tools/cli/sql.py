"""``jst sql``: a question to events, in SQL, about the tables of their schemas."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.event_options import (
    event_options,
    event_settings,
    form_option,
    table_by_option,
    timestamps_option,
)
from jsonschema_tools.cli.options import configured, drafts_option, reading_options, release_options
from jsonschema_tools.cli.output import progress, say, shown

if TYPE_CHECKING:
    from jsonschema_tools.events.report import Refusal
    from jsonschema_tools.reports.load import LoadReport

_PROGRAM = "duckdb"


@click.command("sql", short_help="Ask events a question in SQL, about the tables of their schemas.")
@click.argument("query")
@click.argument("files", nargs=-1, metavar="[FILE...|-]", shell_complete=completing.files)
@click.option(
    "--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table", help="Of the answer."
)
@table_by_option
@click.option("--trusted", is_flag=True, help="Take every event for valid, and read it by the columns of its table.")
@click.option("--open", "open_", is_flag=True, help="Start DuckDB's own prompt on the tables afterwards.")
@drafts_option
@timestamps_option
@form_option
@event_options
@reading_options
@release_options
def command(query: str, files: tuple[str, ...], format_: str, form: str, open_: bool, **options: Any) -> None:
    """Answer the QUERY, SQL of DuckDB, from the events in the FILEs: the table of a title is called as `jst load` calls
    it, and "shop/order/placed" is the same as shop_order_placed. Columns are those of the schemas.

    Only events of the tables that the QUERY names are validated and read. The QUERY can do what DuckDB can, in your
    name: read other files, and write some.

    Exits with 1 when an event of these tables is refused, with 2 when a FILE cannot be read or the QUERY fails; with
    --open as the prompt does, if that fails.
    """
    from jsonschema_tools.events.report import EventReport
    from jsonschema_tools.reports.answers import FORMATS
    from jsonschema_tools.reports.events.text import render_refusal
    from jsonschema_tools.sources.files import Form
    from jsonschema_tools.tables.model import Types
    from jsonschema_tools.use_cases.sql import query_events

    program = _program(files) if open_ else None
    config, kept = configured(options), EventReport()

    def told(refusal: Refusal) -> None:
        if kept.add(refusal):
            click.echo(render_refusal(refusal, shown).encode("utf-8", "replace"), nl=False, err=True)

    with _database(program) as database:
        with query_events(
            query,
            files or ("-",),
            config,
            by_stream=options["table_by"] == "stream",
            drafts=options["drafts"],
            types=Types(options["timestamps"] == "timestamp"),
            events=event_settings(options, config.events),
            form=None if form == "auto" else Form(form),
            offline=options["offline"],
            trusted=options["trusted"],
            database=database,
            refused=told,
            progress=progress(),
        ) as result:
            columns = [(column.name, column.type) for column in result.answer.columns]
            for line in FORMATS[format_](columns, result.answer.rows) if columns else ():
                click.echo(line.encode("utf-8", "replace"))
        _tell(result.report)
        code = int(result.report.summary.refused > 0)
        if program is not None:
            code = subprocess.run([program, str(database)], check=False).returncode or code
    sys.exit(code)


def _tell(report: LoadReport) -> None:
    from jsonschema_tools.reports.wording import counted

    for note in report.notes:
        say(note, color="yellow")
    for name, count in sorted(report.tables.items()):
        for path, number in count.left.most_common():
            say(f"{name}: no column has {path}: {counted(number, 'value')}")
    if report.summary.refused:
        events = counted(report.summary.events, "event")
        say(f"{report.summary.refused} of {events} refused: the answer is without them", color="yellow")


def _program(files: tuple[str, ...]) -> str:
    """DuckDB's own program. Raises `UsageError` where it is not there."""
    from jsonschema_tools.errors import UsageError

    if not files or "-" in files:
        raise click.UsageError("--open needs FILEs: the prompt reads from standard input itself")
    found = shutil.which(_PROGRAM)
    if found is None:
        raise UsageError(
            f"there is no program {_PROGRAM}",
            remedy="Install it (https://duckdb.org/install), or leave out --open.",
        )
    return found


@contextmanager
def _database(program: str | None) -> Iterator[Path]:
    """Where the tables are: in memory, for a prompt in a file that is there as long as the prompt."""
    from tempfile import TemporaryDirectory

    from jsonschema_tools.use_cases.sql import MEMORY

    if program is None:
        yield MEMORY
        return
    with TemporaryDirectory(prefix="jst-sql-") as folder:
        yield Path(folder) / "events.duckdb"
