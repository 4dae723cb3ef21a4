"""The properties that readers of an old version miss in the new one: declared there for a value, and nowhere here.

A property counts as declared wherever a schema that may apply to the value has it: in a branch, a condition, what
another property brings along. So none is lost from sight when the schemas around it are rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jsonschema_tools.compatibility.declared import every_part
from jsonschema_tools.compatibility.facts import Fact, Path, change_of
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.places import Place, draft_number
from jsonschema_tools.compatibility.resolution import Documents
from jsonschema_tools.compatibility.view import At, View, matches
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.references import Retrieve

_REST_OF_PROPERTIES = ("additionalProperties", "unevaluatedProperties")
_REST_OF_ITEMS = ("items", "additionalItems", "unevaluatedItems")


def missed(
    old: Document, new: Document, changes: Sequence[Change], draft: str | None = None, retrieve: Retrieve | None = None
) -> tuple[Change, ...]:
    """The removed properties that are not among the ``changes``. Arguments and errors as for `changes.diff`."""
    known = {change.old_pointer for change in changes if change.kind == "property-removed"}
    before, after = (Documents(document, draft_number(document, draft), retrieve) for document in (old, new))
    found: dict[str, Change] = {}
    for place, path in _Search(before, after).removed():
        if place.pointer not in known:
            fact = Fact("property-removed", At(place.pointer, place.schema), None, path[-1])
            found.setdefault(place.pointer, change_of(fact, path))
    return tuple(found.values())


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
            if after and "object" in View(self._new, after).types:
                for name, places in _properties(old).items():
                    if not any(_declares(part, name) for part in new):
                        yield places[0], (*path, "properties", name)
            pending += [(a, b, (*path, *step)) for a, b, step in _members(old, new) if a and b]


def _properties(parts: list[Place]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for part in parts:
        for name, place in part.named("properties").items():
            found.setdefault(name, []).append(place)
    return found


def _declares(part: Place, name: str) -> bool:
    patterns = part.named("patternProperties")
    return name in part.named("properties") or any(matches(pattern, name) for pattern in patterns)


def _members(old: list[Place], new: list[Place]) -> Iterator[tuple[list[Place], list[Place], Path]]:
    """The schemas of both versions for each part of the value."""
    for name in _properties(old):
        yield _property(old, name), _property(new, name), ("properties", name)
    for pattern in dict.fromkeys(pattern for part in old for pattern in part.named("patternProperties")):
        yield _of_pattern(old, pattern), _of_pattern(new, pattern), ("patternProperties", pattern)
    yield _singles(old, _REST_OF_PROPERTIES), _singles(new, _REST_OF_PROPERTIES), ("additionalProperties",)
    for index in range(max((len(_listed(part)) for part in (*old, *new)), default=0)):
        yield _item(old, index), _item(new, index), ("items", str(index))
    yield _singles(old, _REST_OF_ITEMS), _singles(new, _REST_OF_ITEMS), ("items",)


def _property(parts: list[Place], name: str) -> list[Place]:
    found = []
    for part in parts:
        own = [place for key, place in part.named("properties").items() if key == name]
        own += [place for pattern, place in part.named("patternProperties").items() if matches(pattern, name)]
        found += own or _singles([part], _REST_OF_PROPERTIES)
    return found


def _of_pattern(parts: list[Place], pattern: str) -> list[Place]:
    return [place for part in parts for key, place in part.named("patternProperties").items() if key == pattern]


def _listed(part: Place) -> list[Place]:
    return part.children("prefixItems") or part.children("items")


def _item(parts: list[Place], index: int) -> list[Place]:
    found = []
    for part in parts:
        listed = _listed(part)
        found += [listed[index]] if index < len(listed) else _singles([part], _REST_OF_ITEMS)
    return found


def _singles(parts: list[Place], keywords: tuple[str, ...]) -> list[Place]:
    return [place for part in parts for keyword in keywords if (place := part.single(keyword)) is not None]
