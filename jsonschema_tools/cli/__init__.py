"""The command line. Each command is a module with one function that parses, calls the library and prints.

Exit codes: 0 done; 1 something was found, refused or would change; 2 wrong usage, configuration or unreadable input;
130 interrupted.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from jsonschema_tools import __version__

COMMANDS = {
    "bump": "bump",
    "canary": "canary",
    "changelog": "changelog",
    "check": "check",
    "clean": "clean",
    "compat": "compat",
    "completion": "completion",
    "dereference": "dereference",
    "diff": "diff",
    "explain": "explain",
    "flink": "flink",
    "fmt": "fmt",
    "init": "init",
    "install-git-hook": "install_git_hook",
    "load": "load",
    "ls": "ls",
    "materialize": "materialize",
    "materialize-all": "materialize_all",
    "materialize-modified": "materialize_modified",
    "new": "new",
    "replay": "replay",
    "resolve": "resolve",
    "retire": "retire",
    "review": "review",
    "rules": "rules",
    "run-git-hook": "run_git_hook",
    "serve": "serve",
    "site": "site",
    "spark": "spark",
    "sql": "sql",
    "status": "status",
    "streams": "streams",
    "table": "table",
    "types": "types",
    "validate": "validate",
    "vendor": "vendor",
}
"""Each command and the module below this package that holds its ``command``."""


class _Commands(click.Group):
    """Imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{COMMANDS[cmd_name]}").command
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """As ever; what is wrong with the arguments is said in a way that no name in it does more than to be read."""
        with _told():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """As `make_context`."""
        with _told():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from difflib import get_close_matches

        name = args[0]
        near = get_close_matches(name, COMMANDS, n=1) if name not in COMMANDS and not name.startswith("-") else []
        if near:
            ctx.fail(f"No such command {name!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)


INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except click.UsageError as error:
        from jsonschema_tools.reports.escaping import inert, readable

        lines = readable(error.format_message(), keep="\n\t").split("\n")
        raise click.UsageError("\n".join(map(inert, lines)), error.ctx) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="jst")
def cli() -> None:
    """Keep a repository of versioned JSON Schemas.

    Edit current.yaml, bump the version in its $id, run `jst materialize`.
    """


def main() -> None:
    """Run the program; errors of the user become a message and an exit code."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run() -> None:
    import gc

    from jsonschema_tools.errors import SchemaToolsError

    # Documents are large trees that live to the end: looking for garbage in them again and again finds none.
    gc.set_threshold(200_000, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Names in schemas and of files may have characters that the terminal, or any encoding, does not.
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(prog_name="jst")
    except SchemaToolsError as error:
        from jsonschema_tools.cli.output import print_error

        print_error(error)
        sys.exit(error.exit_code)
    except OSError as error:
        # A full disk, a closed pipe, a working directory that is gone: nothing the program could mend.
        from jsonschema_tools.cli.output import say

        say(f"error: {error.strerror or error}")
        sys.exit(2)
