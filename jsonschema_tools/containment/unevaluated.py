"""``unevaluatedProperties`` and ``unevaluatedItems``, expressed by other nodes.

What a schema evaluates depends on which of its branches the value satisfies. So the keyword becomes a decision about
one branch after the other, and at each end it is ``additionalProperties`` or ``items`` for what is left over there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jsonschema_tools.containment.nodes import Node
from jsonschema_tools.containment.references import Place, Unresolvable
from jsonschema_tools.schemas.vocabulary import Draft, keywords

if TYPE_CHECKING:
    from jsonschema_tools.containment.reading import Reader

MAX_BRANCHES = 8

Schema = dict[str, Any]


class Misshapen(ValueError):
    """A keyword has a value that no draft gives a meaning."""


def declared(schema: Schema, keyword: str) -> frozenset[str]:
    """The keys of a keyword that maps names or patterns to schemas. Raises `Misshapen`."""
    value = schema.get(keyword, {})
    if not isinstance(value, dict):
        raise Misshapen(keyword)
    return frozenset(value)


@dataclass(frozen=True, slots=True)
class _Evaluated:
    """What is evaluated: properties by name and pattern, items at the beginning and those that satisfy a node."""

    names: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    prefix: int = 0
    items: frozenset[Node] = frozenset()
    all_properties: bool = False
    all_items: bool = False

    def __or__(self, other: _Evaluated) -> _Evaluated:
        return _Evaluated(
            self.names | other.names,
            self.patterns | other.patterns,
            max(self.prefix, other.prefix),
            self.items | other.items,
            self.all_properties or other.all_properties,
            self.all_items or other.all_items,
        )


@dataclass(frozen=True, slots=True)
class _Branch:
    """If the value satisfies the conditions, this much of it is evaluated."""

    conditions: tuple[Node, ...]
    evaluated: _Evaluated


LeftOver = Callable[[_Evaluated], Node]
"""What is said of the rest, once it is known what is evaluated."""


def unevaluated_properties(reader: Reader, value: Any, schema: Schema, place: Place) -> list[Node]:
    """``unevaluatedProperties``: each property that nothing beside it evaluates."""
    rest = reader.inner(value, place)

    def left_over(found: _Evaluated) -> Node:
        return reader.graph.true if found.all_properties else reader.graph.others(found.names, found.patterns, rest)

    return [_decide(reader, schema, place, "unevaluatedProperties", left_over)]


def unevaluated_items(reader: Reader, value: Any, schema: Schema, place: Place) -> list[Node]:
    """``unevaluatedItems``: each item that nothing beside it evaluates."""
    rest = reader.inner(value, place)

    def left_over(found: _Evaluated) -> Node:
        if found.all_items:
            return reader.graph.true
        return reader.graph.holding("rest", found.prefix, reader.graph.any_of([*_in_order(found.items), rest]))

    return [_decide(reader, schema, place, "unevaluatedItems", left_over)]


def _in_order(nodes: frozenset[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: node.order)


def _decide(reader: Reader, schema: Schema, place: Place, keyword: str, left_over: LeftOver) -> Node:
    """Undecided where the branches lead back to this very decision: reading them would not come to an end."""
    if (id(schema), keyword) in reader.deciding:
        return reader.undecided(keyword)
    reader.deciding.add((id(schema), keyword))
    try:
        return _decision(reader, schema, place, keyword, left_over)
    finally:
        reader.deciding.discard((id(schema), keyword))


def _decision(reader: Reader, schema: Schema, place: Place, keyword: str, left_over: LeftOver) -> Node:
    found = _Evaluated()
    branches: dict[tuple[Node, ...], _Evaluated] = {}
    for branch in _branches(reader, {**schema, keyword: None}, place, (), 0):
        if branch.conditions:
            known = branches.get(branch.conditions, _Evaluated())
            branches[branch.conditions] = known | branch.evaluated
        else:
            found |= branch.evaluated
    telling = [(conditions, more) for conditions, more in branches.items() if found | more != found]
    if len(telling) > MAX_BRANCHES:
        return reader.undecided(keyword)

    def decide(at: int, evaluated: _Evaluated) -> Node:
        if at == len(telling):
            return left_over(evaluated)
        conditions, more = telling[at]
        condition = reader.graph.all_of(conditions)
        return reader.graph.choice(condition, decide(at + 1, evaluated | more), decide(at + 1, evaluated))

    return decide(0, found)


def _branches(reader: Reader, schema: Any, place: Place, conditions: tuple[Node, ...], depth: int) -> Iterator[_Branch]:
    """What a schema that the value satisfies evaluates, and its branches."""
    if not isinstance(schema, dict):
        return
    if depth > MAX_BRANCHES:
        raise Misshapen("branches within branches")
    yield _Branch(conditions, _own(reader, schema, place))
    for keyword in ("$ref", "$recursiveRef", "$dynamicRef"):
        if keyword in schema and keyword in keywords(reader.draft):
            try:
                target = place.lookup(keyword, schema)
            except Unresolvable as error:
                raise Misshapen(keyword) from error
            yield from _branches(reader, target.schema, target, conditions, depth + 1)
    for part in schema.get("allOf", ()):
        yield from _branches(reader, part, place, conditions, depth + 1)
    for condition, branch in _conditional(reader, schema, place):
        yield from _branches(reader, branch, place, (*conditions, condition), depth + 1)


def _conditional(reader: Reader, schema: Schema, place: Place) -> Iterator[tuple[Node, Any]]:
    for keyword in ("anyOf", "oneOf"):
        for branch in schema.get(keyword, ()):
            yield reader.schema(branch, place), branch
    if "if" in schema:
        condition = reader.schema(schema["if"], place)
        yield condition, schema["if"]
        yield condition, schema.get("then", True)
        yield condition.opposite, schema.get("else", True)
    for name in sorted(declared(schema, "dependentSchemas")):
        present = [reader.graph.types(["object"]), reader.graph.atom("has", name, keyword="required")]
        yield reader.graph.all_of(present), schema["dependentSchemas"][name]


def _own(reader: Reader, schema: Schema, place: Place) -> _Evaluated:
    items = schema.get("items")
    prefix_items = schema.get("prefixItems", ()) if reader.draft >= Draft.DRAFT_2020_12 else ()
    prefix = len(items) if isinstance(items, list) else len(prefix_items)
    every_item = "items" in schema and (not isinstance(items, list) or "additionalItems" in schema)
    satisfying = [reader.inner(schema["contains"], place)] if _contains_evaluates(reader, schema) else []
    closed = ("additionalProperties", "unevaluatedProperties")
    return _Evaluated(
        declared(schema, "properties"),
        declared(schema, "patternProperties"),
        prefix,
        frozenset(satisfying),
        any(schema.get(keyword) is not None for keyword in closed),
        every_item or schema.get("unevaluatedItems") is not None,
    )


def _contains_evaluates(reader: Reader, schema: Schema) -> bool:
    """What ``contains`` finds is evaluated since 2020-12; validators hold it so in 2019-09 too, and we with them."""
    return "contains" in schema and not reader.draft.ref_stands_alone
