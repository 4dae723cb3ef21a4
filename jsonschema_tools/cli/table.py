"""``jst table``: the tables of titles, in the words of an engine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.event_options import timestamps_option
from jsonschema_tools.cli.options import configured, drafts_option, reading_options, release_options
from jsonschema_tools.cli.output import say
from jsonschema_tools.tables.dialects import DIALECTS

if TYPE_CHECKING:
    from jsonschema_tools.use_cases.tables import TitleTables


@click.command("table", short_help="Print the tables of schemas, for an engine, and how they change.")
@click.argument("schemas", nargs=-1, metavar="[TITLE[@VERSION]]...", shell_complete=completing.titles)
@click.option("--as", "dialect", type=click.Choice(DIALECTS), required=True, help="The engine.")
@click.option("--since", metavar="VERSION", help="Print what makes the table of VERSION the one of now.")
@drafts_option
@click.option("--notes", is_flag=True, help="Say which columns hold JSON, why, and what cures it.")
@click.option("--not-null", is_flag=True, help="Forbid null where every event of the newest version has a value.")
@timestamps_option
@click.option("--types", type=click.Choice(["jst", "wikimedia"]), default="jst", help="Whose choice of types.")
@reading_options
@release_options
def command(schemas: tuple[str, ...], dialect: str, **options: Any) -> None:
    """Print what makes the table of each TITLE: one table for all its released versions, whose columns are in the order
    in which they came. TITLE@VERSION is the table of the versions up to one, TITLE@current counts the current file.

    With --since VERSION, print what changes the table of that version into this one, rows and all. A change that no
    table can follow starts a new one, which has the major version in its name.
    """
    from jsonschema_tools.tables.model import Types
    from jsonschema_tools.tables.titles import conflicts_of
    from jsonschema_tools.use_cases.tables import title_tables

    config = configured(options)
    types = Types(options["timestamps"] == "timestamp", options["types"] == "wikimedia")
    found = title_tables(
        config,
        schemas,
        since=options["since"],
        drafts=options["drafts"],
        types=types,
        offline=options["offline"],
    )
    without = [each for each in found if not each.tables]
    for title in found:
        for table in title.tables[1:]:
            for sentence in conflicts_of(table):
                say(f"{title.title}: from {table.versions[0]} on in {table.name}: {sentence}", color="yellow")
        for note in title.notes:
            say(f"{title.title}: no table: {note.message}")
        for note in title.tables[-1].notes if options["notes"] and title.tables else ():
            say(f"{title.title}{note.pointer}: {note.message}. {note.cure}")
    click.echo(_text([each for each in found if each.tables], dialect, options), nl=False)
    sys.exit(int(bool(schemas) and bool(without)))


def _text(found: list[TitleTables], dialect: str, options: dict[str, Any]) -> str:
    """Statements one after the other; documents as they are, or by the names of their tables where they are several."""
    import json

    from jsonschema_tools.reports.escaping import json_text
    from jsonschema_tools.tables import migration, render
    from jsonschema_tools.tables.dialects import is_document

    texts = {}
    for title in found:
        for table in title.tables[-1:] if title.before else title.tables:
            if title.before:
                texts[table.name] = migration(title.before[-1], table, dialect)
            else:
                texts[table.name] = render(table, dialect, not_null=options["not_null"])
    if not is_document(dialect):
        return "\n".join(text for text in texts.values() if text)
    documents = {name: json.loads(text) for name, text in texts.items() if text}
    whole = next(iter(documents.values())) if len(documents) == 1 else documents
    return f"{json_text(whole)}\n" if documents else ""
