"""The fields that a schema describes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jsonschema_tools.documents.pointers import escape_token, split
from jsonschema_tools.documents.values import Document

_VALUES = ("items", "additionalItems", "additionalProperties")
_CHOICES = ("anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Field:
    """A property as a schema declares it: the JSON Pointer, the name, and what it is."""

    pointer: str
    name: str
    schema: Any = field(compare=False)


def declared_fields(schema: Document, pointer: str = "", known: frozenset[str] = frozenset()) -> Iterator[Field]:
    """Every property that the schema declares, at any depth, once.

    Looked through are properties, the values of arrays and maps, ``allOf``, ``anyOf`` and ``oneOf``. A member of
    these that repeats a property of the schema around it only narrows it: that is no declaration. Neither is what is
    in conditions (``if``, ``not``, ``contains``, ``dependencies``) and in ``definitions``.
    """
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    own = properties if isinstance(properties, dict) else {}
    for name, subschema in own.items():
        here = f"{pointer}/properties/{escape_token(name)}"
        if name not in known and subschema is not False:
            yield Field(here, name, subschema)
            yield from declared_fields(subschema, here)
    for key in _VALUES:
        yield from declared_fields(schema.get(key), f"{pointer}/{key}")
    patterns = schema.get("patternProperties")
    for name, subschema in patterns.items() if isinstance(patterns, dict) else ():
        yield from declared_fields(subschema, f"{pointer}/patternProperties/{escape_token(name)}")
    if isinstance(items := schema.get("items"), list):
        for index, item in enumerate(items):
            yield from declared_fields(item, f"{pointer}/items/{index}")
    known = known | own.keys()
    for key in ("allOf", *_CHOICES):
        members = schema.get(key)
        for index, member in enumerate(members if isinstance(members, list) else ()):
            yield from declared_fields(member, f"{pointer}/{key}/{index}", known)


def field_at(pointer: str) -> str | None:
    """The name of the field that the place of a schema belongs to; ``None`` for one that belongs to the whole event.

    Read from the left, since a field may be called ``properties`` itself.
    """
    found = None
    steps = iter(split(pointer))
    for step in steps:
        if step == "properties":
            found = next(steps, found)
    return found
