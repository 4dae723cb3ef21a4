"""The fields of a schema as people read them: a tree, each with its type in words and its constraints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema_tools.documents.pointers import at, split
from jsonschema_tools.documents.values import Document
from jsonschema_tools.reports.escaping import readable

_DEEPEST = 30
_MOST_FIELDS = 20_000
_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minProperties": "at least {} members",
    "maxProperties": "at most {} members",
    "pattern": "matches {}",
}
_PLAIN = re.compile(r"[\w$@:-]+")
"""Names that need no quotes in a path."""
_LISTS = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class FieldNode:
    """A field: ``path`` as people write it (``meta.stream``, ``tags[].name``, ``headers.*``), and what is inside.

    ``values`` are those that it may have, as JSON texts, where the schema lists them.
    """

    path: str
    name: str
    type: str
    required: bool
    description: str
    constraints: tuple[str, ...]
    values: tuple[str, ...]
    default: str | None
    deprecated: bool
    inside: tuple[FieldNode, ...] = ()


def field_tree(document: Document) -> tuple[FieldNode, ...]:
    """The fields of a schema, in its order. References within the document are followed; where one leads back to a
    schema that it is in, its type names it and nothing more."""
    return _Reader(document).inside(document, "", 0, ())


def walked(nodes: tuple[FieldNode, ...]) -> Iterator[FieldNode]:
    """Every field, those inside of one behind it."""
    for node in nodes:
        yield node
        yield from walked(node.inside)


class _Reader:
    def __init__(self, root: Document) -> None:
        self._root = root
        self._left = _MOST_FIELDS

    def inside(self, schema: Document, path: str, depth: int, above: tuple[int, ...]) -> tuple[FieldNode, ...]:
        """The fields of the objects that a schema describes, those in lists and maps too."""
        schema, above = self._resolved(schema, above)
        if not isinstance(schema, dict) or depth > _DEEPEST or above.count(id(schema)) > 1:
            return ()
        found: dict[str, FieldNode] = {}
        required = schema.get("required")
        names = set(map(str, required)) if isinstance(required, list) else set()
        for member, part in _mapping(schema.get("properties")).items():
            self._left -= 1
            if self._left < 0:
                break
            name = member if _PLAIN.fullmatch(member) else readable(_json(member))
            found[name] = self._field(part, f"{path}.{name}" if path else name, name, member in names, depth, above)
        for word, step in (("items", "[]"), ("additionalProperties", ".*")):
            part = schema.get(word)
            if isinstance(part, dict):
                for node in self.inside(part, f"{path}{step}" if path else step.lstrip("."), depth + 1, above):
                    found.setdefault(node.path, node)
        for name, part in _mapping(schema.get("patternProperties")).items():
            label = f"/{name}/"
            found[label] = self._field(part, f"{path}.{label}" if path else label, label, False, depth, above)
        for word in _LISTS:
            parts = schema.get(word)
            for part in parts if isinstance(parts, list) else ():
                for node in self.inside(part, path, depth + 1, above):
                    found.setdefault(node.name, node)
        return tuple(found.values())

    def _field(
        self, schema: Document, path: str, name: str, required: bool, depth: int, above: tuple[int, ...]
    ) -> FieldNode:
        own = schema if isinstance(schema, dict) else {}
        said, _ = self._resolved(schema, above)
        said = {**said, **{key: own[key] for key in ("description", "default") if key in own}} if _is(said) else {}
        values = said.get("enum") if isinstance(said.get("enum"), list) else None
        if values is None and "const" in said:
            values = [said["const"]]
        return FieldNode(
            path,
            name,
            self._type(schema),
            required,
            _text(said.get("description")),
            tuple(_constraints(said)),
            tuple(_json(value) for value in values or ()),
            _json(said["default"]) if "default" in said else None,
            said.get("deprecated") is True,
            self.inside(schema, path, depth + 1, above),
        )

    def _resolved(self, schema: Document, above: tuple[int, ...]) -> tuple[Any, tuple[int, ...]]:
        """What a schema is after its references, and the schemas that it is in."""
        for _ in range(_DEEPEST):
            reference = schema.get("$ref") if isinstance(schema, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#"):
                break
            try:
                schema = at(self._root, reference[1:])
            except (LookupError, ValueError, TypeError):
                return {}, above
        return schema, (*above, id(schema))

    def _type(self, schema: Document, depth: int = 0) -> str:
        if schema is True or depth > _DEEPEST:
            return "anything"
        if not isinstance(schema, dict):
            return "nothing"
        reference = schema.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            return reference
        said, _ = self._resolved(schema, ())
        if not isinstance(said, dict):
            return "anything" if said is True else "nothing"
        kinds = said.get("type")
        names = kinds if isinstance(kinds, list) else [kinds] if isinstance(kinds, str) else []
        words = [self._kind(str(name), said, depth) for name in names]
        if not words:
            choices: list[Any] = next(
                (said[word] for word in ("oneOf", "anyOf") if isinstance(said.get(word), list)), []
            )
            words = list(dict.fromkeys(self._type(choice, depth + 1) for choice in choices))
        if not words and ("enum" in said or "const" in said):
            return "one of"
        if not words and "properties" in said:
            return "object"
        return " or ".join(words) or "anything"

    def _kind(self, name: str, said: dict[str, Any], depth: int) -> str:
        if name == "array" and isinstance(said.get("items"), dict):
            return f"array of {self._type(said['items'], depth + 1)}"
        if name == "object" and isinstance(said.get("additionalProperties"), dict) and not said.get("properties"):
            return f"map of {self._type(said['additionalProperties'], depth + 1)}"
        form = said.get("format")
        return f"{name} ({form})" if isinstance(form, str) and name == "string" else name


def _constraints(said: Mapping[str, Any]) -> Iterator[str]:
    for word, text in _BOUNDS.items():
        value = said.get(word)
        if value is not None and not isinstance(value, bool | dict | list):
            yield text.format(value if isinstance(value, str) else _json(value))
    if said.get("uniqueItems") is True:
        yield "no item twice"
    if said.get("additionalProperties") is False:
        yield "no other members"


def _is(value: Any) -> bool:
    return isinstance(value, dict)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def since_of(versions: list[tuple[str, set[str]]]) -> dict[str, str]:
    """Of each field of the last version, the version from which on every one has it; versions lowest first."""
    if not versions:
        return {}
    found = {}
    for path in versions[-1][1]:
        since = versions[-1][0]
        for number, paths in reversed(versions):
            if path not in paths:
                break
            since = number
        found[path] = since
    return found


def field_path(pointer: str) -> str:
    """The path of the field that a place in a schema is of, as `field_tree` writes it."""
    steps, path = iter(split(pointer)), ""
    for step in steps:
        if step == "properties":
            name = next(steps, "")
            path = f"{path}.{name}" if path else name
        elif step == "items":
            path += "[]"
        elif step == "additionalProperties":
            path += ".*"
    return path
