"""Two texts side by side, a row for each pair of lines, what is far from any difference left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_AROUND = 3
_MOST_LINES = 4000


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the numbers and lines of either side, ``None`` where there is none; ``kind`` is ``same``, ``changed`` or
    ``gap``, which stands for rows that are left out."""

    kind: str
    old_number: int | None = None
    old: str | None = None
    new_number: int | None = None
    new: str | None = None


def side_by_side(old: str, new: str) -> list[Row]:
    """The rows of two texts; none where they are longer than people read."""
    before, after = old.splitlines(), new.splitlines()
    if max(len(before), len(after)) > _MOST_LINES:
        return []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return list(_rows(matcher, before, after))


def _rows(matcher: SequenceMatcher[str], before: list[str], after: list[str]) -> Iterator[Row]:
    end = 0
    for group in matcher.get_grouped_opcodes(_AROUND):
        if group[0][1] > end:
            yield Row("gap")
        for tag, old_start, old_end, new_start, new_end in group:
            for offset in range(max(old_end - old_start, new_end - new_start)):
                left, right = old_start + offset, new_start + offset
                yield Row(
                    "same" if tag == "equal" else "changed",
                    left + 1 if left < old_end else None,
                    before[left] if left < old_end else None,
                    right + 1 if right < new_end else None,
                    after[right] if right < new_end else None,
                )
        end = group[-1][2]
    if 0 < end < len(before):
        yield Row("gap")
