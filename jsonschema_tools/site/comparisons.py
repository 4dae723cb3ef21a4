"""A comparison of two versions as its page shows it: changes in words, and who breaks, with the event that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jsonschema_tools.compatibility.breaks import READERS, Break
from jsonschema_tools.compatibility.kinds import ANNOTATIONS, describe_change
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.named import NamedAssessment
from jsonschema_tools.containment.model import Containment
from jsonschema_tools.reports.escaping import json_text
from jsonschema_tools.site.fields import field_path


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change: what it is, whether it ``breaks``, is ``allowed``, or is only of ``words``, and the path of the field
    that it is in, if it is in one."""

    text: str
    mark: str
    field: str


@dataclass(frozen=True, slots=True)
class BreakView:
    """Something that breaks: where, what, for whom, the event that shows it, and why that one is refused."""

    pointer: str
    message: str
    readers: str
    event: str
    refusals: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DirectionView:
    """What one direction promises, whether that holds, why, and the event that shows that it does not."""

    name: str
    said: str
    answer: str
    reason: str
    event: str


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """What the page of two versions shows. ``is_judged`` is whether they must be compatible at all."""

    old: str
    new: str
    bump: str
    bump_reason: str
    is_judged: bool
    changes: tuple[ChangeView, ...]
    breaks: tuple[BreakView, ...]
    warnings: tuple[BreakView, ...]
    allowed: tuple[BreakView, ...]
    directions: tuple[DirectionView, ...]


def comparison_view(found: NamedAssessment) -> ComparisonView:
    """The view of an assessment."""
    comparison = found.assessment.comparison
    return ComparisonView(
        found.old.name,
        found.new.name,
        str(found.bump.part or "none"),
        found.bump.reason,
        found.must_fit,
        tuple(_changes(found)),
        tuple(_break(item) for item in found.breaks),
        tuple(_break(item) for item in found.warnings),
        tuple(_break(item, reason) for item, reason in found.allowed),
        (
            _direction("backward", "readers of the new version and events of the old one", comparison.backward),
            _direction("forward", "readers of the old version and events of the new one", comparison.forward),
        ),
    )


def _direction(name: str, said: str, found: Containment) -> DirectionView:
    witness = found.witness
    event = json_text(witness.event) if witness is not None else ""
    return DirectionView(name, said, str(found.answer), found.reason, event)


def _changes(found: NamedAssessment) -> Iterator[ChangeView]:
    broken = _fingerprints(found.breaks)
    allowed = _fingerprints(item for item, _ in found.allowed)
    for change in found.assessment.comparison.changes:
        pointer = change.new_pointer if change.new_pointer is not None else change.old_pointer
        yield ChangeView(describe_change(change), _mark(change, broken, allowed), field_path(pointer or ""))


def _fingerprints(breaks: Iterator[Break] | tuple[Break, ...]) -> set[str]:
    return {change.fingerprint for item in breaks for change in item.changes}


def _mark(change: Change, broken: set[str], allowed: set[str]) -> str:
    if change.fingerprint in broken:
        return "breaks"
    if change.fingerprint in allowed:
        return "allowed"
    return "words" if change.kind in ANNOTATIONS else ""


def _break(item: Break, reason: str = "") -> BreakView:
    witness = item.witness
    return BreakView(
        item.pointer or "/",
        item.message,
        f"Broken: {READERS[item.direction]}." if item.direction else "",
        json_text(witness.event) if witness is not None else "",
        tuple(witness.refusals) if witness is not None else ((item.why,) if item.why else ()),
        reason,
    )
