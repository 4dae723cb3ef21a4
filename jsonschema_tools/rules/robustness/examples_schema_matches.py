"""The `$schema` of an example is the `$id` of its schema.

Why: the example is an event of this schema, and events name their schema.
Example: an example of 1.1.0 that still says `$schema: /user/create/1.0.0`.
Instead: `$schema: {$ref: '#/$id'}` in the current file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.values import describe, equal
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Family, Problem, Rule, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import of_titles, released_files

_NOTHING = object()
_REMEDY = "Write `$schema: {$ref: '#/$id'}` in the current file."


@of_titles
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
    own_id = file.document.get("$id", _NOTHING)
    for index, example in enumerate(examples):
        found = example.get("$schema", _NOTHING) if isinstance(example, dict) else _NOTHING
        if example is None or isinstance(found, (dict, list)) or not equal(found, own_id):
            yield Problem(
                f"example {index} has {_named('$schema', found)}, its schema has {_named('$id', own_id)}",
                f"/examples/{index}/$schema",
                _REMEDY,
            )


def _named(keyword: str, value: Any) -> str:
    return f"no {keyword}" if value is _NOTHING else f"{keyword} {describe(value)}"


RULE = Rule(
    "schema-examples-$schema-matches-schema-$id",
    Family.ROBUSTNESS,
    "examples name their schema",
    subjects,
    check,
)
