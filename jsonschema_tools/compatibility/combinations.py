"""Facts about combined schemas: ``anyOf``, ``oneOf``, ``not`` and ``if``. Branches are matched by what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

from jsonschema_tools.compatibility.facts import Fact, Found, Pair, canonical
from jsonschema_tools.compatibility.places import Place
from jsonschema_tools.compatibility.view import At, View, common

Same = Callable[[View, View], bool]
"""Whether two views differ in nothing that matters for validation."""

ALIKE = 0.3
"""Branches that are less alike are no versions of one another."""

_MOST_LIKENESSES = 2500


def alternatives(old: View, new: View, same: Same) -> Found:
    """The branches of ``anyOf`` and ``oneOf``."""
    for keyword, stem in (("anyOf", "any-of"), ("oneOf", "one-of")):
        before, after = old.groups(keyword), new.groups(keyword)
        for mine, theirs in _groups(before, after):
            if mine is None or theirs is None:
                yield _group_fact(stem, keyword, mine, theirs)
            else:
                yield from _branches(stem, keyword, old, mine[1], new, theirs[1], same)


_Group = tuple[Place, list[Place]]


def _groups(before: list[_Group], after: list[_Group]) -> Iterator[tuple[_Group | None, _Group | None]]:
    """Lists of branches that belong together: the equal ones, then the others in order."""
    left, right = list(before), list(after)
    known = [canonical([place.schema for place in group[1]]) for group in right]
    for group in before:
        text = canonical([place.schema for place in group[1]])
        if len(before) > 1 and text in known:
            index = known.index(text)
            known.pop(index)
            left.remove(group)
            yield group, right.pop(index)
    while left or right:
        yield left.pop(0) if left else None, right.pop(0) if right else None


def _group_fact(stem: str, keyword: str, before: _Group | None, after: _Group | None) -> Fact:
    old, new = (At(g[0].at(keyword), g[0].schema[keyword]) if g else None for g in (before, after))
    return Fact(f"{stem}-added" if old is None else f"{stem}-removed", old, new)


def _branches(
    stem: str, keyword: str, old: View, before: list[Place], new: View, after: list[Place], same: Same
) -> Found:
    pairs, lost, gained = matched([old.of([p]) for p in before], [new.of([p]) for p in after], same)
    for a, b in pairs:
        yield Pair((keyword, label(a)), a, b)
    for view in lost:
        yield Fact(f"{stem}-branch-removed", At(view.pointer or "", view.schema), None)
    for view in gained:
        yield Fact(f"{stem}-branch-added", None, At(view.pointer or "", view.schema))


def matched(
    before: Sequence[View], after: Sequence[View], same: Same
) -> tuple[list[tuple[View, View]], list[View], list[View]]:
    """Pairs of views that belong together, and those that are left: first equal ones, then the most alike."""
    left, right = list(before), list(after)
    texts = {id(view): canonical(view.schema) for view in (*before, *after)}
    pairs = _take(left, right, lambda a, b: texts[id(a)] == texts[id(b)] and same(a, b))
    pairs += _take(left, right, same) if len(left) * len(right) <= _MOST_LIKENESSES else []
    if len(left) * len(right) <= _MOST_LIKENESSES:
        scores = [(likeness(a, b), i, j) for (i, a), (j, b) in product(enumerate(left), enumerate(right))]
    else:
        scores = [(likeness(a, b), i, i) for i, (a, b) in enumerate(zip(left, right, strict=False))]
    taken: tuple[set[int], set[int]] = (set(), set())
    for score, i, j in sorted(scores, key=lambda found: (-found[0], found[1], found[2])):
        if score >= ALIKE and i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            pairs.append((left[i], right[j]))
    lost = [view for i, view in enumerate(left) if i not in taken[0]]
    return pairs, lost, [view for j, view in enumerate(right) if j not in taken[1]]


def _take(left: list[View], right: list[View], same: Same) -> list[tuple[View, View]]:
    pairs = []
    for view in list(left):
        other = next((candidate for candidate in right if same(view, candidate)), None)
        if other is not None:
            pairs.append((view, other))
            left.remove(view)
            right.remove(other)
    return pairs


def likeness(old: View, new: View) -> float:
    """How much two branches look like versions of one another, from 0 to 1."""
    shared = common(old.types, new.types)
    if not shared or _told_apart(old, new):
        return 0
    if old.pointer is not None and (old.schema, new.schema) != ({}, {}) and _name(old) and _name(old) == _name(new):
        return 1
    if "object" in shared:
        names, others = set(old.properties), set(new.properties)
        return len(names & others) / len(names | others) if names | others else 0.9
    return 0.5 + 0.5 * len(shared) / len(old.types | new.types)


def _told_apart(old: View, new: View) -> bool:
    """Whether listed values, of the branches or of a property of both, have nothing in common."""
    for a, b in [(old, new), *((old.property(n), new.property(n)) for n in old.properties if n in new.properties)]:
        if a.enum is not None and b.enum is not None:
            known = {canonical(value) for value in a.enum.value}
            if not any(canonical(value) in known for value in b.enum.value):
                return True
    return False


def _name(view: View) -> str | None:
    schema = view.schema
    if not isinstance(schema, dict):
        return None
    name = schema.get("title", schema.get("$ref"))
    return name if isinstance(name, str) else None


def label(view: View) -> str:
    """What a branch is called in a path: its title or reference, else its types and what tells it apart."""
    name = _name(view)
    if name is not None:
        return name
    constants = [
        f"{name}={canonical(view.property(name).enum.value)}"  # type: ignore[union-attr]
        for name in sorted(view.properties)
        if view.property(name).enum is not None
    ]
    return " ".join([*sorted(view.types), *constants])


def negations(old: View, new: View, same: Same) -> Found:
    """What must not be so. ``not`` of an ``anyOf`` forbids each of its branches."""
    pairs, lost, gained = matched(_negated(old), _negated(new), same)
    if len(lost) == len(gained) == 1:
        pairs, lost, gained = [*pairs, (lost[0], gained[0])], [], []
    for a, b in pairs:
        yield Pair(("not",), a, b)
    for view in lost:
        yield Fact("not-removed", At(view.pointer or "", view.schema), None)
    for view in gained:
        yield Fact("not-added", None, At(view.pointer or "", view.schema))


def _negated(view: View) -> list[View]:
    found = []
    for part, _ in view.each("not"):
        place = part.single("not")
        if place is not None and place.schema is not False:
            either = isinstance(place.schema, dict) and set(place.schema) == {"anyOf"}
            found += [view.of([branch]) for branch in (place.children("anyOf") if either else [place])]
    return found


def conditions(old: View, new: View, same: Same) -> Found:
    """``if`` with ``then`` and ``else``: conditions that came and went, and pairs of the others."""
    if min(old.draft, new.draft) < 7:
        return
    before, after = _conditions(old), _conditions(new)
    pairs = [(a, b) for a in before for b in after if same(_below(old, a, "if"), _below(new, b, "if"))]
    pairs = [pair for i, pair in enumerate(pairs) if all(pair[0] is not a and pair[1] is not b for a, b in pairs[:i])]
    before = [a for a in before if all(a is not pair[0] for pair in pairs)]
    after = [b for b in after if all(b is not pair[1] for pair in pairs)]
    while before and after:
        pairs.append((before.pop(0), after.pop(0)))
    for a, b in pairs:
        for keyword in ("if", "then", "else"):
            yield Pair((keyword,), _below(old, a, keyword), _below(new, b, keyword))
    for place in before:
        yield Fact("condition-removed", _condition_at(place), None)
    for place in after:
        yield Fact("condition-added", None, _condition_at(place))


def _conditions(view: View) -> list[Place]:
    return [part for part, _ in view.each("if") if "then" in part.schema or "else" in part.schema]


def _below(view: View, part: Place, keyword: str) -> View:
    place = part.single(keyword)
    return view.of([place] if place else [])


def _condition_at(part: Place) -> At:
    return At(part.at("if"), {name: part.schema[name] for name in ("if", "then", "else") if name in part.schema})
