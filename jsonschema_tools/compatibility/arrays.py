"""Facts about arrays: items by position and all others, what must be among them, and how many."""

from __future__ import annotations

from jsonschema_tools.compatibility.facts import Fact, Found, Pair, canonical
from jsonschema_tools.compatibility.places import Place
from jsonschema_tools.compatibility.rest import Rest, rest
from jsonschema_tools.compatibility.scalars import compared, is_number, size
from jsonschema_tools.compatibility.view import At, View


def arrays(old: View, new: View) -> Found:
    """Items by position and all others, what must be among them, whether they differ, and how many."""
    if "array" not in old.types or "array" not in new.types:
        return
    yield from size("Items", old, new)
    before, after = _unique(old), _unique(new)
    if (before is None) != (after is None):
        yield Fact("unique-items-removed" if before else "unique-items-added", before, after)
    yield from _positions(old, new)
    yield from rest("additional-items", _items(old), _items(new))
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


def _items(view: View) -> Rest:
    places = [place for part in view.parts for place in _other_items(part, view.draft)]
    if not places and view.draft >= 2019:
        unevaluated = view.singles("unevaluatedItems")
        if unevaluated:
            return Rest("unevaluatedItems", view.of(unevaluated))
    return Rest("additionalItems" if _length(view) else "items", view.of(places))


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
