"""Which draft of JSON Schema a document is written in, and whether it is a schema of that draft.

A ``$schema`` of ``http`` or ``https``, with or without an empty fragment, is the same draft; without one, or with one
that is not known, a schema counts as draft-07, which is what schema repositories of this kind are written in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.values import Document, escape_token

DRAFT_07 = "http://json-schema.org/draft-07/schema#"

_METASCHEMAS = {
    "json-schema.org/draft-04/schema": "http://json-schema.org/draft-04/schema#",
    "json-schema.org/draft-06/schema": "http://json-schema.org/draft-06/schema#",
    "json-schema.org/draft-07/schema": DRAFT_07,
    "json-schema.org/draft/2019-09/schema": "https://json-schema.org/draft/2019-09/schema",
    "json-schema.org/draft/2020-12/schema": "https://json-schema.org/draft/2020-12/schema",
}

_NOT_ABOUT_TYPES = frozenset({"minItems", "uniqueItems", "format"})
"""Rules of the metaschemas that a merge can live with; upstream materializes what breaks only these."""


def metaschema_uri(document: Document) -> str:
    """The canonical URI of the metaschema that the document's ``$schema`` names."""
    declared = document.get("$schema") if isinstance(document, dict) else None
    if not isinstance(declared, str):
        return DRAFT_07
    return _METASCHEMAS.get(declared.partition("://")[2].removesuffix("#"), DRAFT_07)


def misshapen(document: Document) -> Iterator[tuple[str, str]]:
    """JSON Pointer and message of every keyword whose value has a type or range its draft does not know."""
    from jsonschema_rs import meta

    schema = _canonical(document)
    if meta.is_valid(schema):
        return
    yield from _explain(schema)


def _canonical(document: Document) -> Any:
    return {**document, "$schema": metaschema_uri(document)} if isinstance(document, dict) else document


def _explain(schema: Any) -> Iterator[tuple[str, str]]:
    from jsonschema.validators import validator_for

    validator = validator_for(schema)
    for error in validator(validator.META_SCHEMA).iter_errors(schema):
        cause = _cause(error)
        if cause.validator not in _NOT_ABOUT_TYPES:
            steps = [str(step) for step in cause.absolute_path]
            pointer = "".join(f"/{escape_token(step)}" for step in steps)
            yield pointer, f"{steps[-1]}: {cause.message}" if steps else cause.message


def _cause(error: Any) -> Any:
    """What is wrong in words: of the alternatives that all fail, the one that gets furthest."""
    if not error.context:
        return error
    causes = [_cause(inner) for inner in error.context]
    return max(causes, key=lambda cause: (len(cause.absolute_path), cause.validator != "type"))
