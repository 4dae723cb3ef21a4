"""A schema and all that it refers to as one document, with every part at its own JSON Pointer.

Every reference is a JSON Pointer there, other documents are definitions, and no schema has a name: a part of one bundle
can be put into another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

from jsonschema_tools.compatibility.places import Place, below, everywhere
from jsonschema_tools.compatibility.resolution import DYNAMIC, Documents
from jsonschema_tools.documents.pointers import at, escape_token
from jsonschema_tools.documents.values import Document, clone
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.schemas.vocabulary import ANCHORS

OTHER = "/definitions/other version"
"""Where a bundle as a whole stands in another one that has something of it."""


@dataclass(frozen=True)
class Bundle:
    """The document, its draft, and the JSON Pointers that other documents have in it, by their URI."""

    document: Document
    draft: int
    others: dict[str, str]

    def pointer(self, pointer: str) -> str | None:
        """Where a place of the compared documents stands in the bundle; ``None`` where it is not in it."""
        uri, hash_, rest = pointer.rpartition("#")
        if not hash_:
            return pointer
        return f"{self.others[uri]}{rest}" if uri in self.others else None

    @cached_property
    def as_other(self) -> Document:
        """The document for use at `OTHER`."""
        return moved(self.document, OTHER)

    def is_reference(self, schema: Document) -> bool:
        """Whether a schema says nothing but what its ``$ref`` leads to."""
        if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
            return False
        return self.draft < 2019 or len(schema) == 1


def bundled(documents: Documents) -> Bundle:
    """The bundle of a schema. A reference that leads nowhere stays as it is."""
    bundler = _Bundler(documents)
    bundler.follow()
    return Bundle(bundler.root, documents.draft, bundler.others)


class _Bundler:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.root = _nameless(documents.root)
        self.others: dict[str, str] = {}
        self._copies: dict[str, Document] = {"": self.root}

    def follow(self) -> None:
        """Write every reference that the schema depends on as a pointer."""
        seen: set[str] = set()
        pending = [self._documents.root]
        while pending:
            here = pending.pop()
            if here.pointer in seen or not isinstance(here.schema, dict):
                continue
            seen.add(here.pointer)
            for keyword in ("$ref", *(DYNAMIC if self._documents.draft >= 2019 else ())):
                reference = here.schema.get(keyword)
                if isinstance(reference, str):
                    pending += self._rewritten(here, keyword, reference)
            if not self._documents.ignores_siblings(here.schema):
                pending += below(here)

    def _rewritten(self, here: Place, keyword: str, reference: str) -> list[Place]:
        try:
            target = self._documents.target(here, reference, dynamic=keyword in DYNAMIC)
        except SchemaToolsError:
            return []
        text = f"#{quote(self._prefix(target.document) + _local(target), safe='/~')}"
        copy = value_at(self._copies[here.document], _local(here))
        if keyword in DYNAMIC:
            copy.pop(keyword, None)
        if "$ref" in copy and keyword in DYNAMIC:
            copy["allOf"] = [*copy.get("allOf", ()), {"$ref": text}]
        else:
            copy["$ref"] = text
        return [target]

    def _prefix(self, document: str) -> str:
        """Where a document stands; one that was not met before becomes a definition."""
        if document and document not in self.others:
            self._copies[document] = _nameless(self._documents.whole(document))
            definitions = self.root.setdefault("definitions", {})
            definitions[document] = self._copies[document]
            self.others[document] = f"/definitions/{escape_token(document)}"
        return self.others.get(document, "")


def _local(place: Place) -> str:
    """The JSON Pointer of a place in its own document."""
    return place.pointer.rpartition("#")[2] if place.document else place.pointer


def _nameless(root: Place) -> Document:
    """A copy of a document without the names of schemas, and without the draft if it is not the first."""
    copy = clone(root.schema)
    for place in everywhere(Place(copy, "", "", "")):
        for keyword in (root.identity, *ANCHORS, *(("$schema",) if root.document else ())):
            if not isinstance(place.schema.get(keyword), (dict, list)):
                place.schema.pop(keyword, None)
    return copy


def moved(document: Document, prefix: str) -> Document:
    """A copy of a bundle's document, or of a part, for use below ``prefix``: its references lead to what is there."""
    if isinstance(document, dict):
        copy: dict[str, Any] = {key: moved(value, prefix) for key, value in document.items()}
        reference = copy.get("$ref")
        if isinstance(reference, str) and reference[:1] == "#":
            copy["$ref"] = f"#{quote(prefix, safe='/~')}{reference[1:]}"
        return copy
    return [moved(item, prefix) for item in document] if isinstance(document, list) else document


def together(accepting: Sequence[Document], refusing: Sequence[Document] = ()) -> Document:
    """The schema of what some bundled documents accept and others refuse; the first says the draft."""
    first = accepting[0]
    draft = {"$schema": first["$schema"]} if isinstance(first, dict) and "$schema" in first else {}
    definitions, parts = {}, []
    for index, document in enumerate((*accepting, *refusing)):
        plain = isinstance(document, dict)
        part = {key: value for key, value in document.items() if key != "$schema"} if plain else document
        definitions[str(index)] = moved(part, f"/definitions/{index}")
        reference = {"$ref": f"#/definitions/{index}"}
        parts.append(reference if index < len(accepting) else {"not": reference})
    return {**draft, "allOf": parts, "definitions": definitions}


def refers(value: Document, start: str = "") -> bool:
    """Whether anything in a value refers to something, by a reference that begins like this."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and unquote(reference).startswith(start):
            return True
        return any(refers(item, start) for item in value.values())
    return isinstance(value, list) and any(refers(item, start) for item in value)


def value_at(document: Document, pointer: str) -> Any:
    """What stands at a JSON Pointer; ``None`` where nothing does."""
    try:
        return at(document, pointer)
    except LookupError:
        return None


def has(value: Any, step: str) -> bool:
    """Whether a mapping or list has the entry that a reference token names."""
    if isinstance(value, list):
        return step.isascii() and step.isdigit() and int(step) < len(value)
    return isinstance(value, dict) and step in value
