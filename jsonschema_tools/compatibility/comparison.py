"""Two versions compared: what changed, and whether each understands the events of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jsonschema_tools.compatibility.bundling import together
from jsonschema_tools.compatibility.changes import spelled, unconstrained
from jsonschema_tools.compatibility.declared import closed, opened
from jsonschema_tools.compatibility.kinds import CONSTRAINTS
from jsonschema_tools.compatibility.model import Comparison
from jsonschema_tools.compatibility.policies import CompatibilitySettings, ContentModel, Direction, policy_named
from jsonschema_tools.containment.model import MAX_STEPS, Answer, Containment, Witness
from jsonschema_tools.containment.proof import PROVED, contained, equivalent
from jsonschema_tools.containment.references import Source
from jsonschema_tools.containment.verification import verified
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.dialects import effective_draft
from jsonschema_tools.schemas.references import Retrieve


def compare(
    old: Document,
    new: Document,
    draft: str | None = None,
    policy: CompatibilitySettings | str | None = None,
    retrieve: Retrieve | None = None,
    *,
    witness: bool = True,
) -> Comparison:
    """What changed between two versions, and both directions: proved, refuted by an event, or unknown.

    ``policy`` only matters for what counts as an event: see `ContentModel`; by default every valid one does.
    ``draft`` and ``retrieve`` as for `diff`. Without ``witness`` no events are given, which is faster.
    """
    settings = CompatibilitySettings(policy_named(policy)) if isinstance(policy, str) else policy
    model = settings.content_model if settings else ContentModel.STRICT
    steps = settings.max_steps if settings else MAX_STEPS
    backward, forward = (
        Audience(old, new, direction, model, draft, retrieve, steps).understood(witness=witness)
        for direction in Direction
    )
    changes = spelled(old, new, draft, retrieve)
    if any(change.kind in CONSTRAINTS for change in changes) and backward.answer is forward.answer is Answer.YES:
        # What is only said in other words is no change. Declared, the directions may hold where the events differ.
        strict = model is ContentModel.STRICT
        if strict or equivalent(old, new, draft=draft, retrieve=retrieve) is Answer.YES:
            changes = unconstrained(changes)
    return Comparison(changes, backward, forward)


@dataclass(frozen=True, slots=True)
class Audience:
    """The readers of one version, and the events of the other that they get."""

    old: Document
    new: Document
    direction: Direction
    model: ContentModel = ContentModel.STRICT
    draft: str | None = None
    retrieve: Retrieve | None = None
    max_steps: int = MAX_STEPS

    def understood(self, *, witness: bool = True) -> Containment:
        """Whether every event is understood."""
        written, read, draft, retrieve = self._sides()
        found = contained(written, read, draft=draft, retrieve=retrieve, witness=witness, max_steps=self.max_steps)
        return replace(found, reason=self._proved) if found.reason == PROVED else found

    @property
    def _proved(self) -> str:
        written, read = ("old", "new") if self.direction is Direction.BACKWARD else ("new", "old")
        if self.model is ContentModel.STRICT:
            return f"every event of the {written} schema is valid under the {read} one"
        return f"every event with only what the {written} schema declares is valid for readers of the {read} one"

    def understood_beside(self, understanding: Sequence[Document], others: Sequence[Document]) -> Containment:
        """As `understood`, but of the events that some readers understand too and others do not; all are bundles."""
        written, read, draft, retrieve = self._sides()
        events = together([written, *map(self._read, understanding)], [*map(self._read, others)])
        return contained(events, read, draft=draft, retrieve=retrieve, max_steps=self.max_steps)

    def refused(self, event: Document) -> Witness | None:
        """The event as a witness, where it is one of those that are not understood."""
        written, read, draft, retrieve = self._sides()
        sources = [Source(side, effective_draft(side, draft), retrieve) for side in (written, read)]
        return verified(event, *sources)

    def helps(self, event: Document, reader: Document) -> bool:
        """Whether another reader, a bundle, understands an event that this one refuses."""
        _, read, draft, retrieve = self._sides()
        sides = (self._read(reader), read)
        sources = [Source(side, effective_draft(side, draft), retrieve) for side in sides]
        return verified(event, *sources) is not None

    def _read(self, schema: Document) -> Document:
        return schema if self.model is ContentModel.STRICT else opened(schema, self.draft, self.retrieve)

    def _sides(self) -> tuple[Document, Document, str | None, Retrieve | None]:
        backward = self.direction is Direction.BACKWARD
        written, read = (self.old, self.new) if backward else (self.new, self.old)
        if self.model is ContentModel.STRICT:
            return written, read, self.draft, self.retrieve
        # What they refer to is in the projections, and their draft too.
        return closed(written, self.draft, self.retrieve), self._read(read), None, None
