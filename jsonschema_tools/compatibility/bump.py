"""The smallest version bump that is honest about what changed (SemVer 2.0.0)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from semver import Version

from jsonschema_tools.compatibility.assessment import Assessment
from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.kinds import ANNOTATIONS, words
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.policies import CompatibilitySettings
from jsonschema_tools.documents.values import Document, equal
from jsonschema_tools.versions import field


class Part(StrEnum):
    """The part of a version that goes up."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


_SIZE = {Part.PATCH: 0, Part.MINOR: 1, Part.MAJOR: 2}


@dataclass(frozen=True, slots=True)
class Bump:
    """The part that must go up at least, and why; ``None`` where the versions say the same.

    ``undecided`` where a break could not be ruled out.
    """

    part: Part | None
    reason: str
    undecided: bool = False


def due_bump(assessment: Assessment, settings: CompatibilitySettings, *, same: bool = False) -> Bump:
    """The smallest honest bump: major for a break, minor for another change of what an event may be or means, patch for
    annotations and other words for the same.

    That the schema as a whole is deprecated is an annotation. ``same``: the two versions say the same, see
    `same_content`.
    """
    breaks = breaking(assessment, settings)
    if breaks:
        first = breaks[0]
        more = f" and {len(breaks) - 1} more" if len(breaks) > 1 else ""
        return Bump(Part.MAJOR, f"{first.pointer or '/'}: {first.message}{more}", assessment.undecided)
    changes = [change for change in assessment.comparison.changes if not _is_annotation(change)]
    if changes:
        more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
        return Bump(Part.MINOR, f"{_place(changes[0])}: {words(changes[0])}{more}")
    return Bump(None, "nothing changed") if same else Bump(Part.PATCH, "every event means what it did")


def same_content(old: Document, new: Document, version_field: str = "$id") -> bool:
    """Whether two versions differ in nothing but their version: where it occurs in a text, that is no difference."""
    before, after = field(old, version_field), field(new, version_field)
    if not isinstance(before, str) or not isinstance(after, str):
        return equal(old, new)
    return equal(_replaced(old, before, after), new)


def _replaced(value: Document, before: str, after: str) -> Document:
    if isinstance(value, dict):
        return {key: _replaced(item, before, after) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, before, after) for item in value]
    return after if isinstance(value, str) and value == before else value


def _is_annotation(change: Change) -> bool:
    """Whether a change is none of what an event may be or means: what is retired goes on being what it is."""
    return change.kind in ANNOTATIONS or (change.kind.startswith("deprecated") and _place(change) == "/deprecated")


def _place(change: Change) -> str:
    return change.new_pointer or change.old_pointer or "/"


def breaking(assessment: Assessment, settings: CompatibilitySettings) -> tuple[Break, ...]:
    """The breaks that need a major version: what merely grew may not be one of them."""
    return tuple(item for item in assessment.breaks if is_breaking(item, settings))


def is_breaking(item: Break, settings: CompatibilitySettings) -> bool:
    """Whether a break needs a major version."""
    return not (settings.may_grow and item.growth)


def bumped(version: str, part: Part) -> str:
    """The version after a bump. Below 1.0.0 anything may change: there a major bump is a minor one (SemVer, 4)."""
    parsed = Version.parse(version).finalize_version()
    if part is Part.MAJOR and parsed.major > 0:
        return str(parsed.bump_major())
    return str(parsed.bump_patch() if part is Part.PATCH else parsed.bump_minor())


def part_between(old: str, new: str) -> Part | None:
    """The greatest part in which a version is ahead of another; ``None`` where it is not."""
    before, after = Version.parse(old), Version.parse(new)
    if after <= before:
        return None
    return Part.MAJOR if after.major > before.major else Part.MINOR if after.minor > before.minor else Part.PATCH


def covers(part: Part | None, due: Part | None) -> bool:
    """Whether a bump is at least as large as the one that is due."""
    return due is None or (part is not None and _SIZE[part] >= _SIZE[due])


def follows(old: str, new: str) -> bool:
    """Whether a version is one that can come next: no part goes up by more than one."""
    before = Version.parse(old).finalize_version()
    return Version.parse(new).finalize_version() in (before.bump_major(), before.bump_minor(), before.bump_patch())
