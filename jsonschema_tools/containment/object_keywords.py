"""What the keywords about objects say, in nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jsonschema_tools.containment.nodes import Node
from jsonschema_tools.containment.references import Place
from jsonschema_tools.containment.unevaluated import (
    Misshapen,
    Schema,
    declared,
)

if TYPE_CHECKING:
    from jsonschema_tools.containment.reading import Reader


def required(reader: Reader, value: Any, _schema: Schema, _place: Place) -> list[Node]:
    """``required``: each name is there."""
    return [reader.graph.atom("has", name, keyword="required") for name in _names(value)]


def _names(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise Misshapen
    return value


def _mapping(value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise Misshapen
    return iter(value.items())


def properties(reader: Reader, value: Any, _schema: Schema, place: Place) -> list[Node]:
    """``properties``: each value under its name."""
    graph = reader.graph
    return [graph.holding("property", name, reader.inner(schema, place)) for name, schema in _mapping(value)]


def pattern_properties(reader: Reader, value: Any, _schema: Schema, place: Place) -> list[Node]:
    """``patternProperties``: each value under a name that matches."""
    graph = reader.graph
    return [
        graph.holding("pattern-property", pattern, reader.inner(schema, place)) for pattern, schema in _mapping(value)
    ]


def additional_properties(reader: Reader, value: Any, schema: Schema, place: Place) -> list[Node]:
    """``additionalProperties``: each value under a name that is not declared beside it."""
    names, patterns = (declared(schema, keyword) for keyword in ("properties", "patternProperties"))
    return [reader.graph.others(names, patterns, reader.inner(value, place))]


def property_names(reader: Reader, value: Any, _schema: Schema, place: Place) -> list[Node]:
    """``propertyNames``: each name, as a text."""
    node = reader.inner(value, place)
    return [] if node is reader.graph.true else [reader.graph.atom("names", node, keyword="propertyNames")]


def dependencies(reader: Reader, value: Any, _schema: Schema, place: Place) -> list[Node]:
    """``dependencies`` and its two successors: what a property brings with it."""
    graph = reader.graph
    nodes = []
    for name, dependency in _mapping(value):
        if isinstance(dependency, list):
            needed = graph.all_of(graph.atom("has", other, keyword="required") for other in _names(dependency))
        else:
            needed = reader.schema(dependency, place)
        absent = graph.atom("has", name, keyword="required").opposite
        nodes.append(graph.any_of([graph.types(["object"]).opposite, absent, needed]))
    return nodes
