"""Whether a document is a schema of its draft, and what its metaschema says against it, in words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.numbers import number_text
from jsonschema_tools.documents.pointers import escape_token, join
from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.schemas.dialects import bundled, metaschema_uri

_NOT_ABOUT_TYPES = frozenset({"minItems", "uniqueItems", "format"})
"""Rules of the metaschemas that a merge can live with; upstream materializes what breaks only these."""

_CLOSENESS = {"type": 0, "enum": 1}
"""Of two alternatives that fail at the same place: a value of a wrong type is furthest from being right."""

_NOUNS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def check_mapping(document: Document) -> None:
    """Raise `SchemaError` when the document is no mapping of keywords."""
    if not isinstance(document, dict):
        raise SchemaError(
            f"the document is not a schema: it is {describe(document)}",
            pointer="",
            remedy="Write a JSON Schema: a mapping of keywords.",
        )


def misshapen(document: Document) -> Iterator[tuple[str, str]]:
    """JSON Pointer and message of every keyword whose value has a type or range its draft does not know.

    A definition that is a schema of another draft is judged by that.
    """
    entries = bundled(document)
    for (keyword, name), entry in entries.items():
        for pointer, message in misshapen(entry):
            yield f"/{keyword}/{escape_token(name)}{pointer}", message
    if entries:
        document = dict(document)
        for keyword in dict.fromkeys(keyword for keyword, _ in entries):
            document[keyword] = {n: {} if (keyword, n) in entries else one for n, one in document[keyword].items()}
    yield from _misshapen(document)


def _misshapen(document: Document) -> Iterator[tuple[str, str]]:
    if isinstance(document, dict) and not isinstance(document.get("$schema", ""), str):
        yield "/$schema", f"{describe(document['$schema'])} is not a string"
        return
    if not _is_json(document):
        yield from _numbers_unknown_to_json(document, "")
        return
    schema = _canonical(document)
    if not _is_valid(schema):
        yield from explained(schema, _NOT_ABOUT_TYPES)


def is_unicode(document: Document) -> bool:
    """Whether no string has a lone surrogate: jsonschema-rs cannot read those, and no file can have such a name."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_valid(schema: Any) -> bool:
    """Whether the metaschema allows the schema; false also where only `explained` can tell."""
    from jsonschema_rs import meta

    try:
        return bool(meta.is_valid(schema))
    except ValueError:
        # Lone surrogates, timestamps and fractions with more digits than a double has.
        return False


def _is_json(document: Document) -> bool:
    try:
        json.dumps(document, allow_nan=False)
    except ValueError:
        return False
    return True


def _numbers_unknown_to_json(value: Document, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, float) and not math.isfinite(value):
        yield pointer, f"{number_text(value)} is not a number that JSON knows"
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield from _numbers_unknown_to_json(item, f"{pointer}/{escape_token(str(key))}")


def _canonical(document: Document) -> Any:
    return {**document, "$schema": metaschema_uri(document)} if isinstance(document, dict) else document


def explained(schema: Any, ignored: frozenset[str]) -> Iterator[tuple[str, str]]:
    """JSON Pointer and message of all that a metaschema refuses, but for the ignored rules."""
    from jsonschema.validators import validator_for

    validator = validator_for(schema)
    for error in validator(validator.META_SCHEMA).iter_errors(schema):
        cause = _cause(error)
        if cause.validator not in ignored:
            yield join(cause.absolute_path), _complaint(cause)


def _cause(error: Any) -> Any:
    """What is wrong in words: of the alternatives that all fail, the one that gets furthest."""
    if not error.context:
        return error
    causes = [_cause(inner) for inner in error.context]
    return max(causes, key=lambda cause: (len(cause.absolute_path), _CLOSENESS.get(cause.validator, 2)))


def _complaint(cause: Any) -> str:
    """The cause in few words, however large the value is."""
    given, rule = describe(cause.instance), cause.validator_value
    match cause.validator:
        case "type":
            names = [rule] if isinstance(rule, str) else rule
            return f"{given} is not {', '.join(_NOUNS[name] for name in names)}"
        case "enum":
            return f"{given} is not one of {', '.join(map(describe, rule))}"
        case "minimum" | "exclusiveMinimum":
            return f"{given} is too small"
        case "pattern":
            return f"{given} does not match {rule}"
    return f"{given} breaks the rule {cause.validator!r} of the metaschema"
