"""What a change of a schema touches, as JSON."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.processing.impact import ColumnChange, Impact
from jsonschema_tools.tables.types import path_text


def as_json(impact: Impact) -> dict[str, Any]:
    """An object: ``title``, ``from``, ``to``, ``breaks``, ``changes``, ``streams`` and ``jobs``."""
    return {
        "title": impact.title,
        "from": impact.old,
        "to": impact.new,
        "breaks": impact.breaks,
        "changes": [_change(each) for each in impact.changes],
        "streams": [{"stream": each.stream, "table": each.table} for each in impact.streams],
        "jobs": [
            {
                "stream": job.stream,
                "query": job.query,
                "unknown": job.unknown,
                "uses": [{"line": use.line, "column": use.column, **_change(use.change)} for use in job.uses],
            }
            for job in impact.jobs
        ],
    }


def _change(change: ColumnChange) -> dict[str, Any]:
    return {"field": path_text(change.path), "message": change.words, "breaks": change.breaks}
