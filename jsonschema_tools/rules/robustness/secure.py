"""A schema cannot make validating an event slow.

Why: events come from anywhere, and a regular expression over a long string can take for ever.
Example: `pattern` or `format` without `maxLength`; `patternProperties` without `propertyNames.maxLength`;
`uniqueItems: true` over objects or arrays without `maxItems`.
Instead: add the limit. Source: the security metaschema of AJV 6, which does not look into a list of `items`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.edits import Insert
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.nodejs.ajv_security import weaknesses
from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.subjects import every_file


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    for message, pointer, remedy, longest in weaknesses(file.document):
        yield Problem(message, pointer, remedy, fix=None if longest is None else Insert("maxLength", longest))


RULE = Rule("schema-is-secure", Family.ROBUSTNESS, "validating cannot be made slow", every_file, check)
