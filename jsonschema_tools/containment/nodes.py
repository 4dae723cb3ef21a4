"""Schemas in one inner form, free of drafts: a graph of nodes, each with its negation.

Equal schemas become the same node (hash-consing), so that ``A and not A`` is seen without a look inside. A positive
node that speaks about one JSON type holds for every value of another type, as in JSON Schema; its opposite therefore
holds only for values of that type. "any of" is not a node: it is the opposite of "all of the opposites".

=================  ==========================================  ====================================================
kind               args                                        the positive node holds if
=================  ==========================================  ====================================================
all                frozenset of nodes (payload: in order)      every part holds
one                tuple of nodes                              exactly one holds
if                 condition, then, else                       the chosen branch holds
ref                serial number (target is set later)         the target holds: a recursive schema
types              frozenset of names of types                 the value has one of the types; see `WRITTEN_WHOLE`
enum               frozenset of keys (payload: the values)     the value equals one of them
at-least, at-most  number, exclusive                           a number is within the bound
multiple           number                                      a number is a multiple of it
min-length, ...    count                                       a string, array or object is not too small (large)
pattern, format    text                                        a string matches
item               index, node                                 the item at the index, if any, satisfies the node
rest               index, node                                 all items from the index on do
min-contains, ...  node, count                                 at least (at most) so many items satisfy the node
unique                                                         no two items are equal
has                name                                        the property is there
property           name, node                                  the property, if there, satisfies the node
pattern-property   pattern, node                               all properties whose name matches do
additional         frozenset of names, of patterns, node       all other properties do
names              node                                        all property names satisfy the node
undecided          keyword                                     nobody knows: the keyword is beyond this module
=================  ==========================================  ====================================================
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import Any

from jsonschema_tools.documents.values import Document, ExactFloat, value_key

TYPES = ("null", "boolean", "number", "string", "array", "object")

WRITTEN_WHOLE = "integer without a point"
"""The type that draft-04 calls ``integer``: no ``1.0``. All others call each whole number so (draft-06, 6.25)."""

TYPE_OF_KIND = {
    **dict.fromkeys(("at-least", "at-most", "multiple"), "number"),
    **dict.fromkeys(("min-length", "max-length", "pattern", "format"), "string"),
    **dict.fromkeys(
        ("min-items", "max-items", "item", "rest", "min-contains", "max-contains", "unique"),
        "array",
    ),
    **dict.fromkeys(
        ("min-properties", "max-properties", "has", "property", "pattern-property", "additional", "names"),
        "object",
    ),
}
"""The JSON type that a kind of node speaks about."""


_KEYWORDS = {
    "item": "items",
    "rest": "items",
    "property": "properties",
    "pattern-property": "patternProperties",
}


class Node:
    """A schema, or with ``positive`` false what it refuses; see the table above."""

    __slots__ = ("args", "keyword", "kind", "opposite", "order", "payload", "positive")
    kind: str
    args: tuple[Any, ...]
    payload: Any
    keyword: str
    order: int
    positive: bool
    opposite: Node

    def __repr__(self) -> str:
        return f"{'' if self.positive else '~'}{self.kind}{self.args if self.kind != 'ref' else ''}"


class Graph:
    """Makes nodes, the same one for the same schema."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, tuple[Any, ...]], Node] = {}
        self.sources: dict[Node, tuple[Document, str]] = {}
        """The schema and the keyword that a node was read from first."""
        self.samples: dict[str, list[Document]] = {}
        """Values that examples and defaults give a property, by its name."""
        self.looks_at_writing = False
        """Whether ``1`` and ``1.0`` are told apart somewhere."""
        self.true = self.atom("all", frozenset(), payload=())
        self.false = self.true.opposite

    def atom(self, kind: str, *args: Hashable, payload: Any = None, keyword: str = "") -> Node:
        """The node of a kind; ``keyword`` is what the schema's author would call it."""
        known = self._nodes.get((kind, args))
        if known is not None:
            return known
        node, opposite = Node(), Node()
        for one, other, positive in ((node, opposite, True), (opposite, node, False)):
            one.kind, one.args, one.payload, one.keyword = kind, args, payload, keyword or kind
            one.positive, one.opposite, one.order = positive, other, 2 * len(self._nodes) + positive
        self._nodes[(kind, args)] = node
        return node

    def all_of(self, parts: Iterable[Node]) -> Node:
        """The conjunction of nodes."""
        flat: dict[Node, None] = {}
        for part in parts:
            inner = part.payload if part.kind == "all" and part.positive else (part,)
            for node in inner:
                if node is self.false or node.opposite in flat:
                    return self.false
                flat[node] = None
        if len(flat) == 1:
            return next(iter(flat))
        return self.atom("all", frozenset(flat), payload=tuple(flat), keyword="anyOf")

    def any_of(self, parts: Iterable[Node]) -> Node:
        """The disjunction of nodes."""
        merged = self._listed(list(parts))
        return self.all_of(part.opposite for part in merged).opposite

    def one_of(self, parts: Iterable[Node]) -> Node:
        """The node of values that satisfy exactly one of the nodes."""
        possible = [part for part in parts if part is not self.false]
        if len(possible) < 2:
            return possible[0] if possible else self.false
        lists = [_values_of(part) for part in possible]
        if None not in lists and len(set().union(*lists)) == sum(map(len, lists)):  # type: ignore[arg-type]
            # No value is in two of the lists.
            return self.any_of(possible)
        # The order says nothing, so it makes no other node.
        return self.atom("one", tuple(sorted(possible, key=lambda part: part.order)), keyword="oneOf")

    def _listed(self, parts: list[Node]) -> list[Node]:
        """The alternatives, with those that only list values as one."""
        lists = [part for part in parts if part.kind == "enum" and part.positive]
        if len(lists) < 2:
            return parts
        others = [part for part in parts if part.kind != "enum" or not part.positive]
        return [self.enum(value for part in lists for value in part.payload), *others]

    def choice(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """``then`` where the condition holds, ``otherwise`` where it does not."""
        if then is otherwise:
            return then
        if condition is self.true or condition is self.false:
            return then if condition is self.true else otherwise
        return self.atom("if", condition, then, otherwise)

    def types(self, names: Iterable[str]) -> Node:
        """The node of all values of these types."""
        found = frozenset(names)
        if "number" in found:
            found -= {"integer"}
        if found & {"number", "integer"}:
            found -= {WRITTEN_WHOLE}
        self.looks_at_writing |= WRITTEN_WHOLE in found
        return self.true if found.issuperset(TYPES) else self.atom("types", found, keyword="type")

    def enum(self, values: Iterable[Document]) -> Node:
        """The node of exactly these values."""
        found = {value_key(value): value for value in values}
        return self.atom("enum", frozenset(found), payload=tuple(found.values()))

    def at_least(self, kind: str, count: int) -> Node:
        """``min-length`` and its like: nothing less than 1 says anything."""
        return self.true if count <= 0 else self.atom(f"min-{kind}", count, keyword=f"min{kind.title()}")

    def at_most(self, kind: str, count: int) -> Node:
        """The node of values with no more than so many of a kind: characters, items or properties."""
        return self.atom(f"max-{kind}", count, keyword=f"max{kind.title()}")

    def holding(self, kind: str, where: Hashable, node: Node) -> Node:
        """An ``item``, ``rest``, ``property`` or ``pattern-property`` with its schema."""
        return self.true if node is self.true else self.atom(kind, where, node, keyword=_KEYWORDS[kind])

    def others(self, names: frozenset[str], patterns: frozenset[str], node: Node) -> Node:
        """All properties that have none of the names and match none of the patterns satisfy the node."""
        if node is self.true:
            return node
        return self.atom("additional", names, patterns, node, keyword="additionalProperties")

    def equal_to(self, value: Document) -> Node:
        """What it means to equal an array or object, said by other nodes."""
        if isinstance(value, list):
            sizes = [self.at_least("items", len(value)), self.at_most("items", len(value))]
            items = [self.atom("item", index, self.enum([item])) for index, item in enumerate(value)]
            return self.all_of([self.types(["array"]), *sizes, *items])
        if not isinstance(value, dict):
            return self.enum([value])
        names = frozenset(value)
        present = [self.atom("has", name, keyword="required") for name in value]
        properties = [self.atom("property", name, self.enum([item])) for name, item in value.items()]
        closed = self.others(names, frozenset(), self.false)
        return self.all_of([self.types(["object"]), *present, *properties, closed])


def _values_of(node: Node) -> frozenset[Hashable] | None:
    """The keys of the values that a node allows at most, where it lists them."""
    parts = node.payload if node.kind == "all" and node.positive else (node,)
    return next((part.args[0] for part in parts if part.kind == "enum" and part.positive), None)


def type_of(value: Document) -> str:
    """The JSON type of a value of a document."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def exact(number: float) -> int | Fraction:
    """The number as it is written in decimal, an ``int`` where it is whole."""
    if isinstance(number, int):
        return number
    value = Fraction(number.text if isinstance(number, ExactFloat) else repr(number))
    return int(value) if value.denominator == 1 else value
