"""Where a schema stands, and where its references lead: resolved by the library that the reference validator uses."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.dialects import assumed_draft, declared_draft, stands_alone
from jsonschema_tools.schemas.resources import registry, resource
from jsonschema_tools.schemas.vocabulary import Draft

_PART = "it is of another draft than the document, has no `$id` of its own, and refers around in the document"

Target = Hashable
Retrieve = Callable[[str], Document]


class Unresolvable(Exception):
    """A reference leads nowhere, or somewhere else depending on how one came; ``why`` in words where that is known."""

    def __init__(self, reference: str = "", why: str = "") -> None:
        super().__init__(reference)
        self.why = why


@dataclass(frozen=True, slots=True)
class Place:
    """A schema and the resolver of the references in it, made when the first reference needs it.

    The resolver of a schema that a reference leads to has entered the schema's own ``$id``.
    """

    schema: Document
    source: Source
    resolver: Any = None
    draft: Draft | None = None
    """The draft of the schema where that is another than that of whatever refers to it."""

    @property
    def target(self) -> Target:
        """The identity of the schema, under which its node is remembered."""
        return id(self.schema)

    def within(self, schema: dict[str, Any]) -> Place:
        """The place inside a schema: an ``$id`` in it changes what references are relative to."""
        if schema is self.schema:
            return self
        identifier = schema.get(self.source.id_keyword)
        if not isinstance(identifier, str) or ("$ref" in schema and self.source.draft.ref_stands_alone):
            return self
        resolver = self._resolver().in_subresource(self.source.resource(schema))
        return Place(self.schema, self.source, resolver)

    def lookup(self, keyword: str, schema: dict[str, Any]) -> Place:
        """The place that the reference in a schema leads to. Raises `Unresolvable`."""
        from referencing.exceptions import Unresolvable as Nowhere

        reference = schema[keyword]
        if not isinstance(reference, str) or (keyword != "$ref" and not self._is_static(keyword, reference)):
            raise Unresolvable
        try:
            resolved = self._resolver().lookup(reference)
        except (Nowhere, ValueError, TypeError, AttributeError) as error:
            raise Unresolvable(reference) from error
        return Place(resolved.contents, self.source, resolved.resolver, _named_draft(resolved))

    def _resolver(self) -> Any:
        return self.resolver if self.resolver is not None else self.source.root_resolver()

    def _is_static(self, keyword: str, reference: str) -> bool:
        """Whether a dynamic reference can lead to one place only, however one came there."""
        if any(not str(one).startswith("#") for one in self.source.values_of("$ref")):
            return False
        if keyword == "$recursiveRef":
            moved = True in self.source.values_of("$recursiveAnchor")
            return reference == "#" and (not moved or len(self.source.values_of("$id")) <= 1)
        return self.source.values_of("$dynamicAnchor").count(reference.rpartition("#")[2]) <= 1


def _named_draft(resolved: Any) -> Draft | None:
    """The draft that a schema names, or the document that it stands in. Raises `Unresolvable`."""
    try:
        whole = resolved.resolver.lookup("").contents
    except Exception:
        whole = None
    for schema in (resolved.contents, whole):
        named = declared_draft(schema)
        if named is not None:
            if schema is not whole and named is not assumed_draft(whole) and not stands_alone(schema):
                raise Unresolvable(why=_PART)
            return named
    return None


class Source:
    """A document, its draft, and how to get others."""

    def __init__(self, document: Document, draft: Draft, retrieve: Retrieve | None) -> None:
        self.document, self.draft, self.retrieve = document, draft, retrieve
        self.id_keyword = draft.identifier
        self._root: Any = None

    def resource(self, schema: Document) -> Any:
        """A schema of the document, or of another one, as a resource."""
        return resource(schema, self.draft)

    def registry(self) -> Any:
        """What the references of the document are resolved in."""
        return registry(self.retrieve, self.draft)

    def root_resolver(self) -> Any:
        """The resolver of references in the document itself."""
        if self._root is None:
            self._root = self.registry().resolver_with_root(self.resource(self.document))
        return self._root

    def values_of(self, keyword: str) -> list[str | bool]:
        """All texts and booleans that a keyword (or what has its name) has anywhere in the document."""
        found: list[str | bool] = []
        pending = [self.document]
        while pending:
            value = pending.pop()
            if isinstance(value, dict):
                found += [item for name, item in value.items() if name == keyword and isinstance(item, (str, bool))]
                pending += value.values()
            elif isinstance(value, list):
                pending += value
        return found
