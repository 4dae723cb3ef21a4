"""Two schemas assessed, under the names that the user knows them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from jsonschema_tools.compatibility.assessment import Assessment, assess
from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.bump import Bump, breaking, due_bump, same_content
from jsonschema_tools.compatibility.identity import Same
from jsonschema_tools.compatibility.policies import CompatibilitySettings
from jsonschema_tools.compatibility.transitive import Judgements, of_one_line
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.references import Retrieve

EDITED = "+edited"
"""What is behind the version of a current file that was edited and not bumped: metadata of a build, by SemVer 10."""


@dataclass(frozen=True, slots=True)
class NamedSchema:
    """A schema and what the user calls it: a file, a URI, a version."""

    name: str
    document: Document


@dataclass(frozen=True, slots=True)
class NamedAssessment:
    """Two schemas, what a policy makes of them, and the version bump that is due.

    ``allowed`` are breaks that the configuration allows, each with the reason that it gives: no breaks any more.
    """

    old: NamedSchema
    new: NamedSchema
    settings: CompatibilitySettings
    assessment: Assessment
    bump: Bump
    allowed: tuple[tuple[Break, str], ...] = ()

    @property
    def breaks(self) -> tuple[Break, ...]:
        """What the policy does not allow."""
        return breaking(self.assessment, self.settings)

    @property
    def must_fit(self) -> bool:
        """Whether the names are versions that must be compatible, as those of one major: only there a break is one."""
        return of_one_line(self.old.name, self.new.name, self.settings.policy)

    @property
    def warnings(self) -> tuple[Break, ...]:
        """What readers should be told."""
        return tuple(item for item in self.assessment.breaks if item not in self.breaks)


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a title, each with the one before it; ``first`` is the number of the first.

    ``states`` says of each version whether it is released, a draft, or what else it is.
    """

    title: str
    first: str
    rows: tuple[NamedAssessment, ...]
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessor:
    """Assesses schemas as a repository does, each pair once. Arguments and errors as for `assessment.assess`."""

    settings: CompatibilitySettings
    draft: str | None = None
    retrieve: Retrieve | None = None
    version_field: str = "$id"
    known: dict[tuple[Same, Same], Assessment] = field(default_factory=dict)
    _judgements: Judgements[NamedSchema] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "_judgements", Judgements(self.settings, self._breaks, lambda version: version.document)
        )

    def assess(self, old: NamedSchema, new: NamedSchema, earlier: Sequence[NamedSchema] = ()) -> NamedAssessment:
        """Two schemas assessed; ``earlier`` are versions before the old one that a transitive policy counts too."""
        found = self._assessed(old, new)
        older = self._judgements.since_older((*earlier, old, new), lambda version: version.name)
        found = replace(found, breaks=(*found.breaks, *older))
        same = same_content(old.document, new.document, self.version_field)
        return NamedAssessment(old, new, self.settings, found, due_bump(found, self.settings, same=same))

    def history(self, versions: Sequence[NamedSchema]) -> tuple[NamedAssessment, ...]:
        """Each version with the one before it, and with earlier ones as far as they must be compatible."""
        rows = []
        for at, new in enumerate(versions[1:], 1):
            *earlier, old = versions[:at]
            rows.append(self.assess(old, new, [each for each in earlier if self._together(each, old, new)]))
        return tuple(rows)

    def _together(self, *versions: NamedSchema) -> bool:
        first, *others = (version.name for version in versions)
        return all(of_one_line(first, other, self.settings.policy) for other in others)

    def _breaks(self, old: NamedSchema, new: NamedSchema) -> tuple[Break, ...]:
        return self._assessed(old, new).breaks

    def _assessed(self, old: NamedSchema, new: NamedSchema) -> Assessment:
        pair = Same(old.document), Same(new.document)
        if pair not in self.known:
            self.known[pair] = assess(old.document, new.document, self.settings, self.draft, self.retrieve)
        return self.known[pair]


def assess_named(
    old: NamedSchema,
    new: NamedSchema,
    settings: CompatibilitySettings,
    draft: str | None = None,
    retrieve: Retrieve | None = None,
    version_field: str = "$id",
) -> NamedAssessment:
    """Assess two schemas. Arguments and errors as for `assessment.assess`."""
    return Assessor(settings, draft, retrieve, version_field).assess(old, new)
