"""Every version exists in every content type.

Why: readers choose the one they can parse.
Example: `1.0.0.yaml` without `1.0.0.json` where `contentTypes` names both.
Instead: restore the file from Git, or run `jst materialize`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import Context, Family, Problem, Rule, Version
from jsonschema_tools.rules.subjects import version_types


def check(subject: tuple[Version, str], _context: Context) -> Iterator[Problem]:
    version, content_type = subject
    file = version.file(content_type)
    if file is None:
        yield Problem(f"version {version.number} has no {content_type} file", remedy="Restore it from Git.")
    elif file.path.parent != version.title.directory:
        yield Problem(f"not in the folder {version.title.directory}", remedy="Move it there.", path=file.path)


RULE = Rule(
    "structure-content-types-exist",
    Family.STRUCTURE,
    "every version exists in every content type",
    version_types,
    check,
)
