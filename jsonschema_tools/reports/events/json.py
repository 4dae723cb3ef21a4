"""The report on events for programs: JSON of a versioned type. Version 1."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jsonschema_tools.events.model import EventError
from jsonschema_tools.events.report import EventReport, Refusal
from jsonschema_tools.reports.escaping import json_text
from jsonschema_tools.schemas.deprecation import as_data


def render(report: EventReport, shown: Callable[[str], str] = str) -> str:
    """The report as JSON text; ``shown`` shortens paths."""
    summary = report.summary
    document = {
        "version": 1,
        "summary": {"events": summary.events, "valid": summary.valid, "refused": summary.refused},
        "schemas": {
            uri: {"valid": schema.valid, "refused": schema.refused, "kinds": dict(schema.frequent_kinds)}
            for uri, schema in sorted(summary.schemas.items())
        },
        "deprecated": {title: as_data(deprecation) for title, deprecation in report.deprecated.items()},
        "refused": [refusal_fields(refusal, shown) for refusal in report.refusals],
        "notShown": report.not_shown,
    }
    return json_text(document) + "\n"


def render_refusal(refusal: Refusal, shown: Callable[[str], str] = str) -> bytes:
    """A refused event on one line of JSON: where it stood, its errors, and itself, every number as it was.

    ``event`` is the event; where it is no JSON, ``text`` is what it is.
    """
    fields = json_text(refusal_fields(refusal, shown), indent=None).encode()
    if any(error.kind == "not-json" for error in refusal.verdict.errors):
        event = b'"text": ' + json.dumps(refusal.text.decode("utf-8", "replace")).encode()
    else:
        # In JSON a line break is white space.
        event = b'"event": ' + refusal.text.strip().replace(b"\r", b" ").replace(b"\n", b" ")
    return fields[:-1] + b", " + event + b"}\n"


def refusal_fields(refusal: Refusal, shown: Callable[[str], str]) -> dict[str, Any]:
    """Where a refused event stands, and its errors."""
    verdict = refusal.verdict
    return {
        "source": refusal.source if refusal.line is None else shown(refusal.source),
        "line": refusal.line,
        "schema": verdict.schema_uri,
        "stream": verdict.stream,
        "errors": [_error(error) for error in verdict.errors],
    }


def _error(error: EventError) -> dict[str, Any]:
    return {
        "kind": error.kind,
        "pointer": error.pointer,
        "keyword": error.keyword,
        "message": error.message,
        "schemaUri": error.schema_uri,
        "remedy": error.remedy,
    }
