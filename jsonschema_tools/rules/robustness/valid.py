"""A released schema is a valid JSON Schema of draft-07.

Why: validators refuse it otherwise, or do not do what it seems to say.
Example: `type: strin`, `required: name`.
Instead: correct the keyword.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.model import SchemaFile
from jsonschema_tools.nodejs.ajv_metaschema import invalid_as_draft_07
from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.subjects import released_files
from jsonschema_tools.schemas.cures import cure


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    for pointer, message in invalid_as_draft_07(file.document):
        yield Problem(message, pointer, cure(file.document, pointer))


RULE = Rule("schema-is-valid", Family.ROBUSTNESS, "must be a valid JSON Schema", released_files, check)
