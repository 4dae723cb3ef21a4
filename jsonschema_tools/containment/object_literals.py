"""Literals about an object, collected: required and excluded names, and what the values must be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jsonschema_tools.containment.nodes import Graph, Node

if TYPE_CHECKING:
    from jsonschema_tools.containment.search import Search


Nodes = frozenset[Node]
Chosen = dict[str, Nodes]


@dataclass(frozen=True, slots=True)
class Wish:
    """Some property shall exist with a name and a value like this."""

    name: Nodes
    value: Nodes


ANY = Wish(frozenset(), frozenset())


@dataclass(slots=True)
class Wanted:
    """What literals ask of one object."""

    low: int = 0
    high: int | None = None
    required: Chosen = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    wishes: list[Wish] = field(default_factory=list)
    properties: dict[str, list[Node]] = field(default_factory=dict)
    patterns: list[tuple[str, Node]] = field(default_factory=list)
    additional: list[tuple[frozenset[str], frozenset[str], Node]] = field(default_factory=list)
    names: list[Node] = field(default_factory=list)

    def require(self, name: str, *nodes: Node) -> None:
        """Ask for a property, and for what its value must satisfy."""
        self.required[name] = self.required.get(name, frozenset()) | frozenset(nodes)


def read(search: Search, literals: list[Node]) -> Wanted:
    """The literals about an object, collected."""
    wanted = Wanted()
    for node in literals:
        args = node.args
        match node.kind, node.positive:
            case "min-properties", True:
                wanted.low = max(wanted.low, args[0])
            case "max-properties", False:
                wanted.low = max(wanted.low, args[0] + 1)
            case ("max-properties", True) | ("min-properties", False):
                limit = args[0] if node.positive else args[0] - 1
                wanted.high = limit if wanted.high is None else min(wanted.high, limit)
            case "has", True:
                wanted.require(args[0])
            case "has", False:
                wanted.absent.add(args[0])
            case "property", True:
                wanted.properties.setdefault(args[0], []).append(args[1])
            case "property", False:
                wanted.require(args[0], args[1].opposite)
            case "pattern-property", True:
                wanted.patterns.append(args)
            case "additional", True:
                wanted.additional.append(args)
            case "names", True:
                wanted.names.append(args[0])
            case (("pattern-property" | "additional" | "names"), False):
                wanted.wishes.append(_wish(search.graph, node))
    return wanted


def _wish(graph: Graph, node: Node) -> Wish:
    """What must exist so that the node is refused."""
    if node.kind == "names":
        return Wish(frozenset([node.args[0].opposite]), frozenset())
    if node.kind == "pattern-property":
        pattern, schema = node.args
        return Wish(frozenset([graph.atom("pattern", pattern)]), frozenset([schema.opposite]))
    names, patterns, schema = node.args
    known = [graph.enum(sorted(names)), *(graph.atom("pattern", one) for one in sorted(patterns))]
    return Wish(frozenset(one.opposite for one in known), frozenset([schema.opposite]))
