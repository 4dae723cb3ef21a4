"""What upstream's tests, written in JavaScript, do with a value that is no schema.

A schema file can hold anything; these are the few operations whose outcome decides a verdict there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.values import describe
from jsonschema_tools.nodejs.ecmascript import truthy
from jsonschema_tools.rules.model import Problem


def no_schema(pointer: str) -> Problem:
    """What to say of a null in the place of a schema."""
    return Problem("null in the place of a schema", pointer, "Write a schema, or remove the key.")


def parts(schema: dict[str, Any], keyword: str, pointer: str) -> Iterator[tuple[str, Any] | Problem]:
    """The schemas of ``allOf`` and their pointers; a problem when it is no list."""
    value = schema.get(keyword)
    if isinstance(value, list):
        yield from ((f"{pointer}/{keyword}/{index}", part) for index, part in enumerate(value))
    elif truthy(value):
        yield Problem(f"{keyword} is {describe(value)}", f"{pointer}/{keyword}", "Write a list of schemas.")
