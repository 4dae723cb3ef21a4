"""Every title has a current file.

Why: without one nobody can make the next version.
Example: a folder with `1.0.0.yaml` alone.
Instead: copy the greatest version to `current.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import Context, Family, Problem, Rule, Title
from jsonschema_tools.rules.subjects import every_title


def check(title: Title, context: Context) -> Iterator[Problem]:
    name = context.config.current_file_name
    if title.current is None:
        yield Problem(f"{title.name} has no {name}", remedy=f"Add {name} to {title.directory}.")
    elif not title.released(context.config.content_types[0]):
        yield Problem(f"{title.name} has no released version", remedy=f"Run `jst materialize {title.current.path}`.")


RULE = Rule("structure-current-exists", Family.STRUCTURE, "every title has a current file", every_title, check)
