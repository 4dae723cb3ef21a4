"""Two schemas compared and judged, under the names that the user knows them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.bump import Bump, breaking, due_bump, same_content
from jsonschema_tools.compatibility.identity import Same
from jsonschema_tools.compatibility.judging import Judgement, judge
from jsonschema_tools.compatibility.policies import Judging
from jsonschema_tools.compatibility.transitive import of_one_line, since_older
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.references import Retrieve


@dataclass(frozen=True, slots=True)
class Named:
    """A schema and what the user calls it: a file, a URI, a version."""

    name: str
    document: Document


@dataclass(frozen=True, slots=True)
class Compared:
    """Two schemas, what a policy makes of them, and the version bump that is due.

    ``allowed`` are breaks that the configuration allows, each with the reason that it gives: no breaks any more.
    """

    old: Named
    new: Named
    judging: Judging
    judgement: Judgement
    bump: Bump
    allowed: tuple[tuple[Break, str], ...] = ()

    @property
    def breaks(self) -> tuple[Break, ...]:
        """What the policy does not allow."""
        return breaking(self.judgement, self.judging)

    @property
    def must_fit(self) -> bool:
        """Whether the names are versions that must be compatible, as those of one major: only there a break is one."""
        return of_one_line(self.old.name, self.new.name, self.judging.policy)

    @property
    def warnings(self) -> tuple[Break, ...]:
        """What readers should be told."""
        return tuple(item for item in self.judgement.breaks if item not in self.breaks)


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a title, each with the one before it; ``first`` is the number of the first.

    ``states`` says of each version whether it is released, a draft, or what else it is.
    """

    title: str
    first: str
    rows: tuple[Compared, ...]
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparer:
    """Compares schemas as a repository does, each pair once. Arguments and errors as for `judging.judge`."""

    judging: Judging
    draft: str | None = None
    retrieve: Retrieve | None = None
    version_field: str = "$id"
    known: dict[tuple[Same, Same], Judgement] = field(default_factory=dict)

    def compared(self, old: Named, new: Named, earlier: Sequence[Named] = ()) -> Compared:
        """Two schemas compared; ``earlier`` are versions before the old one that a transitive policy judges too."""
        found = self._judged(old, new)
        older = since_older((*earlier, old, new), self.judging.policy, self._breaks, lambda version: version.name)
        found = replace(found, breaks=(*found.breaks, *older))
        same = same_content(old.document, new.document, self.version_field)
        return Compared(old, new, self.judging, found, due_bump(found, self.judging, same=same))

    def history(self, versions: Sequence[Named]) -> tuple[Compared, ...]:
        """Each version with the one before it, and with earlier ones as far as they must be compatible."""
        rows = []
        for at, new in enumerate(versions[1:], 1):
            *earlier, old = versions[:at]
            rows.append(self.compared(old, new, [each for each in earlier if self._together(each, old, new)]))
        return tuple(rows)

    def _together(self, *versions: Named) -> bool:
        first, *others = (version.name for version in versions)
        return all(of_one_line(first, other, self.judging.policy) for other in others)

    def _breaks(self, old: Named, new: Named) -> tuple[Break, ...]:
        return self._judged(old, new).breaks

    def _judged(self, old: Named, new: Named) -> Judgement:
        pair = Same(old.document), Same(new.document)
        if pair not in self.known:
            self.known[pair] = judge(old.document, new.document, self.judging, self.draft, self.retrieve)
        return self.known[pair]


def compared(
    old: Named,
    new: Named,
    judging: Judging,
    draft: str | None = None,
    retrieve: Retrieve | None = None,
    version_field: str = "$id",
) -> Compared:
    """Compare two schemas. Arguments and errors as for `judging.judge`."""
    return Comparer(judging, draft, retrieve, version_field).compared(old, new)
