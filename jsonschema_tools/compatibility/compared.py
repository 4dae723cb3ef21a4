"""Two schemas compared and judged, under the names that the user knows them by."""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.bump import Bump, breaking, due_bump, same_content
from jsonschema_tools.compatibility.judging import Judgement, judge
from jsonschema_tools.compatibility.policies import Judging
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.references import Retrieve


@dataclass(frozen=True, slots=True)
class Named:
    """A schema and what the user calls it: a file, a URI, a version."""

    name: str
    document: Document


@dataclass(frozen=True, slots=True)
class Compared:
    """Two schemas, what a policy makes of them, and the version bump that is due."""

    old: Named
    new: Named
    judging: Judging
    judgement: Judgement
    bump: Bump

    @property
    def breaks(self) -> tuple[Break, ...]:
        """What the policy does not allow."""
        return breaking(self.judgement, self.judging)

    @property
    def is_within_major(self) -> bool:
        """Whether the names are versions of one major: only there a break is one."""
        return self.old.name.partition(".")[0] == self.new.name.partition(".")[0]

    @property
    def warnings(self) -> tuple[Break, ...]:
        """What readers should be told."""
        return tuple(item for item in self.judgement.breaks if item not in self.breaks)


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a title, each with the one before it; ``first`` is the number of the first."""

    title: str
    first: str
    rows: tuple[Compared, ...]


def compared(
    old: Named,
    new: Named,
    judging: Judging,
    draft: str | None = None,
    retrieve: Retrieve | None = None,
    version_field: str = "$id",
) -> Compared:
    """Compare two schemas. Arguments and errors as for `judging.judge`."""
    judgement = judge(old.document, new.document, judging, draft, retrieve)
    same = same_content(old.document, new.document, version_field)
    return Compared(old, new, judging, judgement, due_bump(judgement, judging, same=same))
