"""The `$schema` of an example is the `$id` of its schema.

Why: the example is an event of this schema, and events name their schema.
Example: an example of 1.1.0 that still says `$schema: /user/create/1.0.0`.
Instead: `$schema: {$ref: '#/$id'}` in the current file.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import Collection, Context, Family, Problem, Rule, Subject
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.subjects import released_files

_REMEDY = "Write `$schema: {$ref: '#/$id'}` in the current file."


def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    for subject in released_files(collection, context):
        document = subject.value.document
        properties = document.get("properties")
        if "examples" in document and isinstance(properties, dict) and "$schema" in properties:
            yield subject


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    examples = file.document["examples"]
    if not isinstance(examples, list):
        yield Problem("examples is no list", "/examples", "Write a list.")
        return
    for index, example in enumerate(examples):
        found = example.get("$schema") if isinstance(example, dict) else None
        if found is None or found != file.document.get("$id"):
            yield Problem(
                f"example {index} has $schema {found!r}, its schema has $id {file.document.get('$id')!r}",
                f"/examples/{index}/$schema",
                _REMEDY,
            )


RULE = Rule(
    "schema-examples-$schema-matches-schema-$id",
    Family.ROBUSTNESS,
    "examples name their schema",
    subjects,
    check,
)
