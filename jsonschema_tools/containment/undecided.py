"""What stopped a proof, in words: the keyword, where it stands, and why nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jsonschema_tools.containment.model import Answer, Containment, Projected
from jsonschema_tools.containment.nodes import Graph
from jsonschema_tools.containment.outcomes import TOO_DEEP, Unknown
from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document

TOO_DEEP_REASON = "the schemas nest too deep"

_IRREGULAR = "the regular expression has a back-reference or look-around, or is none of ECMA-262"
_ELSEWHERE = "where it leads is not known, or depends on where one came from"
_EVALUATED = "what is evaluated depends on itself"
_WHY = {
    "pattern": _IRREGULAR,
    "patternProperties": _IRREGULAR,
    "format": "no text is known that all validators judge alike",
    "uniqueItems": "too many items must differ",
    "minItems": "too many items are needed",
    "contains": "there are too many ways to arrange the items",
    "minProperties": "too many properties are needed",
    "minLength": "the texts are too long to be looked for",
    "multipleOf": "none of the first numbers that could be it is one",
    "minimum": "none of the first numbers that could be it is one",
    "$ref": _ELSEWHERE,
    "$recursiveRef": _ELSEWHERE,
    "$dynamicRef": _ELSEWHERE,
    "unevaluatedItems": _EVALUATED,
    "unevaluatedProperties": _EVALUATED,
    "schema": "it is neither a mapping nor true or false",
}


def undecided(outcome: Unknown, graph: Graph, documents: Iterable[Document], max_steps: int) -> Containment:
    """The answer that nobody knows, with its reason and the JSON Pointer of what stopped the search."""
    if outcome is TOO_DEEP:
        return Containment(Answer.UNKNOWN, TOO_DEEP_REASON)
    node = outcome.node
    source = None if node is None else graph.sources.get(node, graph.sources.get(node.opposite))
    pointer = None if source is None else _pointer(*source, documents)
    at = f" at {pointer or '/'}" if pointer is not None else ""
    if outcome.exhausted:
        return Containment(
            Answer.UNKNOWN, f"gave up after {max_steps} steps{at}; `compatibilitySteps` is the limit", pointer=pointer
        )
    said = node.payload if node is not None and node.kind == "undecided" else ""
    why = outcome.why or said or _WHY.get(outcome.keyword)
    reason = f"`{outcome.keyword}`{at} cannot be decided" + (f": {why}" if why else "")
    return Containment(Answer.UNKNOWN, reason, pointer=pointer)


def _pointer(schema: Document, keyword: str, documents: Iterable[Document]) -> str | None:
    """Where a schema has a keyword: in the document that it was read from, or was made of."""
    if isinstance(schema, Projected):
        return f"{schema.pointer}/{escape_token(keyword)}"
    pending: list[tuple[Any, str]] = [(document, "") for document in documents]
    while pending:
        value, pointer = pending.pop()
        if value is schema:
            return f"{pointer}/{escape_token(keyword)}"
        if isinstance(value, dict):
            pending += [(item, f"{pointer}/{escape_token(key)}") for key, item in value.items()]
        elif isinstance(value, list):
            pending += [(item, f"{pointer}/{index}") for index, item in enumerate(value)]
    return None
