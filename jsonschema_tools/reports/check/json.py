"""The report for programs: JSON of a versioned type, with a result for every check. Its schema is beside it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.escaping import json_text
from jsonschema_tools.rules.model import Finding, Report, Result

VERSION = 1


def render(report: Report, shown: Shown = str) -> str:
    """The report as JSON text; ``shown`` shortens paths."""
    document = {
        "version": VERSION,
        "summary": asdict(report.summary),
        "results": [_result(result, shown) for result in report.results],
    }
    return json_text(document) + "\n"


def _result(result: Result, shown: Shown) -> dict[str, Any]:
    check, subject = result.check, result.check.subject
    return {
        "rule": check.rule.id,
        "family": str(check.rule.family),
        "severity": str(check.severity),
        "title": subject.title,
        "schemaVersion": subject.schema_version,
        "path": shown(str(subject.path)),
        "detail": subject.detail,
        "status": str(result.status),
        "verdict": str(result.verdict),
        "consequence_of": result.consequence_of,
        "reason": None if result.reason is None else shown(result.reason),
        "findings": [finding_data(finding, shown) for finding in result.findings],
    }


def finding_data(finding: Finding, shown: Shown) -> dict[str, Any]:
    """A finding as plain data."""
    return {
        "message": shown(finding.message),
        "pointer": finding.pointer,
        "file": shown(str(finding.file)),
        "line": finding.line,
        "column": finding.column,
        "remedy": None if finding.remedy is None else shown(finding.remedy),
        "details": dict(finding.details),
    }
