"""Property names are snake_case, wherever they stand.

Why: so that they can be column names anywhere; `schema-snake-case-properties`, as upstream has it, looks only through
`properties` and `allOf`.
Example: `items: {properties: {userName: ...}}`.
Instead: `user_name`. This rule looks at the names that the other one leaves out: in `items`, maps, `oneOf`, `anyOf`,
`patternProperties`, `definitions`, `if` and so on. The current file is looked at, materialized; what a fragment
brought is told where the fragment is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import materialized, written_here
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.robustness.snake_case_properties import SNAKE_CASE, cure
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.traversal import located_subschemas

_SEEN_BY_UPSTREAM = re.compile(r"(/properties/[^/]*|/allOf/[0-9]+)*")


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    yield from written_here(_problems(materialized(file, context)), file, context)


def _problems(document: Document) -> Iterator[Problem]:
    for pointer, schema in located_subschemas(document, conditions=True):
        properties = schema.get("properties")
        if _SEEN_BY_UPSTREAM.fullmatch(pointer) or not isinstance(properties, dict):
            continue
        for name in properties:
            if not SNAKE_CASE.fullmatch(name):
                here = f"{pointer}/properties/{escape_token(name)}"
                yield Problem(f"property {name!r} is not snake_case", here, cure(name))


RULE = Rule(
    "snake-case-everywhere",
    Family.ROBUSTNESS,
    "properties are snake_case in items, maps and choices too",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
