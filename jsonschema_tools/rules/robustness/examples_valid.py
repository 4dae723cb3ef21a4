"""The examples of a schema are valid events of it.

Why: people copy them.
Example: an example without a required property, or with a date that is none.
Instead: correct the example in the current file. Formats are checked as AJV 6 checks them.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.model import SchemaFile
from jsonschema_tools.nodejs.ajv_validation import problems_of_instances
from jsonschema_tools.patterns.searching import SIMPLER, is_undecided
from jsonschema_tools.rules.model import Context, Family, Problem, Rule, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import of_titles, released_files

_REMEDY = "Correct the example in the current file."


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    return (subject for subject in released_files(collection, context) if "examples" in subject.value.document)


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    examples = file.document["examples"]
    if not isinstance(examples, list):
        yield Problem("examples is no list", "/examples", "Write a list.")
        return
    for index, pointer, message in problems_of_instances(file.document, examples):
        remedy = SIMPLER if is_undecided(message) else _REMEDY
        yield Problem(f"example {index}: {message}", f"/examples/{index}{pointer}", remedy)


RULE = Rule("schema-examples-are-valid", Family.ROBUSTNESS, "examples must be valid", subjects, check)
