"""``jst resolve``: what is at a schema URI?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, reading_options
from jsonschema_tools.cli.output import put, say, shown

if TYPE_CHECKING:
    from jsonschema_tools.lookup.store import SchemaStore


@click.command("resolve", short_help="Print the document at a schema URI.")
@click.argument("uri", shell_complete=completing.uris)
@reading_options
@click.option("--location", is_flag=True, help="Print the file or URL it was found at instead.")
@click.option("--trace", is_flag=True, help="Say on standard error where it was looked for, and what was found there.")
@click.option(
    "-c", "--content-type", type=click.Choice(["yaml", "json"]), help="Print it in this form. Default: as it is."
)
def command(uri: str, location: bool, trace: bool, content_type: str | None, **options: Any) -> None:
    """Look URI up, such as /user/create/1.0.0 or /user/create/latest, and print the document as it is."""
    from jsonschema_tools.errors import RetrievalError
    from jsonschema_tools.lookup.opening import open_store
    from jsonschema_tools.repository.loading import near_version
    from jsonschema_tools.repository.words import uri_meant

    config = configured(options)
    store = open_store(config, offline=options["offline"])
    uri = uri_meant(uri, config)
    try:
        _show(store, uri, location, trace, content_type)
    except RetrievalError as error:
        raise error.replaced(remedy=near_version(uri, config) or error.remedy) from error


def _show(store: SchemaStore, uri: str, location: bool, trace: bool, content_type: str | None) -> None:
    from jsonschema_tools.errors import RetrievalError
    from jsonschema_tools.use_cases.transform import to_text

    if trace:
        steps = store.trace(uri)
        for step in steps.attempts:
            say(step)
        if isinstance(steps.error, RetrievalError):
            raise steps.error.replaced(attempts=())  # They are said already.
        if steps.error is not None:
            raise steps.error
    if location:
        put(shown(store.location(uri)))
    elif content_type:
        click.echo(to_text(store.retrieve(uri), content_type).encode("utf-8"), nl=False)
    else:
        click.echo(store.text(uri).text, nl=False)
