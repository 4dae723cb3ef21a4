"""A goal split into cases: the types a value can have, and the branches of a choice."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import combinations

from jsonschema_tools.containment.nodes import TYPES, WRITTEN_WHOLE, Node


def type_fits(kind: str, node: Node) -> bool:
    """Whether a value of the JSON type can satisfy a node of kind ``types``; ``integer`` is part of ``number``."""
    names = node.args[0]
    if kind == "number" and not names.isdisjoint(("integer", WRITTEN_WHOLE)):
        return True
    return (kind in names) is node.positive


def possible_types(goal: list[Node]) -> tuple[str, ...]:
    """The types that a glance does not rule out."""
    types: tuple[str, ...] = TYPES
    for node in goal:
        for part in node.payload if node.kind == "all" and node.positive else (node,):
            if part.kind == "types":
                types = tuple(kind for kind in types if type_fits(kind, part))
    return types


def options(choice: Node, assumed: Container[Node]) -> Iterator[tuple[Node, ...]]:
    """The ways to satisfy a choice, given what is assumed already."""
    if choice.kind == "all":
        yield from ((part.opposite,) for part in choice.payload)
    elif choice.kind == "if":
        condition, then, otherwise = choice.args
        yield condition, then if choice.positive else then.opposite
        yield condition.opposite, otherwise if choice.positive else otherwise.opposite
    elif choice.positive:
        (parts,) = choice.args
        for index, part in enumerate(parts):
            yield part, *(other.opposite for at, other in enumerate(parts) if at != index)
    else:
        (parts,) = choice.args
        held = next((part for part in parts if part in assumed), None)
        if held is None:
            yield tuple(part.opposite for part in parts)
            yield from combinations(parts, 2)
        else:
            at = parts.index(held)
            yield from ((held, part) for part in (*parts[:at], *parts[at + 1 :]))
