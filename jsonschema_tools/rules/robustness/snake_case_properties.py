"""Property names are snake_case.

Why: so that they can be column names anywhere, also where case is not distinguished.
Example: `userName`.
Instead: `user_name`. Only `properties` and `allOf` are looked through, as upstream does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.nodejs.ecmascript import members
from jsonschema_tools.rules.ecmascript import no_schema, parts
from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.subjects import every_file

SNAKE_CASE = re.compile(r"[$a-z]+[a-z0-9_]*")


def cure(name: str) -> str:
    """How to write a name."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9$_]+", "_", name).lower().strip("_")
    return f"Call it {words!r}." if SNAKE_CASE.fullmatch(words) else "Use lower case, digits and underscores."


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    yield from _look(file.document, "")


def _look(schema: Any, pointer: str) -> Iterator[Problem]:
    if schema is None:
        yield no_schema(pointer)
    if not isinstance(schema, dict):
        return
    for part in parts(schema, "allOf", pointer):
        if isinstance(part, Problem):
            yield part
        else:
            yield from _look(part[1], part[0])
    for name, subschema in members(schema.get("properties")):
        here = f"{pointer}/properties/{escape_token(name)}"
        if not SNAKE_CASE.fullmatch(name):
            yield Problem(f"property {name!r} is not snake_case", here, cure(name))
        yield from _look(subschema, here)


RULE = Rule("schema-snake-case-properties", Family.ROBUSTNESS, "properties must be snake_case", every_file, check)
