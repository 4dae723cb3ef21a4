"""A keyword is one about values of the type beside it.

Why: a keyword about another type says nothing; what its author wanted is not checked.
Example: `type: integer` with `maxLength: 5`; `type: string` with `minimum: 1`.
Instead: `maximum` for numbers, `maxLength` for text, `maxItems` for arrays, or the type that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import materialized, written_here
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.traversal import located_subschemas
from jsonschema_tools.schemas.vocabulary import TYPES, types_of


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    yield from written_here(_problems(materialized(file, context)), file, context)


def _problems(document: Document) -> Iterator[Problem]:
    for pointer, schema in located_subschemas(document, conditions=True):
        kind = schema.get("type")
        if not isinstance(kind, str) or kind not in TYPES:
            continue
        for name in schema:
            about = types_of(name)
            if about and kind not in about:
                said = " or ".join(sorted(about - {"integer"}))
                message = f"{name} says nothing of a value of type {kind}: it is about {said}"
                yield Problem(message, f"{pointer}/{name}", f"Remove {name}, or correct the type.")


RULE = Rule(
    "keywords-fit-the-type",
    Family.ROBUSTNESS,
    "keywords are about the type beside them",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
