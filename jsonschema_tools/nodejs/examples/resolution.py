"""What upstream's example generator does to a schema before it makes a value of it: ``$ref``, ``allOf``, alternatives.

Resolving changes the schema in place, so that the next value made of the same schema starts where this one ended;
which examples come out depends on that. Source: json-schema-faker 0.5.0-rcv.34.
"""

from __future__ import annotations

from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.examples.merging import listed, merge_into, names, without
from jsonschema_tools.nodejs.examples.numbers import picked
from jsonschema_tools.nodejs.examples.values import at, compared, composite, entries, open_choice, refuse, truthy

Path = tuple[str | int, ...]

MAX_VISITS = 250_000
"""A schema of which more parts than this have to be visited (each as often as it is used) is refused."""

_LITERAL = frozenset({"enum", "const", "default", "examples", "required", "definitions", "items", "properties"})
"""Keywords whose values are left alone until they are needed."""


def place(document: Any, path: Path) -> str:
    """The JSON Pointer to the schema at a path; as near as it can be where the schema came out of a merge."""
    value, pointer = document, ""
    for token in path:
        if isinstance(value, dict) and isinstance(token, str) and token in value:
            value = value[token]
        elif isinstance(value, list) and str(token).isdigit() and int(token) < len(value):
            value = value[int(token)]
        elif isinstance(token, str):
            break
        else:
            continue
        pointer += f"/{escape_token(str(token))}"
    return pointer


class Resolution:
    """The schemas of one document while an example is made of it; ``steps`` counts what may change the next value."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.steps = 0
        self._visits = 0
        self._document = document
        self._identified: dict[str, Any] = {}
        self._seen: set[str] = set()
        self._depth_of_last: int | None = None
        self._identify(document, set())

    def resolved(self, schema: Any, path: Path) -> Any:
        """The schema without ``$ref`` and ``allOf``, changed in place; or a new one that holds an open choice."""
        if not isinstance(schema, (dict, list)):
            return schema
        self._visits += 1
        if self._visits > MAX_VISITS:
            refuse("there is too much to resolve")
        if isinstance(schema, dict):
            _drop_identity(schema)
            if isinstance(at(schema, "$ref"), str):
                return self._follow(schema, path)
            self._merge_parts(schema, path)
            alternatives = schema["oneOf"] if truthy(at(schema, "oneOf")) else at(schema, "anyOf")
            if isinstance(alternatives, list):
                return _choice(schema, alternatives)
        self._resolve_parts(schema, path)
        return schema

    def _resolve_parts(self, schema: Any, path: Path) -> None:
        for key, value in entries(schema):
            if composite(value) and key not in _LITERAL:
                try:
                    resolved = self.resolved(value, (*path, key))
                except SchemaError as error:
                    raise error.replaced(pointer=error.pointer or place(self._document, (*path, key))) from None
                schema[int(key) if isinstance(schema, list) else key] = resolved

    def _merge_parts(self, schema: dict[str, Any], path: Path) -> None:
        if not isinstance(at(schema, "allOf"), list):
            return
        for part in list(schema.pop("allOf")):
            resolved = self.resolved(part, path)
            choice = open_choice(resolved)
            merge_into(schema, choice(schema) if choice else resolved)
            if isinstance(at(schema, "allOf"), list):
                self.resolved(schema, path)

    def _follow(self, schema: dict[str, Any], path: Path) -> Any:
        """The first ``$ref`` to a place takes in what is there, later ones lead nowhere or to the place itself."""
        reference = schema["$ref"]
        self.steps += 1
        if reference == "#" or reference in self._seen:
            if reference != "#" and self._depth_of_last == len(path):
                return self._local(reference)
        else:
            self._seen.add(reference)
            self._depth_of_last = len(path)
            target = self._local(reference) if "#/" in reference else self._identified.get(reference)
            if not truthy(target):
                refuse(f"the reference {reference!r} leads nowhere")
            merge_into(schema, target)
        schema.pop("$ref", None)
        return schema

    def _local(self, reference: str) -> Any:
        value: Any = self._document
        for token in reference.rpartition("#/")[2].split("/"):
            value = dict(entries(value)).get(token)
            if not truthy(value):
                refuse(f"the reference {reference!r} leads nowhere")
        return value

    def _identify(self, value: Any, visited: set[int]) -> None:
        """Remember which schema has which ``$id``; the outermost and first one counts."""
        if not isinstance(value, (dict, list)) or id(value) in visited:
            return
        visited.add(id(value))
        identity = _identity(value)
        if isinstance(identity, str):
            self._identified.setdefault(identity, value)
        for _, item in entries(value):
            self._identify(item, visited)


def _identity(schema: Any) -> Any:
    return at(schema, "$id") if truthy(at(schema, "$id")) else at(schema, "id")


def _drop_identity(schema: dict[str, Any]) -> None:
    if isinstance(_identity(schema), str):
        for key in ("id", "$id", "$schema"):
            schema.pop(key, None)


def _choice(schema: dict[str, Any], alternatives: list[Any]) -> dict[str, Any]:
    """A schema that stands for the first alternative, more or less, as soon as it is known what it belongs to."""
    if truthy(at(schema, "enum")) and truthy(at(schema, "oneOf")):
        values = listed(schema["enum"], "enum")
        schema["enum"] = [value for value in values if not all(_within(value, each) for each in alternatives)]

    def choose(owner: Any) -> dict[str, Any]:
        chosen = without(schema, "anyOf", "oneOf")
        if not alternatives:
            refuse("there is no alternative to choose from")
        preferred = picked(alternatives)
        merge_into(chosen, preferred)
        for other in alternatives:
            if other is not preferred and truthy(at(other, "required")):
                _forget(chosen, owner, names(other["required"], "required"))
        return chosen

    return {"thunk": choose}


def _forget(chosen: dict[str, Any], owner: Any, required_there: list[str]) -> None:
    """Drop the properties that another alternative requires and the chosen one does not."""
    required, properties = at(chosen, "required"), at(chosen, "properties")
    belonging = at(owner, "properties")
    for name in required_there:
        if isinstance(properties, dict) and not (isinstance(required, list) and name in required):
            properties.pop(name, None)
        if isinstance(belonging, dict):
            belonging.pop(name, None)


def _within(value: Any, schema: Any) -> bool:
    """Whether the schema has bounds and the value is within them, by JavaScript's comparison."""
    entries(schema)
    low, high = at(schema, "minimum"), at(schema, "maximum")
    if low is UNDEFINED and high is UNDEFINED:
        return False
    return (low is UNDEFINED or compared(value, low) >= 0) and (high is UNDEFINED or compared(value, high) <= 0)
