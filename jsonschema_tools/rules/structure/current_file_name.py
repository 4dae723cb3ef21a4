"""No file is named nearly as current files are.

Why: only files of the very name are read, so what stands in another one is never released, and nobody is told.
Example: `current.yml` or `current.json` where current files are `current.yaml`.
Instead: rename it, or set `currentName` in the configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jsonschema_tools.rules.model import Context, Family, Problem, Rule, Severity, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import of_titles


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    base = context.config.schema_base_path
    for path in collection.misnamed:
        yield Subject(path, path.parent.relative_to(base).as_posix(), None, path, "")


def check(path: Path, context: Context) -> Iterator[Problem]:
    name = context.config.current_file_name
    message = f"{path.name} is not read: did you mean {name}?"
    if name in context.names(path.parent):
        yield Problem(message, remedy=f"Put what it holds into {name}, and remove it.")
    else:
        setting = "contentTypes" if path.suffix != Path(name).suffix and path.suffix == ".json" else "currentName"
        yield Problem(message, remedy=f"Rename it to {name}, or set {setting} in the configuration.")


RULE = Rule(
    "current-file-name",
    Family.STRUCTURE,
    "no file is named nearly as current files are",
    subjects,
    check,
    severity=Severity.WARNING,
)
