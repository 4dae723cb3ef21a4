"""Every schema file can be read.

Why: what cannot be read cannot be looked up, and no other check can say anything about it.
Example: a tab as indentation, a key that stands twice, an `$id` without a version.
Instead: correct the place that the message names.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.rules.model import Context, Family, Problem, Rule, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import of_titles


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    for error in collection.unreadable:
        path = Path(error.source or context.config.root)
        folder, base = path.parent, context.config.schema_base_path
        title = folder.relative_to(base).as_posix() if folder.is_relative_to(base) else folder.name
        yield Subject(error, title, None, path, "")


def check(error: SchemaToolsError, _context: Context) -> Iterator[Problem]:
    raise error


RULE = Rule("structure-files-are-readable", Family.STRUCTURE, "every schema file can be read", subjects, check)
