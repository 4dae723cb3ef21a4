"""What the JSON Schema of streams does not allow, in words, with the setting that was probably meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.rules.model import Problem
from jsonschema_tools.schemas.steps import pointer_to
from jsonschema_tools.streams.topics import is_legal

_NOUNS = {
    "array": "a list", "object": "a mapping", "string": "a text", "number": "a number",
    "boolean": "true or false", "null": "null",
}  # fmt: skip
_OF_OTHER_RULES = (
    ("/schema_title", ("Pattern", "Not")),
    ("/sample/rate", ("Minimum", "Maximum")),
)
"""What has a rule of its own: where the pointer ends so, errors of these kinds."""


def faults(document: Document, schema: Mapping[str, Any]) -> Iterator[Problem]:
    """What the schema does not allow, but for what other rules look at."""
    from jsonschema_rs import validator_for

    from jsonschema_tools.nodejs.ajv import plain

    value = plain(document)
    errors: list[Any] = list(validator_for(dict(schema)).iter_errors(value))
    for error in errors:
        kind, pointer = type(error.kind).__name__, pointer_to(value, error)
        if kind == "AdditionalProperties":
            for name in error.kind.unexpected:
                yield _unknown(name, pointer, _at(schema, error.schema_path[:-1]))
        elif kind == "PropertyNames":
            yield from _name(error, pointer)
        elif not any(pointer.endswith(end) and kind in kinds for end, kinds in _OF_OTHER_RULES):
            yield _problem(error, kind, pointer, _at(schema, error.schema_path[:-1]))


def _unknown(name: str, pointer: str, schema: Any) -> Problem:
    known = sorted(schema.get("properties", ()))
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    own = " Settings of your own begin with x-." if "patternProperties" in schema else ""
    remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
    return Problem(f"there is no setting {name!r}", f"{pointer}/{escape_token(name)}", remedy + own)


def _name(error: Any, pointer: str) -> Iterator[Problem]:
    """A name that no topic can have. What is to be a regular expression has a rule of its own."""
    names = [name for name in error.instance if not name.startswith("/") and not is_legal(name)]
    for name in names[:1]:
        yield Problem(
            f"the name of a stream has letters, digits, dots, dashes and underscores, 249 at most, unlike {name!r}",
            f"{pointer}/{escape_token(name)}",
            "Rename it, or write a regular expression between slashes.",
        )


def _problem(error: Any, kind: str, pointer: str, schema: Any) -> Problem:
    meaning = schema.get("description") if isinstance(schema, dict) else None
    if kind == "Required":
        return Problem(f"{error.kind.property!r} is missing", pointer, f"Add {error.kind.property}.")
    if kind == "Type":
        wanted = [_NOUNS.get(name, name) for name in _listed(schema.get("type"))]
        return Problem(f"{describe(error.instance)} is not {' or '.join(wanted)}", pointer, meaning or "Correct it.")
    if kind == "Enum":
        near = get_close_matches(str(error.instance), [str(each) for each in error.kind.options], n=1, cutoff=0.5)
        options = ", ".join(map(describe, error.kind.options))
        remedy = f"Did you mean {near[0]!r}?" if near else f"Write one of {options}."
        return Problem(f"{describe(error.instance)} is not one of {options}", pointer, remedy)
    return Problem(error.message, pointer, meaning or "Correct it.")


def _listed(types: Any) -> list[str]:
    return types if isinstance(types, list) else [str(types)]


def _at(schema: Any, path: list[str | int]) -> Any:
    for step in path:
        schema = schema[step]
    return schema
