"""Fields of format date-time are called `dt` or end in `_dt`, and fields called so have that format.

Why: readers tell by the name which fields are points in time, and how they are written.
Example: `created_at: {type: string, format: date-time}`; `created_dt: {type: integer}`.
Instead: `created_dt: {type: string, format: date-time, maxLength: 128}`. The option `pattern` is the regular expression
that such names match as a whole. The current file is looked at, materialized; what a fragment brought is told where
the fragment is judged. Source: the schema guidelines of Wikimedia's Event Platform.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.patterns.searching import is_found
from jsonschema_tools.rules.editable import materialized, written_here
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.fields import declared_fields

PATTERN = {
    "type": "string",
    "format": "regex",
    "default": "dt|.*_dt",
    "description": "The names that fields of format date-time have: a regular expression.",
}


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    problems = _problems(materialized(file, context), context.options["pattern"])
    yield from written_here(problems, file, context)


def _problems(document: Document, pattern: str) -> Iterator[Problem]:
    whole = f"^(?:{pattern})$"
    for field in declared_fields(document):
        schema = field.schema if isinstance(field.schema, dict) else {}
        is_date_time = schema.get("format") == "date-time"
        named_so = is_found(whole, field.name)
        if is_date_time and not named_so:
            message = f"{field.name!r} has format date-time, but its name does not match {pattern!r}"
            yield Problem(message, field.pointer, "Rename it: `dt`, or a name that ends in `_dt`.")
        # Without a type it may be a reference that was kept.
        elif named_so and not is_date_time and "type" in schema:
            message = f"{field.name!r} is named like a point in time, but is no string of format date-time"
            yield Problem(message, field.pointer, "Give it `type: string, format: date-time`, or another name.")


RULE = Rule(
    "date-time-names",
    Family.ROBUSTNESS,
    "fields of format date-time are called dt or *_dt",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
    options={"pattern": PATTERN},
)
