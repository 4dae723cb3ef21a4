"""How much work a merge of ``allOf`` may be: alternatives multiply."""

from __future__ import annotations

from contextvars import ContextVar

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.all_of_parts import (
    Path,
)

MAX_WORK = 1_500_000
"""How much may be done where lists of alternatives meet: so many comparisons, which take about ten seconds."""

WORK_OF_CHOICE = 30
"""Merging the parts of one choice takes as long as so many comparisons."""

work_left: ContextVar[int] = ContextVar("work_left")


def charge(work: int, path: Path) -> None:
    """Count the work that alternatives make; raise `SchemaError` when it gets too much."""
    left = work_left.get() - work
    if left < 0:
        raise SchemaError(
            f"merging allOf gives too many alternatives: the lists of {path[-1]!r} have too many combinations",
            pointer=join(path),
            remedy="Combine fewer or shorter lists of alternatives.",
        )
    work_left.set(left)
