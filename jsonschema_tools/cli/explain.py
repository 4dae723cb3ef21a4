"""``jst explain``: what does a rule want, and why?"""

from __future__ import annotations

from typing import Any

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.options import configured, reading_options
from jsonschema_tools.reports.escaping import log_line


@click.command("explain", short_help="Explain a rule of check.")
@click.argument("rule", shell_complete=completing.rules)
@reading_options
def command(rule: str, **options: Any) -> None:
    """Say what RULE looks at, why, an example, what to do instead, and how to change or skip it."""
    from jsonschema_tools.rules.documentation import explain
    from jsonschema_tools.use_cases.explain import explained_rule

    text = explain(explained_rule(configured(options), rule))
    click.echo("\n".join(map(log_line, text.split("\n"))), nl=False)
