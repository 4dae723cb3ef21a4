"""Which draft of JSON Schema a document is written in, and whether it is a schema of that draft.

A ``$schema`` of ``http`` or ``https``, with or without an empty fragment, is the same draft; without one, or with one
that is not known, a schema counts as draft-07, which is what schema repositories of this kind are written in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.values import Document

if TYPE_CHECKING:
    pass

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
