"""Facts about single values: types, listed values, bounds, lengths, patterns, formats, annotations."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from jsonschema_tools.compatibility.facts import Fact, Found, canonical
from jsonschema_tools.compatibility.view import At, View
from jsonschema_tools.documents.values import Document, ExactFloat, equal
from jsonschema_tools.nodejs.all_of_keywords import least_common_multiple

_NUMERIC = frozenset({"integer", "number"})


def types(old: View, new: View) -> Found:
    """The types that are allowed. What a list of values says about types is left to that list."""
    before, after = old.types, new.types
    if before == after or (old.enum is not None and new.enum is not None):
        return
    gained, lost = _beyond(after, before), _beyond(before, after)
    if (not gained and new.enum is not None) or (not lost and old.enum is not None):
        return
    kind = "type-changed" if gained and lost else "type-widened" if gained else "type-narrowed"
    yield Fact(kind, _type_at(old), _type_at(new))


def _beyond(types_: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    beyond = types_ - others
    return beyond - {"integer"} if "number" in others else beyond


def _type_at(view: View) -> At | None:
    declared = view.values("type")
    if len(declared) == 1:
        return declared[0]
    return At(declared[0].pointer, sorted(view.types)) if declared else view.enum


def values(old: View, new: View) -> Found:
    """The values that ``enum`` and ``const`` list."""
    before, after = old.enum, new.enum
    if before is None or after is None:
        if before is not None or after is not None:
            stem = "const" if (before or after).pointer.endswith("/const") else "enum"  # type: ignore[union-attr]
            yield Fact(f"{stem}-removed" if after is None else f"{stem}-added", _as_written(before), _as_written(after))
        return
    known, kept = ({canonical(value) for value in at.value} for at in (before, after))
    if known == kept:
        return
    stem = "const" if before.pointer.endswith("/const") and after.pointer.endswith("/const") else "enum"
    verb = "changed" if stem == "const" else "extended" if known <= kept else "narrowed" if kept <= known else "changed"
    yield Fact(f"{stem}-{verb}", _as_written(before), _as_written(after))


def _as_written(at: At | None) -> At | None:
    return At(at.pointer, at.value[0]) if at is not None and at.pointer.endswith("/const") and at.value else at


def numbers(old: View, new: View) -> Found:
    """Bounds and steps of numbers, each bound as the tightest of what the schema says."""
    if not (old.types & _NUMERIC and new.types & _NUMERIC):
        return
    for keyword, side in (("minimum", 1), ("maximum", -1)):
        yield from _bound(keyword, side, _tightest(old, keyword, side), _tightest(new, keyword, side))
    before, after = _step(old), _step(new)
    if before is None or after is None:
        yield from _presence("multiple-of", before, after)
    elif not equal(before.value, after.value):
        coarser = exact(after.value) % exact(before.value) == 0
        finer = exact(before.value) % exact(after.value) == 0
        verb = "narrowed" if coarser else "widened" if finer else "changed"
        yield Fact(f"multiple-of-{verb}", before, after)


def _tightest(view: View, keyword: str, side: int) -> tuple[Fraction, bool, At] | None:
    """The tightest bound: its number, whether it is exclusive, and where it stands."""
    found = []
    excluding = f"exclusive{keyword.capitalize()}"
    for part, value in view.each(keyword):
        if is_number(value):
            found.append((value, view.draft == 4 and part.schema.get(excluding) is True, At(part.at(keyword), value)))
    if view.draft > 4:
        found += [(at.value, True, at) for at in view.values(excluding) if is_number(at.value)]
    bounds = [(*_whole(exact(value), excluded, view, side), at) for value, excluded, at in found]
    return max(bounds, key=lambda bound: (bound[0] * side, bound[1])) if bounds else None


def _whole(value: Fraction, excluded: bool, view: View, side: int) -> tuple[Fraction, bool]:
    """Of whole numbers only, an exclusive bound is the inclusive one beside it."""
    if "number" in view.types:
        return value, excluded
    nearest = Fraction(math.ceil(value) if side > 0 else math.floor(value))
    return (nearest + side if excluded and nearest == value else nearest), False


def _bound(
    keyword: str, side: int, before: tuple[Fraction, bool, At] | None, after: tuple[Fraction, bool, At] | None
) -> Found:
    binding = after or before
    if binding is None or (before and after and before[:2] == after[:2]):
        return
    stem = f"exclusive-{keyword}" if "/exclusive" in binding[2].pointer[-17:] or binding[1] else keyword
    if before is None or after is None:
        yield from _presence(stem, before and before[2], after and after[2])
        return
    tighter = (after[0] * side, after[1]) > (before[0] * side, before[1])
    verb = "raised" if tighter == (side > 0) else "lowered"
    yield Fact(f"{stem}-{verb}", before[2], after[2])


def _step(view: View) -> At | None:
    found = [at for at in view.values("multipleOf") if is_number(at.value) and at.value > 0]
    if "number" not in view.types:
        found = [at for at in found if not equal(at.value, 1)]
    if len(found) < 2:
        return found[0] if found else None
    return At(found[0].pointer, least_common_multiple([at.value for at in found]))


def strings(old: View, new: View) -> Found:
    """Length, pattern and format of strings."""
    if "string" not in old.types or "string" not in new.types:
        return
    yield from size("Length", old, new)
    for keyword in ("pattern", "format"):
        yield from _listed(keyword, old, new)


def size(noun: str, old: View, new: View) -> Found:
    """A pair of limits such as ``minLength`` and ``maxLength``."""
    stem = noun.lower()
    yield from compared(f"min-{stem}", _limit(old, f"min{noun}", max), _limit(new, f"min{noun}", max))
    yield from compared(f"max-{stem}", _limit(old, f"max{noun}", min), _limit(new, f"max{noun}", min))


def _limit(view: View, keyword: str, tightest: Callable[..., At]) -> At | None:
    """The tightest value of a limit; a lower limit of 0 is none."""
    found = [at for at in view.values(keyword) if is_number(at.value)]
    if keyword.startswith("min"):
        found = [at for at in found if at.value > 0]
    return tightest(found, key=lambda at: at.value) if found else None


def compared(stem: str, before: At | None, after: At | None) -> Found:
    """A limit that was added, removed, raised or lowered."""
    if before is None or after is None:
        yield from _presence(stem, before, after)
    elif not equal(before.value, after.value):
        yield Fact(f"{stem}-raised" if after.value > before.value else f"{stem}-lowered", before, after)


def _presence(stem: str, before: At | None, after: At | None) -> Found:
    if before is not None:
        yield Fact(f"{stem}-removed", before, None)
    elif after is not None:
        yield Fact(f"{stem}-added", None, after)


def _listed(keyword: str, old: View, new: View) -> Found:
    """A keyword whose values all apply."""
    before, after = (_texts(view.values(keyword)) for view in (old, new))
    lost = [at for value, at in before.items() if value not in after]
    gained = [at for value, at in after.items() if value not in before]
    if len(lost) == len(gained) == 1:
        yield Fact(f"{keyword}-changed", lost[0], gained[0])
        return
    for at in lost:
        yield Fact(f"{keyword}-removed", at, None)
    for at in gained:
        yield Fact(f"{keyword}-added", None, at)


def _texts(values_: list[At]) -> dict[str, At]:
    return {at.value: at for at in reversed(values_) if isinstance(at.value, str)}


def remarks(old: View, new: View, keywords: frozenset[str]) -> Found:
    """Everything that is not among the ``keywords`` that have a meaning for validation."""
    before, after = (_annotations(view, keywords) for view in (old, new))
    for keyword in dict.fromkeys([*before, *after]):
        a, b = before.get(keyword), after.get(keyword)
        if a is None or b is None or not equal(a.value, b.value):
            stem = {"default": "default", "deprecated": "deprecated"}.get(keyword, "annotation")
            yield Fact(f"{stem}-{'added' if a is None else 'removed' if b is None else 'changed'}", a, b, keyword)


def _annotations(view: View, keywords: frozenset[str]) -> dict[str, At]:
    found: dict[str, At] = {}
    for part in view.parts:
        for keyword, value in part.schema.items():
            if keyword not in keywords and not (keyword in _OFF_BY_DEFAULT and value is False):
                found.setdefault(keyword, At(part.at(keyword), value))
    return found


_OFF_BY_DEFAULT = frozenset({"deprecated", "readOnly", "writeOnly"})


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are none."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and math.isfinite(value)
    )


def exact(value: Document) -> Fraction:
    """The number as it is written."""
    if isinstance(value, int):
        return Fraction(value)
    return Fraction(Decimal(value.text if isinstance(value, ExactFloat) else repr(value)))
