"""Examples and defaults of the schemas: with them a witness looks like a real event."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.containment.nodes import Graph
from jsonschema_tools.documents.values import Document

MAX_SAMPLES = 3


def add_samples(graph: Graph, document: Document) -> None:
    """Remember what ``examples`` and ``default`` in a schema give each property, strings and numbers only."""
    pending: list[tuple[str, Any]] = [("", document)]
    while pending:
        name, value = pending.pop()
        if isinstance(value, list):
            pending += [(name, item) for item in value]
        elif isinstance(value, dict):
            offered = value.get("examples")
            for sample in (*(offered if isinstance(offered, list) else ()), value.get("default")):
                _offer(graph, name, sample)
            pending += value.items()


def _offer(graph: Graph, name: str, sample: Document) -> None:
    if isinstance(sample, dict):
        for inner, value in sample.items():
            _offer(graph, inner, value)
    elif isinstance(sample, (str, int, float)) and not isinstance(sample, bool):
        known = graph.samples.setdefault(name, [])
        if len(known) < MAX_SAMPLES and sample not in known:
            known.append(sample)
