"""Every column of a table has a type, known from the schema alone.

Why: what has no type of its own is stored as JSON text: nobody can sum, join or filter it without reading it again.
Example: `type: object` with `additionalProperties: true` and no properties; a property that is text in one branch of
`anyOf`, and an integer in another.
Instead: one type for each property; a property for each kind of value. Where JSON is what is meant, ignore this. What
is for `schema-deterministic-types` or `maps-share-their-value-type` to say, such as a property without a `type`, is
left to them. The current file is looked at, materialized: `jst table --notes` says of tables all of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import in_place, materialized
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.robustness import deterministic_types, maps_share_their_value_type
from jsonschema_tools.rules.subjects import current_files


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    yield from in_place(_problems(materialized(file, context)), file, context)


def _problems(document: Document) -> Iterator[Problem]:
    from jsonschema_tools.tables.conversion import type_of

    typed = type_of(document)
    if typed.columns is None:
        return  # Its events are no rows: a fragment, or a map.
    others = (*deterministic_types.problems(document), *maps_share_their_value_type.problems(document))
    theirs = [f"{problem.pointer}/" for problem in others if problem.pointer]
    for note in dict.fromkeys(typed.notes):
        place = f"{note.pointer}/"
        if not any(place.startswith(pointer) or pointer.startswith(place) for pointer in theirs):
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
