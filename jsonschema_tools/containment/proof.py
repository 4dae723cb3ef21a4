"""Is every instance of one JSON Schema an instance of another? Proved, refuted by an event, or said to be unknown.

The question is whether a value satisfies the one schema and not the other. `reading` makes nodes of both schemas,
`search` looks for such a value and finds one or proves that there is none, `verification` has the reference validator
confirm it.
"""

from __future__ import annotations

from jsonschema_tools.containment.model import MAX_STEPS, Answer, Containment
from jsonschema_tools.containment.nodes import Graph, Node
from jsonschema_tools.containment.outcomes import EMPTY, Empty, Outcome, Unknown
from jsonschema_tools.containment.reading import Reader
from jsonschema_tools.containment.references import Place, Retrieve, Source
from jsonschema_tools.containment.samples import add_samples
from jsonschema_tools.containment.search import Search
from jsonschema_tools.containment.shrinking import shrunk
from jsonschema_tools.containment.undecided import TOO_DEEP_REASON, undecided
from jsonschema_tools.containment.verification import verified
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.dialects import effective_draft

MAX_WITNESSES = 8
"""So many events are tried before the validator's disagreement is taken for an answer."""

PROVED = "every event of the one is valid under the other"
"""The reason of a proof."""

REWORDED_STEPS = 8000
"""Steps enough to see that two schemas say the same: what is not seen is told as a change."""


def contained(
    sub: Document,
    sup: Document,
    *,
    draft: str | None = None,
    retrieve: Retrieve | None = None,
    witness: bool = True,
    max_steps: int = MAX_STEPS,
) -> Containment:
    """Whether every instance of ``sub`` is an instance of ``sup``.

    *yes* is proved; *no* comes with an event that python-jsonschema, formats asserted, accepts under ``sub`` and
    refuses under ``sup``; *unknown* says what stopped the proof, and where, if only that ``max_steps`` were done.
    ``draft`` (``draft-07``, ``2020-12``, ...) overrides the ``$schema`` of both, ``retrieve`` fetches the documents
    that a ``$ref`` leads to. Without ``witness`` a *no* has none, and rests on our own reading of the event alone:
    faster. Raises `UsageError` for a ``draft`` that is not known.
    """
    graph = Graph()
    sources = [Source(document, effective_draft(document, draft), retrieve) for document in (sub, sup)]
    try:
        accepted, refused = (
            Reader(graph, source.draft, Place(source.document, source), is_declared=draft is None).document()
            for source in sources
        )
        if accepted is refused:
            return Containment(Answer.YES, "both schemas say the same")
        if witness:
            for source in sources:
                add_samples(graph, source.document)
        return _answer(graph, accepted, refused, sources, witness, max_steps)
    except RecursionError:
        return Containment(Answer.UNKNOWN, TOO_DEEP_REASON)


def equivalent(
    left: Document, right: Document, *, draft: str | None = None, retrieve: Retrieve | None = None
) -> Answer:
    """Whether two schemas have the same instances."""
    answers = {
        contained(sub, sup, draft=draft, retrieve=retrieve, witness=False, max_steps=REWORDED_STEPS).answer
        for sub, sup in ((left, right), (right, left))
    }
    return Answer.NO if Answer.NO in answers else Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def _answer(
    graph: Graph, accepted: Node, refused: Node, sources: list[Source], witness: bool, max_steps: int
) -> Containment:
    goal = {accepted, refused.opposite}
    search = Search(graph, max_steps)
    for attempt in range(MAX_WITNESSES):
        outcome: Outcome = EMPTY if accepted is graph.false else search.solve(goal)
        if isinstance(outcome, Empty):
            if attempt > 0:
                break
            return Containment(Answer.YES, PROVED)
        if isinstance(outcome, Unknown):
            return undecided(outcome, graph, (source.document for source in sources), max_steps)
        if not witness:
            return Containment(Answer.NO, "an event of the one is refused by the other")
        event = shrunk(outcome.value, accepted, refused)
        found = verified(event, *sources) or verified(outcome.value, *sources)
        if found is not None:
            return Containment(Answer.NO, f"an event is refused: {found.refusals[0]}", found)
        goal = goal | {graph.enum([outcome.value]).opposite}
    return Containment(Answer.UNKNOWN, "the validator does not confirm the events that were found")
