"""Every column of a table has a type, known from the schema alone.

Why: what has no type of its own is stored as JSON text: nobody can sum, join or filter it without reading it again.
Example: `type: [string, integer]`; `type: object` with `additionalProperties: true` and no properties; a map beside
properties of other types; an `enum` of numbers and strings.
Instead: one type for each property; a property for each kind of value. Where JSON is what is meant, ignore this. What
another rule reports already, such as a property without a `type`, is reported by that one only. The current file is
looked at, materialized: `jst table --notes` says the same of tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import in_place, materialized
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.tables.conversion import type_of


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    yield from in_place(_problems(materialized(file, context)), file, context)


def _problems(document: Document) -> Iterator[Problem]:
    typed = type_of(document)
    if typed.columns is None:
        return  # Its events are no rows: a fragment, or a map.
    for note in dict.fromkeys(typed.notes):
        yield Problem(f"a column of JSON: {note.message}", note.pointer, note.cure)


RULE = Rule(
    "columns-are-typed",
    Family.ROBUSTNESS,
    "every column of a table has one type",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
