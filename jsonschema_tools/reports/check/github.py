"""Workflow commands of GitHub Actions: each finding becomes an annotation of its line in the pull request.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions; escapes as in `@actions/core`.
"""

from __future__ import annotations

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.findings import FoldedFinding, counts, explanation, folded
from jsonschema_tools.reports.escaping import one_line, readable
from jsonschema_tools.rules.model import Report


def render(report: Report, shown: Shown = str) -> str:
    """A command for each finding, and a line with the counts for the log; ``shown`` shortens paths."""
    return "\n".join([*(_command(found, shown) for found in folded(report)), counts(report), ""])


def _command(found: FoldedFinding, shown: Shown) -> str:
    check, finding = found.result.check, found.finding
    properties = {
        "file": readable(shown(str(finding.file))),
        "line": finding.line,
        "col": finding.column,
        "title": one_line(check.rule.id),
    }
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    message = "\n".join([one_line(shown(finding.message)), *explanation(found, shown)])
    return f"::{check.severity} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
