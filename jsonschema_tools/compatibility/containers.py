"""Facts about objects and arrays: what they must have, may have, and what their members must be."""

from __future__ import annotations

from dataclasses import dataclass, field

from jsonschema_tools.compatibility.facts import Fact, Found, Pair, canonical
from jsonschema_tools.compatibility.places import Place
from jsonschema_tools.compatibility.scalars import compared, is_number, size
from jsonschema_tools.compatibility.view import At, View


def objects(old: View, new: View) -> Found:
    """Properties by name and pattern and all others, required ones, dependencies, names, and how many."""
    if "object" not in old.types or "object" not in new.types:
        return
    yield from size("Properties", old, new)
    yield from _required(old, new)
    yield from _properties(old, new)
    yield from _maps("pattern-property", "patternProperties", old, old.patterns, new, new.patterns)
    yield from _rest("additional-properties", _others(old), _others(new), old, new)
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


@dataclass(frozen=True, slots=True)
class _Rest:
    """What applies to the members that are not declared one by one; ``keyword`` is what says so."""

    keyword: str
    view: View

    @property
    def at(self) -> At | None:
        return At(self.view.pointer or "", self.view.schema) if self.view.origins else None


def _others(view: View) -> _Rest:
    """The rest of the properties; ``unevaluatedProperties`` has the word where nothing else has."""
    keyword = "additionalProperties"
    places = view.singles(keyword)
    if not places and view.draft >= 2019:
        keyword = "unevaluatedProperties"
        places = view.singles(keyword)
    return _Rest(keyword, view.of(places))


def _rest(stem: str, before: _Rest, after: _Rest, old: View, new: View) -> Found:
    if before.view.is_true and after.view.is_true:
        return
    if before.view.is_false != after.view.is_false:
        kind = f"{stem}-closed" if after.view.is_false else f"{stem}-opened"
        yield Fact(_named(kind, (after if after.view.is_false else before).keyword), before.at, after.at)
    elif before.view.is_true or after.view.is_true:
        kind = f"{stem}-added" if before.view.is_true else f"{stem}-removed"
        yield Fact(_named(kind, (after if before.view.is_true else before).keyword), before.at, after.at)
    elif not before.view.is_false:
        yield Pair((before.keyword,), before.view, after.view)


def _named(kind: str, keyword: str) -> str:
    if keyword.startswith("unevaluated"):
        return kind.replace("additional-", "unevaluated-")
    return kind if keyword.startswith("additional") else kind.replace("additional-items-", "items-")


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


def arrays(old: View, new: View) -> Found:
    """Items by position and all others, what must be among them, whether they differ, and how many."""
    if "array" not in old.types or "array" not in new.types:
        return
    yield from size("Items", old, new)
    before, after = _unique(old), _unique(new)
    if (before is None) != (after is None):
        yield Fact("unique-items-removed" if before else "unique-items-added", before, after)
    yield from _positions(old, new)
    yield from _rest("additional-items", _items(old), _items(new), old, new)
    yield from _contains(old, new)


def _unique(view: View) -> At | None:
    return next((at for at in view.values("uniqueItems") if at.value is True), None)


def _positions(old: View, new: View) -> Found:
    before, after = _length(old), _length(new)
    for index in range(max(before, after)):
        a, b = _item(old, index), _item(new, index)
        if index >= after:
            yield Fact("prefix-item-removed", At(a.pointer or "", a.schema), None, str(index))
        elif index >= before:
            yield Fact("prefix-item-added", None, At(b.pointer or "", b.schema), str(index))
        else:
            yield Pair(("items", str(index)), a, b)


def _prefix(view: View) -> str:
    return "prefixItems" if view.draft >= 2020 else "items"


def _length(view: View) -> int:
    """How many items are declared by position. Those at the end that may be anything do not count."""
    longest = 0
    for part, _ in view.each(_prefix(view)):
        longest = max(longest, len(part.children(_prefix(view))))
    return longest


def _item(view: View, index: int) -> View:
    """The effective schema of the item at a position."""
    places: list[Place] = []
    for part in view.parts:
        declared = part.children(_prefix(view))
        if index < len(declared):
            places.append(declared[index])
        else:
            places += _other_items(part, view.draft)
    return view.of(places)


def _other_items(part: Place, draft: int) -> list[Place]:
    listed = draft < 2020 and isinstance(part.schema.get("items"), list)
    place = part.single("additionalItems" if listed else "items")
    return [place] if place is not None and place.schema is not True and place.schema != {} else []


def _items(view: View) -> _Rest:
    places = [place for part in view.parts for place in _other_items(part, view.draft)]
    if not places and view.draft >= 2019:
        unevaluated = view.singles("unevaluatedItems")
        if unevaluated:
            return _Rest("unevaluatedItems", view.of(unevaluated))
    return _Rest("additionalItems" if _length(view) else "items", view.of(places))


def _contains(old: View, new: View) -> Found:
    if old.draft == 4 or new.draft == 4:
        return
    ones, others = ([(p, c) for p, _ in v.each("contains") if (c := p.single("contains"))] for v in (old, new))
    before, after = _unmatched(ones, others), _unmatched(others, ones)
    if len(before) == len(after) == 1:
        (old_part, a), (new_part, b) = before[0], after[0]
        yield from _counts(old, old_part, new, new_part)
        yield Pair(("contains",), old.of([a]), new.of([b]))
        return
    for _, place in before:
        yield Fact("contains-removed", At(place.pointer, place.schema), None)
    for _, place in after:
        yield Fact("contains-added", None, At(place.pointer, place.schema))


def _unmatched(ones: list[tuple[Place, Place]], others: list[tuple[Place, Place]]) -> list[tuple[Place, Place]]:
    if len(ones) == len(others) == 1:
        return ones
    known = {_contained(part) for part, _ in others}
    return [(part, place) for part, place in ones if _contained(part) not in known]


def _contained(part: Place) -> str:
    return canonical([part.schema.get(name) for name in ("contains", "minContains", "maxContains")])


def _counts(old: View, old_part: Place, new: View, new_part: Place) -> Found:
    if old.draft < 2019 or new.draft < 2019:
        return
    for stem, keyword in (("min-contains", "minContains"), ("max-contains", "maxContains")):
        a, b = (_count(part, keyword) for part in (old_part, new_part))
        yield from compared(stem, a, b)


def _count(part: Place, keyword: str) -> At | None:
    value = part.schema.get(keyword)
    if not is_number(value) or (keyword == "minContains" and value == 1):
        return None
    return At(part.at(keyword), value)
