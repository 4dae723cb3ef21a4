"""There is no extensionless `current`.

Why: the current file is what people edit, not something to look up; a link to it would be looked up as a version.
Example: a link `current` to `current.yaml`.
Instead: remove it, and look up `latest`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.rules.subjects import every_title


def check(title: Title, context: Context) -> Iterator[Problem]:
    if "current" in context.names(title.directory):
        yield Problem("there is an extensionless 'current'", remedy="Remove it.", path=title.directory / "current")


RULE = Rule(
    "structure-no-extensionless-current", Family.STRUCTURE, "there is no extensionless current", every_title, check
)
