"""Where a part of a schema stands, of which draft it is, and where its references lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.dialects import assumed_draft, declared_draft
from jsonschema_tools.schemas.resources import registry, resource
from jsonschema_tools.schemas.vocabulary import REFERENCES, Draft

Retrieve = Callable[[str], Document]

_BASE = "shttp://schemas"
"""What stands before the path of a schema: references join on to absolute URIs, and of known schemes only."""

_DYNAMIC = REFERENCES[1:]


class NoPlace(Exception):
    """A reference leads nowhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A schema, what its references are relative to, and its draft."""

    schema: Document
    resolver: Any
    draft: Draft


class Places:
    """The places of one schema document and of those it refers to.

    A schema that is the same object is at the same place, unless references depend on how one came to them
    (``dynamic``): then nothing is remembered.
    """

    def __init__(self, document: Document, uri: str, retrieve: Retrieve) -> None:
        self._document, self._retrieve = document, retrieve
        self._uri = uri if "://" in uri[:10] else f"{_BASE}/{uri.lstrip('/')}"
        self._known: dict[int, Place] = {}
        self._root: Place | None = None
        self.dynamic = False

    def root(self) -> Place:
        """The place of the document itself."""
        if self._root is None:
            draft = assumed_draft(self._document)
            known = registry(lambda uri: self._retrieve(uri.removeprefix(_BASE)), draft)
            known = known.with_resource(self._uri, resource(self._document, draft))
            self._root = self._entered(self._document, known.resolver(self._uri), draft)
        return self._root

    def inside(self, place: Place, schema: Document) -> Place:
        """The place of a schema that stands in another."""
        known = self._known.get(id(schema)) if not self.dynamic else None
        if known is None:
            known = self._known[id(schema)] = self._entered(schema, place.resolver, place.draft)
        return known

    def target(self, place: Place, keyword: str) -> Place:
        """The place that a reference leads to. Raises `NoPlace`."""
        from referencing.exceptions import Unresolvable
        from referencing.jsonschema import lookup_recursive_ref

        try:
            if keyword == "$recursiveRef":
                found = lookup_recursive_ref(place.resolver)
            else:
                found = place.resolver.lookup(place.schema[keyword])
        except (Unresolvable, ValueError, TypeError, AttributeError) as error:
            raise NoPlace from error
        known = self._known.get(id(found.contents)) if not self.dynamic else None
        if known is None:
            known = self._found(found.contents, found.resolver, place.draft)
            self._known[id(found.contents)] = known
        return known

    def _found(self, schema: Document, resolver: Any, draft: Draft) -> Place:
        """What a reference leads to. The resolver has entered an ``$id`` on the way, but not that of a document."""
        draft = _draft_of(schema, draft)
        identifier = schema.get(draft.identifier) if isinstance(schema, dict) else None
        if isinstance(identifier, str) and (identifier.startswith("/") or "://" in identifier):
            return self._entered(schema, resolver, draft)
        return Place(schema, resolver, draft)

    def is_dynamic(self, schema: dict[str, Any]) -> bool:
        """Whether where the references of a schema lead depends on how one came to it."""
        return any(keyword in schema for keyword in _DYNAMIC)

    def _entered(self, schema: Document, resolver: Any, draft: Draft) -> Place:
        if isinstance(schema, dict) and ("$schema" in schema or "$id" in schema or "id" in schema):
            draft = _draft_of(schema, draft)
            if not ("$ref" in schema and draft.ref_stands_alone):
                resolver = resolver.in_subresource(resource(schema, draft))
        return Place(schema, resolver, draft)


def _draft_of(schema: Document, draft: Draft) -> Draft:
    return declared_draft(schema) or draft
