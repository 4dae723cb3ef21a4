"""Which draft of JSON Schema a document is written in, and whether it is a schema of that draft.

A ``$schema`` of ``http`` or ``https``, with or without an empty fragment, is the same draft; without one, or with one
that is not known, a schema counts as draft-07, which is what schema repositories of this kind are written in.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.numbers import number_text
from jsonschema_tools.documents.values import Document, describe, escape_token
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.schemas.ajv import format_checkers, plain
from jsonschema_tools.schemas.steps import pointer_to

if TYPE_CHECKING:
    from jsonschema_rs import Draft7Validator

DRAFT_07 = "http://json-schema.org/draft-07/schema#"

_METASCHEMAS = {
    "json-schema.org/draft-04/schema": "http://json-schema.org/draft-04/schema#",
    "json-schema.org/draft-06/schema": "http://json-schema.org/draft-06/schema#",
    "json-schema.org/draft-07/schema": DRAFT_07,
    "json-schema.org/draft/2019-09/schema": "https://json-schema.org/draft/2019-09/schema",
    "json-schema.org/draft/2020-12/schema": "https://json-schema.org/draft/2020-12/schema",
}

_WITH_DEFS = ("https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema")

DRAFTS = tuple(_METASCHEMAS.values())
"""The URIs of the metaschemas, from the oldest draft to the newest."""

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


def metaschema_uri(document: Document) -> str:
    """The canonical URI of the metaschema that the document's ``$schema`` names."""
    declared = document.get("$schema") if isinstance(document, dict) else None
    if not isinstance(declared, str):
        return DRAFT_07
    return _METASCHEMAS.get(declared.partition("://")[2].removesuffix("#"), DRAFT_07)


def metaschema_at(uri: str) -> dict[str, Any] | None:
    """The metaschema of a draft, or of a vocabulary, that is known by a URI: with ``http`` or ``https``."""
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

    address = uri.removesuffix("#")
    known = _METASCHEMAS.get(address.partition("://")[2], address).removesuffix("#")
    return REGISTRY.contents(known) if known in REGISTRY else None


def canonical_reference(reference: str) -> str:
    """A reference; one to the metaschema of a draft is spelt as that draft calls itself."""
    address, _, fragment = reference.partition("#")
    known = _METASCHEMAS.get(address.partition("://")[2])
    return reference if known is None else f"{known.removesuffix('#')}#{fragment}"


def metaschema_uris() -> list[str]:
    """The URIs of all metaschemas of drafts and vocabularies."""
    from jsonschema_specifications import REGISTRY

    return list(REGISTRY)


def is_known_dialect(schema: dict[str, Any]) -> bool:
    """Whether the schema names a draft of JSON Schema, or none, which means draft-07."""
    declared = schema.get("$schema", DRAFT_07)
    return isinstance(declared, str) and declared.partition("://")[2].removesuffix("#") in _METASCHEMAS


def bundled(document: Document) -> dict[tuple[str, str], dict[str, Any]]:
    """The definitions that are schemas of another draft, by keyword and name.

    One that has no ``$id`` is a document of its own only if its references do not lead around in the whole.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    if not isinstance(document, dict):
        return found
    # Drafts that do not know ``$defs`` look for no schemas in it.
    for keyword in ("definitions", "$defs") if metaschema_uri(document) in _WITH_DEFS else ("definitions",):
        group = document.get(keyword)
        for name, entry in group.items() if isinstance(group, dict) else ():
            if is_of_another(entry, metaschema_uri(document)) and stands_alone(entry):
                found[keyword, name] = entry
    return found


def is_of_another(schema: Document, draft: str) -> bool:
    """Whether a schema names a known draft, and not the one with this metaschema."""
    named = isinstance(schema, dict) and "$schema" in schema and is_known_dialect(schema)
    return named and metaschema_uri(schema) != draft


def stands_alone(schema: dict[str, Any]) -> bool:
    """Whether a schema inside of another is a document of its own: it has a name, or no need of one."""
    return isinstance(schema.get("$id"), str) or not _refers_inside(schema)


def _refers_inside(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(map(_refers_inside, schema))
    if not isinstance(schema, dict):
        return False
    return str(schema.get("$ref", "")).startswith("#") or any(map(_refers_inside, schema.values()))


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
        yield from _explain(schema, _NOT_ABOUT_TYPES)


def invalid_as_draft_07(document: Document) -> Iterator[tuple[str, str]]:
    """JSON Pointer and message of everything that AJV 6 refuses in a schema of draft-07, whatever ``$schema`` says."""
    validator = _draft_07_of_ajv()
    try:
        with suppress(ValueError):
            if validator.is_valid(document):
                return
        # Numbers beyond a double and timestamps are no values of JSON to the library.
        document = plain(document)
        if validator.is_valid(document):
            return
    except UnicodeEncodeError:
        yield "", "half of a surrogate pair, which is no character"
        return
    explained = list(_explain({**document, "$schema": DRAFT_07}, frozenset())) if isinstance(document, dict) else []
    yield from explained
    if not explained:
        # The library that explains checks no formats.
        for error in validator.iter_errors(document):
            yield pointer_to(document, error), error.message


@functools.cache
def _draft_07_of_ajv() -> Draft7Validator:
    from jsonschema_rs import Draft7Validator

    metaschema = json.loads(Path(__file__).with_name("draft_07_of_ajv.json").read_text("utf-8"))
    return Draft7Validator(metaschema, validate_formats=True, formats=dict(format_checkers()))


def is_unicode(document: Document) -> bool:
    """Whether no string has a lone surrogate: jsonschema-rs cannot read those, and no file can have such a name."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_valid(schema: Any) -> bool:
    """Whether the metaschema allows the schema; false also where only `_explain` can tell."""
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


def _explain(schema: Any, ignored: frozenset[str]) -> Iterator[tuple[str, str]]:
    from jsonschema.validators import validator_for

    validator = validator_for(schema)
    for error in validator(validator.META_SCHEMA).iter_errors(schema):
        cause = _cause(error)
        if cause.validator not in ignored:
            yield "".join(f"/{escape_token(str(step))}" for step in cause.absolute_path), _complaint(cause)


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
