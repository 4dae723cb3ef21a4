"""``jst completion``: the script with which a shell completes commands, options, titles and rules."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Print the script that makes a shell complete names.")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print what makes SHELL complete commands, options, titles, versions and ids of rules.

    bash (4.4 or newer), in ~/.bashrc:  eval "$(jst completion bash)"

    zsh, in ~/.zshrc:  eval "$(jst completion zsh)"

    fish:  jst completion fish > ~/.config/fish/completions/jst.fish
    """
    from click.shell_completion import get_completion_class

    from jsonschema_tools.cli import cli

    found = get_completion_class(shell)
    assert found is not None
    if shell == "bash":
        # Else bash takes what is behind the @ of shop/order@1.0.0 for a word of its own.
        click.echo("COMP_WORDBREAKS=${COMP_WORDBREAKS//@}")
    click.echo(found(cli, {}, "jst", "_JST_COMPLETE").source())
