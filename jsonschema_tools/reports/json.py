"""The report for programs: JSON of a versioned type, with a result for every check. Version 1."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jsonschema_tools.checks import Finding, Report, Result, Status


def render(report: Report, shown: Callable[[str], str] = str) -> str:
    """The report as JSON text; ``shown`` shortens paths."""
    document = {
        "version": 1,
        "summary": {
            **{str(status): report.counts[status] for status in Status},
            "warnings": len(report.warnings),
        },
        "results": [_result(result, shown) for result in report.results],
        "warnings": [_finding(warning, shown) for warning in report.warnings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _result(result: Result, shown: Callable[[str], str]) -> dict[str, Any]:
    rule, subject = result.check.rule, result.check.subject
    return {
        "rule": rule.id,
        "family": str(rule.family),
        "severity": "error",
        "title": subject.title,
        "schemaVersion": subject.schema_version,
        "path": shown(str(subject.path)),
        "detail": subject.detail,
        "status": str(result.status),
        "reason": result.reason,
        "findings": [_finding(finding, shown) for finding in result.findings],
    }


def _finding(finding: Finding, shown: Callable[[str], str]) -> dict[str, Any]:
    return {
        "message": finding.message,
        "pointer": finding.pointer,
        "file": shown(str(finding.file)),
        "line": finding.line,
        "column": finding.column,
        "remedy": finding.remedy,
    }
