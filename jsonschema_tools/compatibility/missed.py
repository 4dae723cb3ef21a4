"""Properties that readers of the old version expect and the new version no longer declares.

A property counts as declared wherever a schema that may apply to the value has it: in a branch, a condition, what
another property brings along. So none is lost from sight when the schemas around it are rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jsonschema_tools.compatibility.declared import every_part
from jsonschema_tools.compatibility.facts import Fact, Path, change_of
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.places import Place
from jsonschema_tools.compatibility.resolution import Documents
from jsonschema_tools.compatibility.view import At, View, matches
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.dialects import draft_of
from jsonschema_tools.schemas.references import Retrieve

_REST_OF_PROPERTIES = ("additionalProperties", "unevaluatedProperties")
_REST_OF_ITEMS = ("items", "additionalItems", "unevaluatedItems")


def missed(
    old: Document, new: Document, changes: Sequence[Change], draft: str | None = None, retrieve: Retrieve | None = None
) -> tuple[Change, ...]:
    """The removed properties that are not among the ``changes``. Arguments and errors as for `changes.diff`."""
    known = {change.old_pointer for change in changes if change.kind == "property-removed"}
    before, after = (Documents(document, draft_of(document, draft), retrieve) for document in (old, new))
    found: dict[str, Change] = {}
    for place, path in _Search(before, after).removed():
        if place.pointer not in known:
            fact = Fact("property-removed", At(place.pointer, place.schema), None, path[-1])
            found.setdefault(place.pointer, change_of(fact, path))
    return tuple(found.values())


def readable(old: Document, draft: str | None = None, retrieve: Retrieve | None = None) -> frozenset[str]:
    """The pointers of the properties that readers of a version may get: declared for a value, and with values allowed.

    What stands in a ``not``, ``if``, ``contains`` or ``propertyNames`` only tests a value. Arguments as for `missed`.
    """
    documents = Documents(old, draft_of(old, draft), retrieve)
    found: set[str] = set()
    seen: set[frozenset[str]] = set()
    pending = [[documents.root]]
    while pending:
        parts = every_part(documents, pending.pop())
        pointers = frozenset(part.pointer for part in parts)
        if pointers not in seen:
            seen.add(pointers)
            members = _Members(parts)
            for name, places in members.properties.items():
                if _is_possible(View(documents, members.property(name))):
                    found.update(place.pointer for place in places)
            pending += [places for places, _, _ in _members(members, members) if places]
    return frozenset(found)


def _is_possible(view: View) -> bool:
    """Whether there may be a value at all, as far as that is plain."""
    return not view.is_false and bool(view.types) and all(value not in ({}, True) for _, value in view.each("not"))


class _Search:
    def __init__(self, old: Documents, new: Documents) -> None:
        self._old, self._new = old, new

    def removed(self) -> Iterator[tuple[Place, Path]]:
        """Each property that is gone, as the old version declares it, and where its value stood in an event."""
        seen: set[tuple[frozenset[str], frozenset[str]]] = set()
        pending: list[tuple[list[Place], list[Place], Path]] = [([self._old.root], [self._new.root], ())]
        while pending:
            before, after, path = pending.pop()
            old, new = every_part(self._old, before), every_part(self._new, after)
            pair = frozenset(part.pointer for part in old), frozenset(part.pointer for part in new)
            if pair in seen:
                continue
            seen.add(pair)
            sides = _Members(old), _Members(new)
            if after and "object" in View(self._new, after).types:
                for name, places in sides[0].properties.items():
                    if not sides[1].declares(name):
                        yield places[0], (*path, "properties", name)
            pending += [(a, b, (*path, *step)) for a, b, step in _members(*sides) if a and b]


class _Members:
    """What the schemas of one value say about its properties and items."""

    def __init__(self, parts: list[Place]) -> None:
        self.properties = _gathered(parts, "properties")
        self.patterns = _gathered(parts, "patternProperties")
        self._others = [(part, found) for part in parts if (found := _singles(part, _REST_OF_PROPERTIES))]
        self.others = [place for _, found in self._others for place in found]
        self._listed = [(_positions(part), _singles(part, _REST_OF_ITEMS)) for part in parts]
        self.items = [place for _, found in self._listed for place in found]
        self.length = max((len(listed) for listed, _ in self._listed), default=0)

    def declares(self, name: str) -> bool:
        return name in self.properties or any(matches(pattern, name) for pattern in self.patterns)

    def property(self, name: str) -> list[Place]:
        found = list(self.properties.get(name, ()))
        found += [place for pattern, places in self.patterns.items() if matches(pattern, name) for place in places]
        return found + [place for part, rest in self._others if not _declares(part, name) for place in rest]

    def item(self, index: int) -> list[Place]:
        return [place for listed, rest in self._listed for place in ([listed[index]] if index < len(listed) else rest)]


def _members(old: _Members, new: _Members) -> Iterator[tuple[list[Place], list[Place], Path]]:
    """The schemas of both versions for each part of the value."""
    for name in old.properties:
        yield old.property(name), new.property(name), ("properties", name)
    for pattern, places in old.patterns.items():
        yield places, new.patterns.get(pattern, []), ("patternProperties", pattern)
    yield old.others, new.others, ("additionalProperties",)
    for index in range(max(old.length, new.length)):
        yield old.item(index), new.item(index), ("items", str(index))
    yield old.items, new.items, ("items",)


def _gathered(parts: list[Place], keyword: str) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for part in parts:
        for name, place in part.named(keyword).items():
            found.setdefault(name, []).append(place)
    return found


def _declares(part: Place, name: str) -> bool:
    declared, patterns = part.schema.get("properties"), part.schema.get("patternProperties")
    if isinstance(declared, dict) and name in declared:
        return True
    return isinstance(patterns, dict) and any(matches(pattern, name) for pattern in patterns)


def _positions(part: Place) -> list[Place]:
    return part.children("prefixItems") or part.children("items")


def _singles(part: Place, keywords: tuple[str, ...]) -> list[Place]:
    return [place for keyword in keywords if (place := part.single(keyword)) is not None]
