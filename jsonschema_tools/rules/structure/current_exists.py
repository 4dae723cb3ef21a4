"""Every title has a current file.

Why: without one nobody can make the next version.
Example: a folder with `1.0.0.yaml` alone.
Instead: copy the greatest version to `current.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jsonschema_tools.errors import command
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Rule
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.rules.subjects import every_title, unreadable


def check(title: Title, context: Context) -> Iterator[Problem]:
    name = context.config.current_file_name
    if title.current is None and title.directory / name in unreadable(context):
        raise NotApplicable(f"{name} cannot be read")
    if title.current is None:
        yield Problem(f"{title.name} has no {name}", remedy=_remedy(title.directory / name, context))
    elif not title.released(context.config.content_types[0]):
        if any(path.parent == title.directory for path in unreadable(context)):
            raise NotApplicable("a version file cannot be read")
        materialize = command("jst", "materialize", str(title.current.path))
        yield Problem(f"{title.name} has no version file", remedy=f"Run {materialize}.")


def _remedy(path: Path, context: Context) -> str:
    releases, root = context.collection.releases, context.config.root
    if releases is None or not releases.in_head(path):
        return f"Add {path.name} to {path.parent}."
    name = path.relative_to(root) if path.is_relative_to(root) else path
    return f"Restore it: {command('git', 'checkout', 'HEAD', '--', str(name))}."


RULE = Rule("structure-current-exists", Family.STRUCTURE, "every title has a current file", every_title, check)
