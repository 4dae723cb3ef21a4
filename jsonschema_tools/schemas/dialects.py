"""Which draft of JSON Schema a document is written in.

A ``$schema`` of ``http`` or ``https``, with or without an empty fragment, is the same draft; without one, or with one
that is not known, a schema counts as draft-07, which is what schema repositories of this kind are written in.
"""

from __future__ import annotations

import re
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import UsageError
from jsonschema_tools.schemas.vocabulary import Draft, keywords

DRAFT_07 = Draft.DRAFT_07.uri

_METASCHEMAS = {draft.uri.partition("://")[2].removesuffix("#"): draft for draft in Draft}
_UNSUPPORTED = re.compile(r"^https?://json-schema\.org/draft-(0[0-3])/")


def draft_named(name: str) -> Draft:
    """The draft with this name (``draft-07``, ``7``, ``2020-12``, ...) or metaschema. Raises `UsageError`."""
    wanted = name.partition("://")[2].removesuffix("#") or name
    if wanted in _METASCHEMAS:
        return _METASCHEMAS[wanted]
    for draft in Draft:
        number = draft.title.removeprefix("draft-").removeprefix("0")
        if wanted in {draft.title, number, f"draft{number}", f"draft-{number}", f"draft{draft.title}"}:
            return draft
    number = wanted.removeprefix("draft").removeprefix("-").removeprefix("0")
    old = f": draft-0{number} is not supported" if number in ("0", "1", "2", "3") else ""
    raise UsageError(
        f"{name!r} is no draft of JSON Schema that can be compared{old}",
        remedy=f"Use one of {', '.join(draft.title for draft in Draft)}.",
    )


def draft_of(document: Document, name: str | None = None) -> Draft:
    """The draft that a document names; ``name`` (``7``, ``draft-07``, ``2020-12``) beats ``$schema``.

    Raises `UsageError` for a draft that is not known or not supported.
    """
    declared = document.get("$schema") if isinstance(document, dict) and name is None else None
    if isinstance(declared, str) and (old := _UNSUPPORTED.search(declared)):
        raise UsageError(
            f"draft-{old[1]} is not supported: {declared!r} is no draft that can be compared",
            pointer="/$schema",
            remedy="Write the schema in draft-04 or a later one, or name the draft to read it as with --draft.",
        )
    return effective_draft(document, name)


def declared_draft(document: Document) -> Draft | None:
    """The draft that a ``$schema`` names; ``None`` where there is none, or none that is known."""
    declared = document.get("$schema") if isinstance(document, dict) else None
    return _METASCHEMAS.get(declared.partition("://")[2].removesuffix("#")) if isinstance(declared, str) else None


def effective_draft(document: Document, name: str | None = None) -> Draft:
    """The draft of this name, else the one that the document names, else draft-07. Raises `UsageError`."""
    return draft_named(name) if name is not None else assumed_draft(document)


def assumed_draft(document: Document) -> Draft:
    """The draft that a ``$schema`` names, else draft-07."""
    return declared_draft(document) or Draft.DRAFT_07


def metaschema_uri(document: Document) -> str:
    """The canonical URI of the metaschema that the document's ``$schema`` names."""
    return assumed_draft(document).uri


def metaschema_at(uri: str) -> dict[str, Any] | None:
    """The metaschema of a draft, or of a vocabulary, that is known by a URI: with ``http`` or ``https``."""
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

    address = uri.removesuffix("#")
    draft = _METASCHEMAS.get(address.partition("://")[2])
    known = address if draft is None else draft.uri.removesuffix("#")
    return REGISTRY.contents(known) if known in REGISTRY else None


def canonical_reference(reference: str) -> str:
    """A reference; one to the metaschema of a draft is spelt as that draft calls itself."""
    address, _, fragment = reference.partition("#")
    known = _METASCHEMAS.get(address.partition("://")[2])
    return reference if known is None else f"{known.uri.removesuffix('#')}#{fragment}"


def metaschema_uris() -> list[str]:
    """The URIs of all metaschemas of drafts and vocabularies."""
    from jsonschema_specifications import REGISTRY

    return list(REGISTRY)


def is_known_dialect(schema: dict[str, Any]) -> bool:
    """Whether the schema names a draft of JSON Schema, or none, which means draft-07."""
    return "$schema" not in schema or declared_draft(schema) is not None


def bundled(document: Document) -> dict[tuple[str, str], dict[str, Any]]:
    """The definitions that are schemas of another draft, by keyword and name.

    One that has no ``$id`` is a document of its own only if its references do not lead around in the whole.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    if not isinstance(document, dict):
        return found
    # Drafts that do not know ``$defs`` look for no schemas in it.
    for keyword in ("definitions", "$defs"):
        if keyword not in keywords(assumed_draft(document)):
            continue
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
