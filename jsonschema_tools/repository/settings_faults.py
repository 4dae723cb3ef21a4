"""Errors in a configuration, in words, with the key that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import describe
from jsonschema_tools.lookup.fetching import without_secrets
from jsonschema_tools.schemas.steps import pointer_to, steps_to

Fault = tuple[str, str, str]
"""JSON Pointer, message and remedy."""


def faults(settings: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Fault]:
    """What the schema does not allow: first names that it does not have, since what they should be is then missing."""
    from jsonschema_rs import validator_for

    from jsonschema_tools.nodejs.ajv import plain

    errors = list(validator_for(dict(schema)).iter_errors(plain(dict(settings))))
    for error in sorted(errors, key=lambda each: type(each.kind).__name__ != "AdditionalProperties"):
        pointer, message, remedy = _fault(settings, error, schema)
        yield pointer, without_secrets(message), remedy


def unknown_key(key: str, known: Iterable[str]) -> tuple[str, str]:
    """Message and remedy for a key that there is not."""
    return f"unknown key {key!r}", _near(key, known) or f"Known keys: {', '.join(sorted(known))}."


def _fault(settings: Mapping[str, Any], error: Any, schema: Mapping[str, Any]) -> Fault:
    steps, pointer = steps_to(settings, error), pointer_to(settings, error)
    if not steps:
        return pointer, error.message, "Correct it."
    key = str(steps[0])
    otherwise = schema["properties"][key]["description"]
    if type(error.kind).__name__ == "AdditionalProperties":
        name = error.kind.unexpected[0]
        message, remedy = unknown_key(name, _known(schema, error.schema_path))
        return f"{pointer}/{escape_token(name)}", f"{key}: {message}", remedy
    message, near = _words(error)
    return pointer, f"{key}: {message}", near or otherwise


def _words(error: Any) -> tuple[str, str | None]:
    """What is wrong, and the nearest value that would be right."""
    kind = type(error.kind).__name__
    if kind == "Enum":
        options = error.kind.options
        near = _near(error.instance, [option for option in options if isinstance(option, str)])
        return f"{describe(error.instance)} is not one of {', '.join(map(describe, options))}", near
    if kind == "Required":
        return f"{error.kind.property!r} is missing", None
    if kind != "OneOfNotValid":
        return error.message, None
    # Of alternatives those count that are for a value of this type.
    firsts = [errors[0] for errors in error.kind.context if errors]
    fitting = [each for each in firsts if type(each.kind).__name__ != "Type"] or firsts
    found = [_words(each) for each in fitting]
    near = next((remedy for _, remedy in found if remedy), None)
    return ", or: ".join(dict.fromkeys(message for message, _ in found)), near


def _near(name: object, known: Iterable[str]) -> str | None:
    found = get_close_matches(name, list(known), n=1, cutoff=0.5) if isinstance(name, str) else []
    return f"Did you mean {found[0]!r}?" if found else None


def _known(schema: Any, path: Sequence[str | int]) -> list[str]:
    """The properties of the schema in which a keyword of it stands."""
    for step in path[:-1]:
        schema = schema[step]
    return sorted(schema.get("properties", ()))
