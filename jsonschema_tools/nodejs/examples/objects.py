"""Which properties a generated example gets, and the schema of each.

All optional properties are there, patterns and ``additionalProperties`` fill up to ``minProperties``, and
``maxProperties`` cuts. Source: json-schema-faker 0.5.0-rcv.34 under upstream's options (all optionals, always).
"""

from __future__ import annotations

from typing import Any

from jsonschema_tools.documents.values import own_keys
from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.examples.matching import matches
from jsonschema_tools.nodejs.examples.merging import merge_into, names
from jsonschema_tools.nodejs.examples.numbers import picked, shuffled, whole_between
from jsonschema_tools.nodejs.examples.pattern_strings import string_for
from jsonschema_tools.nodejs.examples.strings import WORD
from jsonschema_tools.nodejs.examples.values import at, mapping, number_at, refuse, truthy

EXTRA_NAME = f"{WORD}b"
"""The name of an additional property that nothing else names; there is only this one."""

MAX_PROPERTIES = 100_000

_CONSTRAINTS = ("minProperties", "maxProperties", "dependencies", "required")
_ANY_TYPE = ("integer", "number", "string", "boolean")


def members(schema: dict[str, Any]) -> dict[str, Any] | None:
    """The schemas of the properties by name; ``{"allOf": [...]}`` where dependencies come in; ``None`` for null."""
    return _Members(schema).all()


class _Members:
    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._properties = mapping(schema, "properties")
        self._patterns = mapping(schema, "patternProperties")
        required = at(schema, "required")
        wanted = truthy(required) and not isinstance(required, bool)
        self._required = names(required, "required") if wanted else []
        additional = at(schema, "additionalProperties")
        self._open = additional is not False
        self._additional = {"type": list(_ANY_TYPE)} if additional is True else additional
        self._chosen: dict[str, Any] = {}

    def all(self) -> dict[str, Any] | None:
        constrained = any(at(self._schema, keyword) is not UNDEFINED for keyword in _CONSTRAINTS)
        if not self._open and not self._properties and not self._patterns and constrained:
            return None
        optional = [name for name in self._declared() if name not in self._required]
        low, high = self._limits(len(optional))
        kept = int(high)
        chosen = [*self._required, *shuffled(optional)[:kept]][:kept]
        dependent = self._add_dependent(chosen)
        if dependent:
            del self._schema["dependencies"]
            return {"allOf": [*dependent, self._schema]}
        for name in chosen:
            self._choose(name)
        self._fill(low, high)
        return self._chosen

    def _declared(self) -> list[str]:
        return own_keys(self._properties) + own_keys(self._patterns)

    def _limits(self, optional: int) -> tuple[float, float]:
        """At least and at most how many properties there should be."""
        required = len(self._required)
        declared = required + optional
        high = number_at(self._schema, "maxProperties", 0.0) or float(declared + self._open)
        low = max(number_at(self._schema, "minProperties", 0.0), float(required))
        if declared == 1 and not required:
            low = max(whole_between(1, high), low)
        if low > MAX_PROPERTIES:
            refuse(f"more than {MAX_PROPERTIES} properties are asked for")
        return low, min(high, float(2**53))

    def _add_dependent(self, chosen: list[str]) -> list[Any]:
        """Add the names that ``dependencies`` bring in; the schemas that they bring in are returned."""
        schemas = []
        dependencies = mapping(self._schema, "dependencies")
        for name in own_keys(dependencies):
            if name in chosen:
                if isinstance(dependencies[name], list):
                    for other in names(dependencies[name], "dependencies"):
                        if other not in chosen:
                            chosen.append(other)
                else:
                    schemas.append(dependencies[name])
        return schemas

    def _choose(self, name: str) -> None:
        """Find the schema of a property, or the property of a pattern, which counts as a name here."""
        schema = at(self._properties, name)
        if truthy(schema) or (self._additional is False and name in self._required):
            self._chosen[name] = schema
        fitting = [pattern for pattern in own_keys(self._patterns) if matches(pattern, name)]
        for pattern in fitting:
            if truthy(at(self._chosen, name)):
                merge_into(self._chosen[name], self._patterns[pattern])
            else:
                self._chosen[string_for(name)] = self._patterns[pattern]
        own_pattern = at(self._patterns, name)
        fallback = own_pattern if truthy(own_pattern) else self._additional
        if not fitting and self._open and truthy(fallback):
            target = string_for(name) if truthy(own_pattern) else name
            self._chosen[target] = schema if truthy(schema) else fallback

    def _fill(self, low: float, high: float) -> None:
        wanted = low
        names_left = list(self._required)
        if self._open and not names_left:
            wanted = max(whole_between(1, high) if truthy(self._additional) else 0.0, low)
        current = len(self._chosen)
        while (self._patterns or self._open) and current < wanted:
            before = current, len(names_left)
            if self._open:
                current += self._fill_one(names_left)
            for pattern in own_keys(self._patterns):
                if current < low:
                    current += self._put(string_for(pattern), self._patterns[pattern])
            if before == (current, len(names_left)):
                refuse(f"{int(wanted)} properties are wanted here and upstream's search for more names never ends")
        if not names_left and not self._open:
            self._fill_declared(int(whole_between(low, high)) - current)

    def _fill_one(self, names_left: list[str]) -> int:
        if self._patterns and not truthy(self._additional):
            pattern = picked(own_keys(self._patterns))
            return self._put(string_for(pattern), self._patterns[pattern])
        name = self._next_missing(names_left) or EXTRA_NAME
        return self._put(name, self._additional if truthy(self._additional) else {"type": list(_ANY_TYPE)})

    def _fill_declared(self, count: int) -> None:
        left = own_keys(self._properties)
        for _ in range(min(count, len(left))):
            name = self._next_missing(left)
            if name:
                self._chosen[name] = self._properties[name]

    def _next_missing(self, left: list[str]) -> str | None:
        """Take names from the list up to the first that is not there yet; the last one if all are."""
        name = None
        while left:
            name = left.pop(0)
            if not truthy(at(self._chosen, name)):
                break
        return name

    def _put(self, name: str, schema: Any) -> int:
        if truthy(at(self._chosen, name)):
            return 0
        self._chosen[name] = schema
        return 1
