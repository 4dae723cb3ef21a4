"""Every current file can be materialized.

Why: what cannot be materialized cannot be released, and the other rules cannot judge it.
Example: a `$ref` that leads nowhere; parts of an `allOf` that contradict each other.
Instead: correct the place that the message names. `jst materialize --dry-run` says the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import Context, Family, Problem, Profile, Rule
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.subjects import current_files


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    context.materialize(file)
    yield from ()


RULE = Rule(
    "current-can-be-materialized",
    Family.STRUCTURE,
    "every current file can be materialized",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
