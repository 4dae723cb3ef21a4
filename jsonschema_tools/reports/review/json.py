"""A review for programs: JSON of a versioned type. Version 1, described by `review.schema.json`."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.json import finding_data
from jsonschema_tools.reports.compatibility.comparison import break_data, change_data, containment_data
from jsonschema_tools.reports.escaping import json_text
from jsonschema_tools.reports.review.model import Review, TitleReview
from jsonschema_tools.reports.review.sentences import kind
from jsonschema_tools.schemas.deprecation import as_data

VERSION = 1


def render(found: Review, shown: Shown = str) -> str:
    """The whole review."""
    document = {
        "version": VERSION,
        "against": found.against,
        "failed": found.failed,
        "titles": [_title(title, shown) for title in found.titles],
        "findings": [
            {"rule": result.check.rule.id, "severity": str(result.check.severity), **finding_data(finding, shown)}
            for result in found.report.results
            for finding in result.findings
        ],
    }
    return json_text(document) + "\n"


def _title(title: TitleReview, shown: Shown) -> dict[str, Any]:
    assessment = title.assessment
    comparison = assessment.assessment.comparison if assessment else None
    return {
        "title": title.title,
        "path": shown(str(title.path)),
        "kind": kind(title),
        "old": title.old,
        "new": title.new,
        "given": None if title.given is None else str(title.given),
        "due": None if title.due is None else str(title.due),
        "bumpIsTooSmall": title.bump_is_too_small,
        "changes": [change_data(change) for change in title.changes],
        "through": list(title.through),
        "tableConflicts": list(title.table),
        "fields": [
            {"pointer": item.pointer, "type": item.type, "description": item.description} for item in title.fields
        ],
        "backward": containment_data(comparison.backward) if comparison else None,
        "forward": containment_data(comparison.forward) if comparison else None,
        "breaks": [break_data(item) for item in assessment.breaks] if assessment else [],
        "allowed": [{**break_data(item), "reason": reason} for item, reason in assessment.allowed]
        if assessment
        else [],
        "deprecated": as_data(title.deprecation),
        "owners": list(title.owners),
        "error": None if title.error is None else shown(str(title.error)),
    }
