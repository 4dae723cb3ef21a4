"""Every schema declares and requires the fields that all events have.

Why: what reads all streams alike relies on them: which schema, which stream, when.
Example: with `fields: [$schema, meta.stream, dt]`, a schema that has `dt` but does not list it under `required`.
Instead: refer to the fragment that has them. The rule is off until its option `fields` says which they are; a dot leads
into an object, and every step of the way must be required. `except` are regular expressions, searched in the title:
schemas without these fields, such as fragments. The current file is looked at, materialized.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.patterns.searching import is_found
from jsonschema_tools.rules.editable import in_place, materialized
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Profile, Rule, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import current_files, of_titles

OPTIONS = {
    "fields": {
        "type": "array",
        "items": {"type": "string", "pattern": r"^[^.]+(\.[^.]+)*$"},
        "default": [],
        "description": "Fields that every schema must require, such as [$schema, meta.stream, dt].",
    },
    "except": {
        "type": "array",
        "items": {"type": "string", "format": "regex"},
        "default": [],
        "description": "Regular expressions, searched in titles: schemas that need not have the fields.",
    },
}


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    if not context.options["fields"]:
        raise NotApplicable("the option fields does not name any")
    for subject in current_files(collection, context):
        if not any(is_found(pattern, subject.title or "") for pattern in context.options["except"]):
            yield subject


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    document = materialized(file, context)
    problems = [_problem(document, path, context) for path in context.options["fields"]]
    yield from in_place(filter(None, problems), file, context)


def _problem(document: Any, path: str, context: Context) -> Problem | None:
    schema, pointer = document, ""
    remedy = f"Declare and require {path!r}, or refer to the fragment that does."
    for name in path.split("."):
        declared = schema.get("properties") if isinstance(schema, dict) else None
        if not isinstance(declared, dict) or not isinstance(declared.get(name), dict):
            if not context.config.should_dereference:
                raise NotApplicable("shouldDereference is off: what references bring is not known")
            return Problem(f"the field {path!r} is not declared", pointer, remedy)
        required = schema.get("required")
        if not isinstance(required, list) or name not in required:
            here = f"{pointer}/properties/{escape_token(name)}"
            return Problem(f"{name!r} is not required, but the field {path!r} must be", here, remedy)
        schema, pointer = declared[name], f"{pointer}/properties/{escape_token(name)}"
    return None


RULE = Rule(
    "required-fields",
    Family.ROBUSTNESS,
    "every schema requires the fields that all events have",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    severity=None,
    options=OPTIONS,
)
