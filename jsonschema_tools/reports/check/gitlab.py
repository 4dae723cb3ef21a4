"""The Code Quality report of GitLab: a merge request shows the findings that it adds and mends.

Source: https://docs.gitlab.com/ci/testing/code_quality/. GitLab knows a finding again by its fingerprint, so that is
made of what stays when lines move: the rule, the file, the JSON Pointer and the message.
"""

from __future__ import annotations

from typing import Any

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.findings import FoldedFinding, explanation, fingerprints, folded
from jsonschema_tools.reports.escaping import json_text, one_line, readable
from jsonschema_tools.rules.model import Report, Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def render(report: Report, shown: Shown = str) -> str:
    """A JSON array with an issue for each finding; ``shown`` shortens paths."""
    found = folded(report)
    issues = [_issue(one, name, shown) for one, name in zip(found, _names(found, shown), strict=True)]
    return json_text(issues) + "\n"


def _names(found: list[FoldedFinding], shown: Shown) -> list[str]:
    return fingerprints(
        (one.result.check.rule.id, shown(str(one.finding.file)), one.finding.pointer, shown(one.finding.message))
        for one in found
    )


def _issue(found: FoldedFinding, fingerprint: str, shown: Shown) -> dict[str, Any]:
    check, finding = found.result.check, found.finding
    return {
        "description": "\n".join([one_line(shown(finding.message)), *explanation(found, shown)]),
        "check_name": one_line(check.rule.id),
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[check.severity],
        # A line is required; what is about a file as a whole stands at its first one.
        "location": {"path": readable(shown(str(finding.file))), "lines": {"begin": finding.line or 1}},
    }
