"""Every field has a description.

Why: whoever reads the events was not there when the schema was written.
Example: `user_id: {type: integer}`.
Instead: `user_id: {type: integer, description: 'Identifier of the user, 0 when not logged in.'}`. The current file is
looked at, materialized: a description that a fragment brings counts, and one that a fragment lacks is told where the
fragment is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import materialized, written_here
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.fields import declared_fields
from jsonschema_tools.schemas.reference_list import is_reference


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    yield from written_here(_problems(materialized(file, context)), file, context)


def _problems(document: Document) -> Iterator[Problem]:
    for field in declared_fields(document):
        if not _is_described(field.schema):
            yield Problem(f"{field.name!r} has no description", field.pointer, "Say what it means, and its unit.")


def _is_described(schema: Any) -> bool:
    """True also where a reference was kept (`shouldDereference: false`): what it leads to may be described."""
    if not isinstance(schema, dict):
        return False
    text = schema.get("description")
    if (isinstance(text, str) and text.strip() != "") or is_reference(schema):
        return True
    parts = schema.get("allOf")
    return any(_is_described(part) for part in parts) if isinstance(parts, list) else False


RULE = Rule(
    "fields-are-described",
    Family.ROBUSTNESS,
    "every field has a description",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
