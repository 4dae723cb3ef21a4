"""What a branch does to schemas: the values that a review is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jsonschema_tools.compatibility.bump import Part, covers
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.named import NamedAssessment
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.rules.model import Report
from jsonschema_tools.schemas.deprecation import Deprecation


@dataclass(frozen=True, slots=True)
class NewField:
    """A property that was added: its JSON Pointer, its type and what is said of it."""

    pointer: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class TitleReview:
    """What a branch does to a title.

    ``old`` is the version that is released, ``new`` what the branch makes of it, ``None`` where there is none; both are
    the same where it makes no new version, but touches a test or removes a version. ``assessment`` compares the two.
    ``given`` is the part of the version that goes up, ``due`` the one that has to.
    ``through`` are the fragments that the branch changes, too, and this title takes; what they change is left out of
    ``changes``. ``table`` says what no table of the title can follow. ``error`` is why the title cannot be compared.
    """

    title: str
    path: Path
    old: str | None
    new: str | None
    given: Part | None = None
    due: Part | None = None
    assessment: NamedAssessment | None = None
    changes: tuple[Change, ...] = ()
    fields: tuple[NewField, ...] = ()
    through: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    deprecation: Deprecation | None = None
    owners: tuple[str, ...] = ()
    error: SchemaToolsError | None = None

    @property
    def bump_is_too_small(self) -> bool:
        """Whether what changed needs a larger version."""
        return self.assessment is not None and not covers(self.given, self.due)


@dataclass(frozen=True, slots=True)
class Review:
    """What a branch does since it left ``against``, title by title, and what `jst check` finds in these titles."""

    against: str
    titles: tuple[TitleReview, ...]
    report: Report

    @property
    def failed(self) -> bool:
        """Whether a check found an error, or a version is too small for what changed."""
        return self.report.failed or any(title.bump_is_too_small or title.error for title in self.titles)
