"""What a policy makes of two versions: the breaks, each with the change that makes it and an event that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from jsonschema_tools.compatibility.blame import Pair
from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.comparison import compare
from jsonschema_tools.compatibility.kinds import ANNOTATIONS
from jsonschema_tools.compatibility.missed import missed, readable
from jsonschema_tools.compatibility.model import Change, Comparison
from jsonschema_tools.compatibility.policies import CompatibilitySettings, ContentModel, Direction
from jsonschema_tools.containment.model import Answer
from jsonschema_tools.documents.values import Document
from jsonschema_tools.nodejs.compatibility import Missing, missing
from jsonschema_tools.schemas.references import Retrieve


@dataclass(frozen=True, slots=True)
class Assessment:
    """Two versions compared, and what the policy makes of it."""

    comparison: Comparison
    breaks: tuple[Break, ...]

    @property
    def undecided(self) -> bool:
        """Whether no break is known, but one could not be ruled out."""
        return bool(self.breaks) and all(found.answer is Answer.UNKNOWN for found in self.breaks)


def assess(
    old: Document,
    new: Document,
    settings: CompatibilitySettings,
    draft: str | None = None,
    retrieve: Retrieve | None = None,
) -> Assessment:
    """Compare two versions and find what breaks the policy. Arguments and errors as for `compare`."""
    comparison = compare(old, new, draft, settings, retrieve)
    if settings.policy.upstream:
        return Assessment(comparison, upstream_breaks(missing(old, new), comparison.changes))
    wanted = settings.policy.directions
    got: frozenset[str] = frozenset()
    if settings.content_model is ContentModel.DECLARED and Direction.FORWARD in wanted:
        more = missed(old, new, comparison.changes, draft, retrieve)
        comparison = replace(comparison, changes=(*comparison.changes, *more))
        got = readable(old, draft, retrieve)
    pair = Pair(old, new, settings.content_model, draft, retrieve, comparison.changes, got)
    directions = {Direction.BACKWARD: comparison.backward, Direction.FORWARD: comparison.forward}
    breaks = [found for direction in wanted for found in pair.breaks(direction, directions[direction])]
    return Assessment(comparison, tuple(breaks))


def upstream_breaks(found: Iterable[Missing], changes: Sequence[Change]) -> tuple[Break, ...]:
    """What breaks the rule of the Node.js tool, with the changes that are at or below the place."""
    return tuple(
        Break(item.message, item.pointer, changes=tuple(c for c in changes if _is_at(c, item.place))) for item in found
    )


def _is_at(change: Change, place: str) -> bool:
    pointers = (change.old_pointer, change.new_pointer)
    at = any(p is not None and (p == place or p.startswith(f"{place}/")) for p in pointers)
    return at and change.kind not in ANNOTATIONS
