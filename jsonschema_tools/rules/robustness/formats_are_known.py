"""Every format is one of JSON Schema.

Why: a format that nobody knows is checked by nobody.
Example: `format: datetime`.
Instead: `format: date-time`. Formats of your own are in the option `allowed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from jsonschema_tools.documents.edits import Replace
from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import materialized, written_here
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.assertions import FORMATS
from jsonschema_tools.schemas.traversal import located_subschemas


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    known = FORMATS | {*context.options["allowed"]}
    yield from written_here(_problems(materialized(file, context), known), file, context)


def _problems(document: Document, known: frozenset[str]) -> Iterator[Problem]:
    for pointer, schema in located_subschemas(document, conditions=True):
        name = schema.get("format")
        if isinstance(name, str) and name not in known:
            nearest = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
            cure = f"Did you mean {nearest[0]!r}?" if nearest else f"Use one of {', '.join(sorted(known))}."
            fix = Replace(nearest[0]) if nearest else None
            yield Problem(f"{name!r} is no format of JSON Schema", f"{pointer}/format", cure, fix=fix)


RULE = Rule(
    "formats-are-known",
    Family.ROBUSTNESS,
    "every format is one of JSON Schema",
    current_files,
    check,
    options={
        "allowed": {
            "description": "formats of your own",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
        }
    },
    profile=Profile.RECOMMENDED,
)
