"""``jst materialize``: release the given schemas, or all that have something to write."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, locked, writing_options
from jsonschema_tools.cli.output import finish, progress


@click.command("materialize", short_help="Write the version files of schemas.")
@click.argument("paths", nargs=-1, metavar="[PATH...]", shell_complete=completing.titles)
@writing_options
@click.option("-O", "--stdout", is_flag=True, help="Print the materialized schema instead of writing files.")
def command(paths: tuple[str, ...], output_dir: Path | None, stdout: bool, **options: Any) -> None:
    """Write the immutable version files of schemas, and their links.

    PATH is a current file, a title, or - for standard input (needs --output-dir or --stdout). Without a PATH, every
    current schema of the repository is materialized. A released version is never changed: see --force.
    """
    from jsonschema_tools.repository.words import currents_meant
    from jsonschema_tools.use_cases import materialize

    config = configured(options)
    if stdout:
        _print(paths, config, options["offline"])
        return
    settings: dict[str, Any] = {"force": options["force"], "offline": options["offline"]}
    if "-" in paths:
        if output_dir is None or len(paths) > 1:
            raise click.UsageError("standard input needs --output-dir, and no other PATH")
        # It may take long to come: others do not wait for that.
        text = sys.stdin.buffer.read()
        locked(config, output_dir)
        planned = materialize.plan_text(text, config, output_dir, **settings)
    else:
        locked(config, output_dir)
        settings |= {
            "progress": progress(),
            "output_directory": output_dir,
        }
        if paths:
            planned = materialize.plan_paths(currents_meant(paths, config, or_path=True), config, **settings)
        else:
            planned = materialize.plan_all(config, **settings)
    sys.exit(finish(planned, config, check=options["check"]))


def _print(paths: tuple[str, ...], config: Any, offline: bool) -> None:
    from jsonschema_tools.repository.words import currents_meant
    from jsonschema_tools.use_cases.transform import materialized, to_text

    names = [path if path == "-" else currents_meant([path], config, or_path=True) for path in paths or ("-",)]
    schemas = [each for name in names for each in ([sys.stdin.buffer.read()] if name == "-" else name)]
    documents = [materialized(schema, config, offline=offline) for schema in schemas]
    content_type = config.content_types[0]
    separator = "---\n" if content_type == "yaml" else "\n"
    text = separator.join(to_text(document, content_type) for document in documents)
    click.echo(text.encode("utf-8"), nl=False)
