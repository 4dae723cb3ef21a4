"""A schema with its ``$ref``, ``allOf`` and single alternatives read as one: what comparing works on.

A view is a conjunction of places: the schema, what its ``$ref`` leads to, the parts of its ``allOf``. Each keyword is
read from all of them, so a schema that was split into a definition or an ``allOf`` looks as it did before.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from jsonschema_tools.compatibility.places import Place
from jsonschema_tools.compatibility.resolution import Documents
from jsonschema_tools.documents.values import Document, value_key
from jsonschema_tools.patterns import searching
from jsonschema_tools.schemas.vocabulary import TYPES, type_of

ANY_TYPE: Final = TYPES - {"integer"}


@dataclass(frozen=True, slots=True)
class At:
    """The value of a keyword, and the pointer of the place that has it."""

    pointer: str
    value: Document


class View:
    """Schemas that all apply, read keyword by keyword. Values are computed when asked for."""

    def __init__(self, documents: Documents, places: Iterable[Place], *, single: bool = True) -> None:
        self.documents = documents
        self.draft = documents.draft
        self.origins = tuple(places)
        self._single = single
        parts: dict[str, Place] = {}
        self.is_false = False
        for place in self.origins:
            found, nothing = documents.parts(place, alternatives=single)
            parts.update((part.pointer, part) for part in found)
            self.is_false = self.is_false or nothing
        self.parts = tuple(parts.values())

    @functools.cached_property
    def key(self) -> frozenset[str]:
        """What identifies the view among those of its documents."""
        return frozenset(part.pointer for part in self.parts) | ({"false"} if self.is_false else frozenset())

    @property
    def is_true(self) -> bool:
        """Whether it has no keyword at all."""
        return not self.parts and not self.is_false

    @property
    def pointer(self) -> str | None:
        """The pointer of the schema; ``None`` where there is none."""
        return self.origins[0].pointer if self.origins else None

    @property
    def definition(self) -> str | None:
        """The pointer of what a plain ``$ref`` leads to, where that is all there is."""
        if len(self.origins) != 1 or not isinstance(self.schema, dict) or not isinstance(self.schema.get("$ref"), str):
            return None
        plain = self.documents.ignores_siblings(self.schema) or len(self.schema) == 1
        return self.documents.target(self.origins[0], self.schema["$ref"]).pointer if plain else None

    @property
    def schema(self) -> Document:
        """The schema as it is written, as far as it stands in one place."""
        return self.origins[0].schema if self.origins else None

    def listed(self) -> View:
        """The same view in which an alternative that is the only one is still a branch."""
        return View(self.documents, self.origins, single=False)

    def of(self, places: Iterable[Place]) -> View:
        """A view of other places in the same documents."""
        return View(self.documents, places)

    def each(self, keyword: str) -> Iterator[tuple[Place, Any]]:
        """The parts that have a keyword, with its value."""
        return ((part, part.schema[keyword]) for part in self.parts if keyword in part.schema)

    def values(self, keyword: str) -> list[At]:
        """The values of a keyword in all parts."""
        return [At(part.at(keyword), value) for part, value in self.each(keyword)]

    def groups(self, keyword: str) -> list[tuple[Place, list[Place]]]:
        """The parts that have several alternatives under ``anyOf`` or ``oneOf``, with those that are possible."""
        found = []
        for part, _ in self.each(keyword):
            branches = [branch for branch in part.children(keyword) if branch.schema is not False]
            if len(branches) > self._single:
                found.append((part, branches))
        return found

    def singles(self, keyword: str) -> list[Place]:
        """The subschemas that a keyword has in all parts; those that allow everything are left out."""
        found = (part.single(keyword) for part, _ in self.each(keyword))
        return [place for place in found if place is not None and not _allows_everything(place.schema)]

    @functools.cached_property
    def types(self) -> frozenset[str]:
        """The types that values may have; ``integer`` is left out beside ``number``."""
        types = ANY_TYPE
        for _, value in self.each("type"):
            types = common(types, _names(value))
        if self.enum is not None:
            types = common(types, frozenset(type_of(value) for value in self.enum.value))
        return types

    @functools.cached_property
    def enum(self) -> At | None:
        """The values that are allowed, where they are listed by ``enum`` or ``const``."""
        lists = [At(part.at("enum"), value) for part, value in self.each("enum") if isinstance(value, list)]
        if self.draft > 4:
            lists += [At(part.at("const"), [value]) for part, value in self.each("const")]
        if not lists:
            return None
        others = [set(map(value_key, other.value)) for other in lists[1:]]
        allowed = [value for value in lists[0].value if all(value_key(value) in other for other in others)]
        declared = [_names(value) for _, value in self.each("type")]
        kept = [value for value in allowed if all(_has_type(value, types) for types in declared)]
        return At(min(lists, key=lambda found: len(found.value)).pointer, kept)

    @functools.cached_property
    def required(self) -> dict[str, str]:
        """The names of required properties, each with the pointer of the list that has it."""
        names: dict[str, str] = {}
        for part, value in self.each("required"):
            for name in value if isinstance(value, list) else ():
                if isinstance(name, str):
                    names.setdefault(name, part.at("required"))
        return names

    @functools.cached_property
    def properties(self) -> dict[str, list[Place]]:
        """The properties that are declared by name."""
        found: dict[str, list[Place]] = {}
        for part, _ in self.each("properties"):
            for name, place in part.named("properties").items():
                found.setdefault(name, []).append(place)
        return found

    @functools.cached_property
    def patterns(self) -> dict[str, list[Place]]:
        """The properties that are declared by pattern."""
        found: dict[str, list[Place]] = {}
        for part, _ in self.each("patternProperties"):
            for pattern, place in part.named("patternProperties").items():
                found.setdefault(pattern, []).append(place)
        return found

    def declares(self, name: str) -> bool:
        """Whether a property is declared, by its name or by a pattern."""
        return name in self.properties or any(matches(pattern, name) for pattern in self.patterns)

    def property(self, name: str) -> View:
        """The effective schema of a property: what ``properties``, ``patternProperties`` and, for the parts that
        declare it by neither, ``additionalProperties`` say."""
        places = list(self.properties.get(name, ()))
        places += [place for pattern, found in self.patterns.items() if matches(pattern, name) for place in found]
        for part, value in self.each("additionalProperties"):
            own = part.schema.get("properties")
            declared = isinstance(own, dict) and name in own
            declared = declared or any(matches(pattern, name) for pattern in part.named("patternProperties"))
            if not declared and isinstance(value, (dict, bool)):
                places.append(part.child(value, "additionalProperties"))
        return self.of(places)


def _allows_everything(schema: Document) -> bool:
    return schema is True or schema == {}


def _names(value: Any) -> frozenset[str]:
    """The types that a ``type`` names; all of them where it is none."""
    names = [value] if isinstance(value, str) else value if isinstance(value, list) else TYPES
    return frozenset(name for name in names if isinstance(name, str))


def _has_type(value: Document, types: frozenset[str]) -> bool:
    name = type_of(value)
    return name in types or (name == "integer" and "number" in types)


def common(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    """The types that both allow; ``integer`` is part of ``number``."""
    common = left & right
    if ("integer" in left and "number" in right) or ("number" in left and "integer" in right):
        common |= {"integer"}
    return common - {"integer"} if "number" in common else common


@functools.lru_cache(maxsize=4096)
def matches(pattern: str, name: str) -> bool:
    """Whether a pattern is found in a name, for sure."""
    return searching.matches(pattern, name) is True
