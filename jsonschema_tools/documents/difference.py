"""What distinguishes two documents, in words, each with its JSON Pointer. Time and memory are linear in their size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from itertools import zip_longest
from typing import Any, NamedTuple

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document, Timestamp, describe, scalar_key, written

Key = Callable[[Any], Hashable]
"""Maps values that are neither lists nor mappings to the same exactly where they count as equal."""

_BEFORE, _LONGEST = 20, 57


class Difference(NamedTuple):
    """The JSON Pointer of a value, and what became of it: ``'a' became 'b'``, ``12 added``, ``an object removed``.

    The pointer is in the new document, that of something removed in the old one.
    """

    pointer: str
    words: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.words}"


def differences(old: Document, new: Document, key: Key = scalar_key) -> tuple[Difference, ...]:
    """Every difference, in document order: none exactly where `values.equal` holds.

    Lists are compared by their items, so that one added in front is one difference. With another ``key``, values are
    equal as that has it.
    """
    comparison = _Comparison(key)
    comparison.compare(old, new, "", "")
    return tuple(comparison.found)


class _Comparison:
    def __init__(self, key: Key) -> None:
        self.found: list[Difference] = []
        self._key = key
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[int, int] = {}

    def compare(self, old: Document, new: Document, before: str, pointer: str) -> None:
        """Find what differs; the values are at ``before`` in the old document, at ``pointer`` in the new one."""
        if self._number(old) == self._number(new):
            return
        if isinstance(old, dict) and isinstance(new, dict):
            self._compare_mappings(old, new, before, pointer)
        elif isinstance(old, list) and isinstance(new, list):
            self._compare_lists(old, new, before, pointer)
        else:
            self.found.append(Difference(pointer, _change(old, new)))

    def _number(self, value: Document) -> int:
        """The same number for equal values: lists and mappings of the same numbers have the same one."""
        if not isinstance(value, (dict, list)):
            return self._numbers.setdefault(self._key(value), len(self._numbers))
        known = self._known.get(id(value))
        if known is None:
            kind: Hashable = (
                (dict, frozenset([(name, self._number(item)) for name, item in value.items()]))
                if isinstance(value, dict)
                else (list, *[self._number(item) for item in value])
            )
            known = self._known[id(value)] = self._numbers.setdefault(kind, len(self._numbers))
        return known

    def _compare_mappings(self, old: dict[str, Any], new: dict[str, Any], before: str, pointer: str) -> None:
        for name, value in old.items():
            step = f"/{escape_token(name)}"
            if name in new:
                self.compare(value, new[name], before + step, pointer + step)
            else:
                self._removed(value, before + step)
        for name, value in new.items():
            if name not in old:
                self._added(value, f"{pointer}/{escape_token(name)}")

    def _compare_lists(self, old: list[Any], new: list[Any], before: str, pointer: str) -> None:
        """Items that both have stay out of it; what stands between two of them on both sides is a change."""
        one, other = [[self._number(item) for item in items] for items in (old, new)]
        kept, also_kept = _in_both(one, other)
        if [one[index] for index in kept] != [other[index] for index in also_kept]:
            self.found.append(Difference(pointer, "the order of the items changed"))
            # Between which items of the other list one would stand can no longer be said.
            self._compare_gap(old, new, (before, pointer), sorted({*range(len(old))} - {*kept}), [])
            self._compare_gap(old, new, (before, pointer), [], sorted({*range(len(new))} - {*also_kept}))
            return
        left = right = 0
        for next_left, next_right in zip([*kept, len(old)], [*also_kept, len(new)], strict=True):
            self._compare_gap(old, new, (before, pointer), range(left, next_left), range(right, next_right))
            left, right = next_left + 1, next_right + 1

    def _compare_gap(
        self,
        old: list[Any],
        new: list[Any],
        pointers: tuple[str, str],
        left: range | list[int],
        right: range | list[int],
    ) -> None:
        before, pointer = pointers
        for index, new_index in zip_longest(left, right):
            if new_index is None:
                self._removed(old[index], f"{before}/{index}")
            elif index is None:
                self._added(new[new_index], f"{pointer}/{new_index}")
            else:
                self.compare(old[index], new[new_index], f"{before}/{index}", f"{pointer}/{new_index}")

    def _removed(self, value: Document, pointer: str) -> None:
        self.found.append(Difference(pointer, f"{describe(value)} removed"))

    def _added(self, value: Document, pointer: str) -> None:
        self.found.append(Difference(pointer, f"{describe(value)} added"))


def _in_both(one: list[int], other: list[int]) -> tuple[list[int], list[int]]:
    """The indices in either list of the items that both have: those of a common start and end, then as they come."""
    shorter = min(len(one), len(other))
    start = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    end = next((i for i in range(shorter - start) if one[-1 - i] != other[-1 - i]), shorter - start)
    middles = [range(start, len(items) - end) for items in (one, other)]
    common = Counter(one[i] for i in middles[0]) & Counter(other[i] for i in middles[1])
    found = []
    for items, middle in zip((one, other), middles, strict=True):
        left = common.copy()
        inner = []
        for index in middle:
            if left[items[index]] > 0:
                left[items[index]] -= 1
                inner.append(index)
        found.append([*range(start), *inner, *range(len(items) - end, len(items))])
    return found[0], found[1]


def _change(old: Document, new: Document) -> str:
    one, other = describe(old), describe(new)
    if one == other and written(old) != written(new):
        one, other = _around(written(old), written(new))
    elif one == other:
        one, other = [f"{text} ({_kind(value)})" for text, value in ((one, old), (other, new))]
    return f"{one} became {other}"


def _around(one: str, other: str) -> tuple[str, str]:
    """Of two long texts what is around the first place in which they differ."""
    shorter = min(len(one), len(other))
    differ = next((index for index in range(shorter) if one[index] != other[index]), shorter)
    start = max(0, differ - _BEFORE)
    return f"...{one[start : start + _LONGEST]}...", f"...{other[start : start + _LONGEST]}..."


def _kind(value: Document) -> str:
    return "a date without quotes" if isinstance(value, Timestamp) else "a text"
