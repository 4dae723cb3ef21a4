"""Every schema file has a title.

Why: versions belong together by their title.
Example: `1.1.0.yaml` without `title`.
Instead: give it the title of its folder.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.subjects import every_file


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    if file.title is None:
        name = context.config.schema_title_field
        yield Problem(f"the schema has no {name}", f"/{name}", "Give it the title of its folder.")


RULE = Rule("structure-title", Family.STRUCTURE, "every schema file has a title", every_file, check)
