"""Where two versions differ, told place by place, so that what is known of one pair of versions answers for another.

A schema whose objects only say ``type``, ``properties``, ``required`` and ``additionalProperties`` allows an event
exactly where it allows the value of each property, whatever the others are. So where a version changes a few
properties that an older version has exactly as the version before it, the two are to that older version the same, but
for what they are to each other. Everything else that a schema can say (a ``$ref``, an ``anyOf`` beside properties)
makes a place one that is only compared as a whole, or the schema none that is told place by place.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from jsonschema_tools.compatibility.declared import closed
from jsonschema_tools.containment.model import Answer
from jsonschema_tools.containment.proof import contained
from jsonschema_tools.documents.values import Document, value_key
from jsonschema_tools.schemas.vocabulary import ANCHORS, REFERENCES

Path = tuple[str, ...]
"""Names of properties, from the outermost object on."""

_WORDS: Final = frozenset({"title", "description", "$comment", "default", "examples"})
_PLAIN: Final = _WORDS | {"type", "properties", "required", "additionalProperties"}
_OF_ROOT: Final = frozenset({"$schema", "$id"})
_KEPT: Final = frozenset({"$schema", "type", "additionalProperties"})
_ELSEWHERE: Final = frozenset({*REFERENCES, *ANCHORS})


@dataclass(frozen=True, slots=True)
class Member:
    """What an object says of a property: its schema as a key, or as an object, and whether it is required.

    Without either it is a name that is required and not declared.
    """

    schema: Hashable
    object: Object | None
    required: bool


@dataclass(frozen=True, slots=True)
class Object:
    """An object told property by property; ``own`` is what else it says."""

    own: Hashable
    members: dict[str, Member]


def read(document: Document) -> Object | None:
    """The schema place by place; ``None`` where it cannot be told so."""
    if not isinstance(document, dict) or _refers(document):
        return None
    root = {keyword: value for keyword, value in document.items() if keyword not in _OF_ROOT}
    found = _object(root)
    return None if found is None else Object((found.own, value_key(document.get("$schema"))), found.members)


def changed(old: Object, new: Object) -> list[Path] | None:
    """The places in which two schemas differ; ``None`` where that cannot be told by places."""
    return None if old.own != new.own else list(_changed(old, new, ()))


def same_at(one: Object, other: Object, path: Path, *, whole: bool) -> bool:
    """Whether two schemas say the same of a place, in objects that say the same beside their properties.

    Unless ``whole``, the first may also have none of the objects in which the place is.
    """
    for name in path[:-1]:
        if one.own != other.own:
            return False
        mine, theirs = one.members.get(name), other.members.get(name)
        if mine is None and not whole:
            return True
        if mine is None or theirs is None or mine.object is None or theirs.object is None:
            return False
        one, other = mine.object, theirs.object
    return one.own == other.own and one.members.get(path[-1]) == other.members.get(path[-1])


def meeting(one: Object, other: Object, path: Path) -> Path | None:
    """The place, or the outermost one around it, that both schemas have in objects that say the same beside their
    properties; ``None`` where that is the schema as a whole."""
    for length, name in enumerate(path, 1):
        if one.own != other.own:
            return path[: length - 1] or None
        mine, theirs = one.members.get(name), other.members.get(name)
        if mine is None or theirs is None or mine.object is None or theirs.object is None:
            return path[:length]
        one, other = mine.object, theirs.object
    return path


def only(document: Document, path: Path) -> Document:
    """The schema with no property but those on the way to a place; each object goes on declaring some."""
    if not path:
        return document
    name, *rest = path
    properties = {f"not {name}": True}
    if name in document["properties"]:
        properties[name] = only(document["properties"][name], tuple(rest))
    kept = {keyword: value for keyword, value in document.items() if keyword in _KEPT}
    return {
        **kept,
        "properties": properties,
        "required": [each for each in document.get("required", ()) if each == name],
    }


def is_whole(document: Document) -> bool:
    """Whether there is an event with every property that is told by itself, so that none hides what another breaks."""
    return contained(closed(_with_all_required(document)), False, witness=False).answer is Answer.NO


def _object(schema: Document) -> Object | None:
    if not isinstance(schema, dict) or not _PLAIN.issuperset(schema) or schema.get("type") != "object":
        return None
    properties, required = schema.get("properties"), schema.get("required", [])
    additional = schema.get("additionalProperties", True)
    if not isinstance(properties, dict) or not properties or not isinstance(additional, bool):
        return None
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        return None
    needed = frozenset(required)
    members = {name: _member(value, name in needed) for name, value in properties.items()}
    members |= {name: Member(None, None, True) for name in needed - properties.keys()}
    return Object(additional, members)


def _member(schema: Document, required: bool) -> Member:
    found = _object(schema)
    if found is not None:
        return Member(None, found, required)
    if isinstance(schema, dict):
        # Words of the schema itself; what stands in it is compared with its words.
        schema = {keyword: value for keyword, value in schema.items() if keyword not in _WORDS}
    return Member((value_key(schema),), None, required)


def _changed(old: Object, new: Object, path: Path) -> Iterator[Path]:
    for name in dict.fromkeys((*old.members, *new.members)):
        before, after = old.members.get(name), new.members.get(name)
        if before == after:
            continue
        inner = (
            (before.object, after.object) if before and after and before.required == after.required else (None, None)
        )
        old_object, new_object = inner
        if old_object is None or new_object is None or old_object.own != new_object.own:
            yield (*path, name)
        else:
            yield from _changed(old_object, new_object, (*path, name))


def _with_all_required(schema: Any) -> Any:
    if _object({keyword: value for keyword, value in schema.items() if keyword not in _OF_ROOT}) is None:
        return schema
    properties = {
        name: _with_all_required(value) if isinstance(value, dict) else value
        for name, value in schema["properties"].items()
    }
    return {
        **schema,
        "properties": properties,
        "required": list(dict.fromkeys((*schema.get("required", ()), *properties))),
    }


def _refers(schema: Document) -> bool:
    pending = [schema]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if not _ELSEWHERE.isdisjoint(value):
                return True
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return False
