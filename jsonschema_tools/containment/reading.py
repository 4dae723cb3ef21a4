"""Schemas of all drafts, read into nodes.

What a draft does not know is an annotation. A keyword whose value its draft does not allow, a ``$ref`` that leads
nowhere and a dynamic reference become nodes that nobody can decide, so that no answer is built on them.
"""

from __future__ import annotations

from typing import Any

from jsonschema_tools.containment.keywords import KEYWORDS
from jsonschema_tools.containment.nodes import Graph, Node
from jsonschema_tools.containment.references import Place, Target, Unresolvable
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.vocabulary import Draft, keywords

Schema = dict[str, Any]

MISSHAPEN = "its value is none that the draft gives a meaning"


class Reader:
    """Reads the schemas of one document, and of those it refers to.

    ``is_declared``: each document is of the draft that it names; else all are of the one ``draft``.
    """

    def __init__(self, graph: Graph, draft: Draft, place: Place, *, is_declared: bool = True) -> None:
        self.graph, self.draft, self.root = graph, draft, place
        self._is_declared = is_declared
        self._done: dict[Target, Node] = {}
        self._open: dict[Target, int] = {}
        self._recursive: dict[Target, Node] = {}
        self._depth = 0
        self.deciding: set[tuple[int, str]] = set()
        """The schemas whose unevaluated parts are being worked out, and the keyword."""

    def document(self) -> Node:
        """The node of the whole document."""
        return self.referenced(self.root)

    def referenced(self, place: Place) -> Node:
        """The node of a schema that a reference leads to; one that is being read stands for itself."""
        known = self._done.get(place.target)
        if known is not None:
            return known
        if place.target in self._open:
            if self._open[place.target] == self._depth:
                return self.undecided("$ref")
            if place.target not in self._recursive:
                self._recursive[place.target] = self.graph.atom("ref", object())
            return self._recursive[place.target]
        self._open[place.target] = self._depth
        node = self._in_its_draft(place)
        del self._open[place.target]
        if place.target in self._recursive:
            reference = self._recursive[place.target]
            reference.payload = reference.opposite.payload = node
        self._done[place.target] = node
        return node

    def _in_its_draft(self, place: Place) -> Node:
        """The node of a schema that a reference leads to, which may be of another draft."""
        around = self.draft
        if place.draft is not None and self._is_declared:
            self.draft = place.draft
        try:
            return self.schema(place.schema, place)
        finally:
            self.draft = around

    def schema(self, schema: Document, place: Place) -> Node:
        """The node of a schema that stands at a place."""
        if isinstance(schema, bool):
            return self.graph.true if schema else self.graph.false
        if not isinstance(schema, dict):
            return self.undecided("schema")
        place = place.within(schema)
        if "$ref" in schema and self.draft.ref_stands_alone:
            return self.reference("$ref", schema, place)
        parts = []
        for keyword, read in KEYWORDS.items():
            if keyword in schema and keyword in keywords(self.draft):
                try:
                    nodes = read(self, schema[keyword], schema, place)
                except (TypeError, ValueError):  # Misshapen, or as bad in a way that Python notices
                    nodes = [self.undecided(keyword, MISSHAPEN)]
                for node in nodes:
                    self.graph.sources.setdefault(node, (schema, keyword))
                parts += nodes
        return self.graph.all_of(parts)

    def inner(self, schema: Document, place: Place) -> Node:
        """The node of a schema about a part of the value: recursion may pass here."""
        self._depth += 1
        try:
            return self.schema(schema, place)
        finally:
            self._depth -= 1

    def reference(self, keyword: str, schema: Schema, place: Place) -> Node:
        """The node of what a reference leads to; undecided where that cannot be said."""
        try:
            node = self.referenced(place.lookup(keyword, schema))
        except Unresolvable as error:
            node = self.undecided(keyword, error.why)
        self.graph.sources.setdefault(node, (schema, keyword))
        return node

    def undecided(self, keyword: str, why: str = "") -> Node:
        """What nobody knows; ``why`` in words, where the keyword alone does not say it."""
        return self.graph.atom("undecided", keyword, object(), payload=why, keyword=keyword)
