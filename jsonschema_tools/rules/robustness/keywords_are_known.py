"""Every keyword is one of JSON Schema.

Why: a misspelt keyword says nothing to any validator, and the version that has it is released for ever.
Example: `requird: [id]`, `maxLenght: 5`.
Instead: `required`, `maxLength`. Keywords of your own begin with `x-`, or are in the option `allowed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from jsonschema_tools.documents.edits import Rename
from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import materialized, written_here
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.traversal import located_subschemas
from jsonschema_tools.schemas.vocabulary import keywords


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    known = keywords() | {"nullable", *context.options["allowed"]}
    yield from written_here(_problems(materialized(file, context), known), file, context)


def _problems(document: Document, known: frozenset[str]) -> Iterator[Problem]:
    for pointer, schema in located_subschemas(document, conditions=True):
        for name in schema:
            if name in known or name.startswith("x-"):
                continue
            nearest = get_close_matches(name, sorted(known), n=1, cutoff=0.75)
            cure = f"Did you mean {nearest[0]!r}?" if nearest else f"Remove it, or call it x-{name}."
            fix = Rename(nearest[0]) if nearest else None
            yield Problem(f"{name!r} is no keyword of JSON Schema", f"{pointer}/{escape_token(name)}", cure, fix=fix)


RULE = Rule(
    "keywords-are-known",
    Family.ROBUSTNESS,
    "every keyword is one of JSON Schema",
    current_files,
    check,
    options={
        "allowed": {
            "description": "keywords of your own, beside those that begin with `x-`",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
        }
    },
    profile=Profile.RECOMMENDED,
)
