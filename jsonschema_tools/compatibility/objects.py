"""Facts about objects: which properties they must have, may have, and what those must be."""

from __future__ import annotations

from dataclasses import dataclass, field

from jsonschema_tools.compatibility.facts import Fact, Found, Pair
from jsonschema_tools.compatibility.places import Place
from jsonschema_tools.compatibility.rest import Rest, rest
from jsonschema_tools.compatibility.scalars import size
from jsonschema_tools.compatibility.view import At, View


def objects(old: View, new: View) -> Found:
    """Properties by name and pattern and all others, required ones, dependencies, names, and how many."""
    if "object" not in old.types or "object" not in new.types:
        return
    yield from size("Properties", old, new)
    yield from _required(old, new)
    yield from _properties(old, new)
    yield from _maps("pattern-property", "patternProperties", old, old.patterns, new, new.patterns)
    yield from rest("additional-properties", _others(old), _others(new))
    yield from _one("property-names", "propertyNames", old, new)
    yield from _dependencies(old, new)


def _required(old: View, new: View) -> Found:
    for name, pointer in old.required.items():
        if name not in new.required:
            yield Fact("required-removed", At(pointer, name), None)
    for name, pointer in new.required.items():
        if name not in old.required:
            yield Fact("required-added", None, At(pointer, name))


def _properties(old: View, new: View) -> Found:
    for name in dict.fromkeys([*old.properties, *new.properties]):
        if not new.declares(name):
            yield Fact("property-removed", _at(old.properties[name]), None, name)
        elif not old.declares(name):
            yield Fact("property-added", None, _at(new.properties[name]), name)
        else:
            yield Pair(("properties", name), old.property(name), new.property(name))


def _at(places: list[Place]) -> At:
    return At(places[0].pointer, places[0].schema)


def _maps(
    stem: str,
    keyword: str,
    old: View,
    before: dict[str, list[Place]],
    new: View,
    after: dict[str, list[Place]],
) -> Found:
    """Subschemas by key: those that came and went, and pairs of the others."""
    for key in dict.fromkeys([*before, *after]):
        if key not in after:
            yield Fact(f"{stem}-removed", _at(before[key]), None, key)
        elif key not in before:
            yield Fact(f"{stem}-added", None, _at(after[key]), key)
        else:
            yield Pair((keyword, key), old.of(before[key]), new.of(after[key]))


def _others(view: View) -> Rest:
    """The rest of the properties; ``unevaluatedProperties`` has the word where nothing else has."""
    keyword = "additionalProperties"
    places = view.singles(keyword)
    if not places and view.draft >= 2019:
        keyword = "unevaluatedProperties"
        places = view.singles(keyword)
    return Rest(keyword, view.of(places))


def _one(stem: str, keyword: str, old: View, new: View) -> Found:
    before, after = old.of(old.singles(keyword)), new.of(new.singles(keyword))
    if before.is_true and after.is_true:
        return
    if before.is_true:
        yield Fact(f"{stem}-added", None, At(after.pointer or "", after.schema))
    elif after.is_true:
        yield Fact(f"{stem}-removed", At(before.pointer or "", before.schema), None)
    else:
        yield Pair((keyword,), before, after)


@dataclass(slots=True)
class _Dependencies:
    names: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    schemas: dict[str, list[Place]] = field(default_factory=dict)


def _dependencies(old: View, new: View) -> Found:
    before, after = _dependent(old), _dependent(new)
    for trigger in dict.fromkeys([*before.names, *after.names]):
        a, b = (At(*found[trigger]) if trigger in found else None for found in (before.names, after.names))
        known, kept = (set(at.value) if at else set() for at in (a, b))
        if known != kept:
            verb = "added" if known < kept else "removed" if kept < known else "changed"
            yield Fact(f"dependent-required-{verb}", a, b, trigger)
    yield from _maps("dependent-schema", "dependentSchemas", old, before.schemas, new, after.schemas)


def _dependent(view: View) -> _Dependencies:
    """Dependencies in all spellings; a schema that only requires names is a list of names."""
    found = _Dependencies()
    keywords = ("dependencies",) if view.draft < 2019 else ("dependentRequired", "dependentSchemas")
    for keyword in keywords:
        for part, value in view.each(keyword):
            for trigger, dependency in value.items() if isinstance(value, dict) else ():
                plain = isinstance(dependency, dict) and set(dependency) == {"required"}
                needed = dependency["required"] if plain else dependency
                if isinstance(needed, list) and all(isinstance(name, str) for name in needed):
                    names = found.names.setdefault(trigger, (part.at(keyword, trigger), []))[1]
                    names += [name for name in needed if name not in names and name != trigger]
                elif dependency is False or (isinstance(dependency, dict) and dependency):
                    found.schemas.setdefault(trigger, []).append(part.child(dependency, keyword, trigger))
    found.names = {trigger: at for trigger, at in found.names.items() if at[1]}
    return found
