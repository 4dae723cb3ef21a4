"""Write docs/cli.md from the help of every command.

python tools/command_reference.py
"""

from __future__ import annotations

from pathlib import Path

import click

from jsonschema_tools.cli import cli

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
WIDTH = 100
NOTE = "<!-- Written by tools/command_reference.py from the help of the commands: change that. -->\n"

INTRODUCTION = """# Commands

What `jst COMMAND --help` prints, for every command. The program is installed as `jsonschema-tools`, too.

Results go to standard output, everything else to standard error. Exit codes:

| code | means |
| --- | --- |
| 0 | done |
| 1 | something was found, refused, or would change |
| 2 | wrong usage, wrong configuration, or input that cannot be read |
| 130 | interrupted by Ctrl-C |
"""


def page() -> str:
    """The whole page."""
    root = click.Context(cli, info_name="jst", **{**cli.context_settings, "terminal_width": WIDTH})
    parts = [NOTE, INTRODUCTION, _block(root)]
    for name in cli.list_commands(root):
        command = cli.get_command(root, name)
        assert command is not None
        context = click.Context(command, root, name, **command.context_settings)
        parts += [f"## jst {name}\n", _block(context)]
        for inner in command.commands.values() if isinstance(command, click.Group) else ():
            part = click.Context(inner, context, inner.name, **inner.context_settings)
            parts += [f"### jst {name} {inner.name}\n", _block(part)]
    return "\n".join(parts)


def _block(context: click.Context) -> str:
    lines = (line.rstrip() for line in context.command.get_help(context).split("\n"))
    return "\n".join(["```text", *lines, "```", ""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
