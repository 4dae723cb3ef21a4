"""The documents that a schema consists of, and where its references lead.

Unlike materializing, which inlines what a ``$ref`` leads to, comparing follows references as they are, recursion
included.
Source: JSON Schema draft-07 section 8, 2019-09 and 2020-12 section 8.2.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from jsonschema_tools.compatibility.places import Place, everywhere, is_schema
from jsonschema_tools.documents.pointers import child, split
from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.errors import SchemaToolsError, UnresolvableReference
from jsonschema_tools.schemas.dialects import metaschema_at
from jsonschema_tools.schemas.reference_list import SAME_DOCUMENT
from jsonschema_tools.schemas.references import Retrieve
from jsonschema_tools.schemas.vocabulary import ANCHORS, REFERENCES, Draft

_FORWARDING = frozenset({*REFERENCES, "allOf", "$defs", "definitions"})
DYNAMIC = REFERENCES[1:]
"""References that lead to where one came from, since 2019-09."""


class Documents:
    """The documents that a schema consists of: itself, and those that it refers to, each asked for once."""

    def __init__(self, document: Document, draft: Draft, retrieve: Retrieve | None = None) -> None:
        self.draft = draft
        self._retrieve = retrieve
        self._resources: dict[str, Place] = {}
        self._anchors: dict[tuple[str, str], Place] = {}
        self._dynamic: dict[str, Place] = {}
        self._unindexed: list[Place] = []
        self.root = self._add(document, "")

    @functools.cached_property
    def has_references(self) -> bool:
        """Whether any part of the schema may refer to another."""
        pending: list[Any] = [self.root.schema]
        while pending:
            value = pending.pop()
            if isinstance(value, dict):
                if not value.keys().isdisjoint(REFERENCES):
                    return True
                pending += value.values()
            elif isinstance(value, list):
                pending += value
        return False

    def retrieve(self, uri: str) -> Document:
        """Another document. Raises `UnresolvableReference` where none can be looked up."""
        if self._retrieve is None:
            raise UnresolvableReference(
                f"{uri!r} cannot be looked up here", remedy="Name the base URI that has the schema."
            )
        return self._retrieve(uri)

    def parts(self, place: Place, *, alternatives: bool = True) -> tuple[tuple[Place, ...], bool]:
        """The places whose keywords all apply at one: itself, what its ``$ref`` leads to, the parts of its ``allOf``.

        With ``alternatives`` those of which only one is left count as parts too. Places that allow everything are left
        out; the second value says whether one of them allows nothing.
        """
        found: list[Place] = []
        seen: set[str] = set()
        pending, nothing = [place], False
        while pending:
            here = pending.pop()
            if not isinstance(here.schema, dict):
                nothing = nothing or here.schema is False
            elif here.schema and here.pointer not in seen:
                seen.add(here.pointer)
                if not (_FORWARDING.issuperset(here.schema) or self.ignores_siblings(here.schema)):
                    found.append(here)
                pending += reversed(list(self._beside(here, alternatives)))
        return tuple(found), nothing

    def _beside(self, here: Place, alternatives: bool) -> Iterator[Place]:
        schema = here.schema
        if isinstance(schema.get("$ref"), str):
            yield self.target(here, schema["$ref"])
            if self.ignores_siblings(schema):
                return
        if self.draft >= 2019:
            for keyword in DYNAMIC:
                if isinstance(schema.get(keyword), str):
                    yield self.target(here, schema[keyword], dynamic=True)
        yield from here.children("allOf")
        for keyword in ("anyOf", "oneOf") if alternatives else ():
            branches = here.children(keyword)
            possible = [branch for branch in branches if branch.schema is not False]
            if branches and len(possible) <= 1:
                yield (possible or branches)[0]

    def ignores_siblings(self, schema: Document) -> bool:
        """Whether a ``$ref`` stands alone: up to draft-07 the keywords beside it do not count."""
        return self.draft < 2019 and isinstance(schema.get("$ref"), str)

    def target(self, place: Place, reference: str, *, dynamic: bool = False) -> Place:
        """Where a reference leads. Raises `UnresolvableReference`, and what ``retrieve`` raises.

        A dynamic one is followed as in the outermost scope: the compared document itself, where it has the anchor.
        """
        if dynamic:
            self._index()
            found = self._dynamic.get(reference.partition("#")[2])
            if found is not None:
                return found
        address, hash_, rest = reference.partition("#")
        # Real repositories write ./#/definitions/x for a place in the same document, as `schemas.references` has it.
        address = "" if address in SAME_DOCUMENT else address
        try:
            uri, fragment = urldefrag((urljoin(place.base, address) if address else place.base) + hash_ + rest)
        except ValueError:
            raise _dangling(place, reference, "it is not a URI") from None
        resource = self._resource(uri, place, reference)
        if not fragment:
            return resource
        if fragment[0] != "/":
            self._index()
            found = self._anchors.get((uri, unquote(fragment)))
            if found is None:
                raise _dangling(place, reference, f"there is no anchor {fragment!r}")
            return found
        return self._walk(resource, fragment, place, reference)

    def whole(self, document: str) -> Place:
        """One of the documents that were followed so far, by the key that its places have."""
        return self._resources[document]

    def _resource(self, uri: str, place: Place, reference: str) -> Place:
        if uri not in self._resources:
            self._index()
        found = self._resources.get(uri)
        if found is not None:
            return found
        metaschema = metaschema_at(uri)
        if metaschema is not None:
            return self._add(metaschema, uri)
        if self._retrieve is None:
            raise _dangling(place, reference, "no other documents can be looked up here")
        try:
            document = self._retrieve(uri)
        except SchemaToolsError as error:
            if error.source is None and error.pointer is None:
                raise error.replaced(pointer=place.at("$ref")) from error
            raise
        return self._add(document, uri)

    def _add(self, document: Document, uri: str) -> Place:
        start = Place(document, f"{uri}#" if uri else "", uri, uri, self.draft.identifier)
        root = replace(start, base=start.base_below(document))
        self._resources.setdefault(uri, root)
        self._resources.setdefault(root.base, root)
        self._unindexed.append(root)
        return root

    def _index(self) -> None:
        """Find the schemas that have names, in the documents that were not looked through yet."""
        while self._unindexed:
            root = self._unindexed.pop()
            for place in everywhere(root):
                self._name(place, is_own=root is self.root)

    def _name(self, place: Place, *, is_own: bool) -> None:
        identity = place.schema.get(place.identity)
        if isinstance(identity, str):
            if identity[:1] == "#":
                self._anchors.setdefault((urldefrag(place.base).url, identity[1:]), place)
            elif not self.ignores_siblings(place.schema):
                self._resources.setdefault(urldefrag(place.base).url, place)
        for keyword in ANCHORS[:2]:
            name = place.schema.get(keyword)
            if isinstance(name, str):
                self._anchors.setdefault((urldefrag(place.base).url, name), place)
                if keyword == "$dynamicAnchor" and is_own:
                    self._dynamic.setdefault(name, place)

    @staticmethod
    def _walk(resource: Place, fragment: str, place: Place, reference: str) -> Place:
        here, value = resource, resource.schema
        for token in map(unquote, split(fragment)):
            try:
                value = child(value, token)
            except LookupError:
                raise _dangling(place, reference, f"there is no {token!r} in it") from None
            here = here.child(value, token)
        if not is_schema(value):
            raise _dangling(place, reference, f"{describe(value)} is not a schema")
        return here


def _dangling(place: Place, reference: str, reason: str) -> UnresolvableReference:
    return UnresolvableReference(
        f"$ref {reference!r} cannot be followed: {reason}",
        remedy="Correct the reference, or name the base URI that has the schema.",
        source=place.document or None,
        pointer=place.at("$ref").partition("#")[2] if place.document else place.at("$ref"),
    )
