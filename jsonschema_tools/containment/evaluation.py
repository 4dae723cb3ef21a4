"""Whether a value satisfies a node: a small validator over the inner form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from jsonschema_tools.containment.formats import conforms
from jsonschema_tools.containment.nodes import TYPE_OF_KIND, WRITTEN_WHOLE, Node, exact, type_of
from jsonschema_tools.documents.values import Document, value_key
from jsonschema_tools.patterns.searching import matches


class Undecided(Exception):
    """The keyword that nobody can decide for a value, and the node that has it."""

    def __init__(self, keyword: str, node: Node) -> None:
        super().__init__(keyword)
        self.keyword, self.node = keyword, node


def holds(node: Node, value: Document) -> bool:
    """Whether the value satisfies the node. Raises `Undecided`."""
    needed = TYPE_OF_KIND.get(node.kind)
    if needed is not None and type_of(value) != needed:
        return node.positive
    return _CHECKS[node.kind](node, value) is node.positive


def all_hold(nodes: Iterable[Node], value: Document) -> bool:
    """Whether the value satisfies all nodes. Raises `Undecided` only if none of the others refuses it."""
    undecided = None
    for node in nodes:
        try:
            if not holds(node, value):
                return False
        except Undecided as error:
            undecided = error
    if undecided is not None:
        raise undecided
    return True


def verdict(nodes: Iterable[Node], value: Document) -> bool | None:
    """Whether the value satisfies the nodes; ``None`` where nobody knows."""
    try:
        return all_hold(nodes, value)
    except Undecided:
        return None


def suits(nodes: Iterable[Node], value: Document) -> bool:
    """Whether the value surely satisfies the nodes."""
    return verdict(nodes, value) is True


def _one(node: Node, value: Document) -> bool:
    return sum(holds(part, value) for part in node.args[0]) == 1


def _if(node: Node, value: Document) -> bool:
    condition, then, otherwise = node.args
    return holds(then if holds(condition, value) else otherwise, value)


def _types(node: Node, value: Document) -> bool:
    found = type_of(value)
    if found in node.args[0]:
        return True
    if found != "number":
        return False
    return ("integer" in node.args[0] and isinstance(exact(value), int)) or (
        WRITTEN_WHOLE in node.args[0] and isinstance(value, int)
    )


def _at_least(node: Node, value: Document) -> bool:
    limit, exclusive = node.args
    return bool(exact(value) > limit if exclusive else exact(value) >= limit)


def _at_most(node: Node, value: Document) -> bool:
    limit, exclusive = node.args
    return bool(exact(value) < limit if exclusive else exact(value) <= limit)


def _pattern(node: Node, value: Document) -> bool:
    found = matches(node.args[0], value)
    if found is None:
        raise Undecided("pattern", node)
    return found


def _format(node: Node, value: Document) -> bool:
    found = conforms(node.args[0], value)
    if found is None:
        raise Undecided("format", node)
    return found


def _rest(node: Node, value: Document) -> bool:
    index, schema = node.args
    return all(holds(schema, item) for item in value[index:])


def _unique(node: Node, value: Document) -> bool:
    return len({value_key(item) for item in value}) == len(value)


def _names_matching(node: Node, pattern: str, value: Document) -> list[str]:
    names = []
    for name in value:
        found = matches(pattern, name)
        if found is None:
            raise Undecided("patternProperties", node)
        if found:
            names.append(name)
    return names


def _additional(node: Node, value: Document) -> bool:
    names, patterns, schema = node.args
    others = [name for name in value if name not in names]
    if others and patterns:
        known = {name for pattern in patterns for name in _names_matching(node, pattern, value)}
        others = [name for name in others if name not in known]
    return all(holds(schema, value[name]) for name in others)


def _undecided(node: Node, value: Document) -> bool:
    raise Undecided(node.keyword, node)


def _size_at_least(node: Node, value: Document) -> bool:
    return bool(len(value) >= node.args[0])


def _size_at_most(node: Node, value: Document) -> bool:
    return bool(len(value) <= node.args[0])


def _satisfying(node: Node, value: Document) -> int:
    return sum(holds(node.args[0], item) for item in value)


_CHECKS: dict[str, Callable[[Node, Any], bool]] = {
    "all": lambda node, value: all_hold(node.payload, value),
    "one": _one,
    "if": _if,
    "ref": lambda node, value: holds(node.payload, value),
    "types": _types,
    "enum": lambda node, value: value_key(value) in node.args[0],
    "at-least": _at_least,
    "at-most": _at_most,
    "multiple": lambda node, value: exact(value) % node.args[0] == 0,
    "min-length": _size_at_least,
    "max-length": _size_at_most,
    "pattern": _pattern,
    "format": _format,
    "min-items": _size_at_least,
    "max-items": _size_at_most,
    "item": lambda node, value: len(value) <= node.args[0] or holds(node.args[1], value[node.args[0]]),
    "rest": _rest,
    "min-contains": lambda node, value: _satisfying(node, value) >= node.args[1],
    "max-contains": lambda node, value: _satisfying(node, value) <= node.args[1],
    "unique": _unique,
    "min-properties": _size_at_least,
    "max-properties": _size_at_most,
    "has": lambda node, value: node.args[0] in value,
    "property": lambda node, value: node.args[0] not in value or holds(node.args[1], value[node.args[0]]),
    "pattern-property": lambda node, value: all(
        holds(node.args[1], value[name]) for name in _names_matching(node, node.args[0], value)
    ),
    "additional": _additional,
    "names": lambda node, value: all(holds(node.args[0], name) for name in value),
    "undecided": _undecided,
}
