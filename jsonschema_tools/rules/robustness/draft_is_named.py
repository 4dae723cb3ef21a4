"""A current file names the draft of JSON Schema that it is written in.

Why: without `$schema`, or with one that nobody knows, each validator reads the schema as it likes.
Example: `$schema: https://json-schema.org/draft-7/schema#`.
Instead: `$schema: https://json-schema.org/draft-07/schema#`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.edits import Insert, Replace
from jsonschema_tools.documents.values import describe
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.dialects import declared_draft
from jsonschema_tools.schemas.vocabulary import Draft

_NAME = Draft.DRAFT_07.uri.replace("http:", "https:")
_REMEDY = f"Write $schema: {_NAME}"


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    if not isinstance(file.document, dict) or declared_draft(file.document) is not None:
        return
    if "$schema" not in file.document:
        place = context.locate(file.path, "")
        message = "the schema does not name its draft: it has no $schema"
        yield Problem(message, "", _REMEDY, place=place, fix=Insert("$schema", _NAME))
    else:
        named = describe(file.document["$schema"])
        place = context.locate(file.path, "/$schema")
        fix = Replace(_NAME) if isinstance(file.document["$schema"], str) else None
        yield Problem(f"$schema {named} is no draft of JSON Schema", "/$schema", _REMEDY, place=place, fix=fix)


RULE = Rule(
    "draft-is-named",
    Family.ROBUSTNESS,
    "the draft of JSON Schema is named",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
