"""A schema that became a branch of an ``anyOf`` or ``oneOf``, or was one before: it is compared with that branch.

``E`` that became ``oneOf: [null, E]`` still says of a value that is not null what it said: a branch was added, no more.
"""

from __future__ import annotations

from dataclasses import replace

from jsonschema_tools.compatibility.combinations import ALIKE, Same, label, likeness
from jsonschema_tools.compatibility.facts import Fact, Found, Pair
from jsonschema_tools.compatibility.places import Place
from jsonschema_tools.compatibility.view import ANY_TYPE, At, View
from jsonschema_tools.schemas.vocabulary import REFERENCES

_STEMS = {"anyOf": "any-of", "oneOf": "one-of"}
_FORWARDING = frozenset({*REFERENCES, "allOf"})

Matched = list[tuple[View, View]]
"""The schema, or what it says of some types, and the branch that says it in the other version."""


def as_branch(old: View, new: View, same: Same, constraints: frozenset[str]) -> Found | None:
    """What differs where one version is a branch of the other; ``None`` where that is not so.

    ``constraints`` are the keywords that say something about events. There must be none beside the branches but
    ``type``: else what stands beside them is the schema, and they only add to it.
    """
    for keyword, stem in _STEMS.items():
        if bool(old.groups(keyword)) == bool(new.groups(keyword)):
            continue
        wraps = bool(new.groups(keyword))
        plain, wrapped = (old, new) if wraps else (new, old)
        beside = _beside(wrapped, keyword, constraints)
        if beside is None:
            continue
        alike: Same = same if wraps else (lambda a, b: same(b, a))
        branches = [wrapped.of([branch, *beside]) for branch in wrapped.groups(keyword)[0][1]]
        pairs = [] if beside and alike(plain, wrapped.of(beside)) else _matched(plain, branches, alike)
        if pairs:
            return _found(keyword, stem, pairs, branches, wraps)
    return None


def _beside(view: View, keyword: str, constraints: frozenset[str]) -> list[Place] | None:
    """What stands beside the branches, without them; ``None`` where that is a schema of its own."""
    groups = view.groups(keyword)
    if len(groups) != 1:
        return None
    found = []
    for part in view.parts:
        left_out = {*_FORWARDING, keyword} if part is groups[0][0] else _FORWARDING
        schema = {key: value for key, value in part.schema.items() if key not in left_out}
        if not constraints.isdisjoint(schema.keys() - {"type"}):
            return None
        found += [replace(part, schema=schema)] if schema else []
    return found


def _matched(plain: View, branches: list[View], same: Same) -> Matched:
    """The schema with the branch that says the same, or is clearly more alike than the others.

    One that allows several types may be spread over branches, one for each.
    """
    equal = next((branch for branch in branches if same(plain, branch)), None)
    if equal is not None:
        return [(plain, equal)]
    if plain.types >= ANY_TYPE:
        return []
    by_type = _by_type(plain, branches)
    if by_type:
        return by_type
    scores = sorted((likeness(plain, branch) for branch in branches), reverse=True)
    if scores[0] < ALIKE or scores[0] == scores[1]:
        return []
    return [(plain, branch) for branch in branches if likeness(plain, branch) == scores[0]]


def _by_type(plain: View, branches: list[View]) -> Matched:
    """What the schema says of each of its types with the branch for it, where there is just one for each."""
    found: Matched = []
    left = plain.types
    for branch in (branch for branch in branches if branch.types & plain.types):
        if not branch.types <= left:
            return []
        left -= branch.types
        types = Place({"type": sorted(branch.types)}, f"{plain.pointer}/type", "", "")
        found.append((plain.of([*plain.origins, types]), branch))
    return found if not left and len(found) > 1 else []


def _found(keyword: str, stem: str, pairs: Matched, branches: list[View], wraps: bool) -> Found:
    for part, branch in pairs:
        yield Pair((keyword, label(branch)), *((part, branch) if wraps else (branch, part)))
    for branch in (branch for branch in branches if all(branch is not taken for _, taken in pairs)):
        at = At(branch.pointer or "", branch.schema)
        yield Fact(f"{stem}-branch-added", None, at) if wraps else Fact(f"{stem}-branch-removed", at, None)
