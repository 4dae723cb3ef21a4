"""The report for a terminal: ``path:line:column: severity rule-id message``, and the remedy under it."""

from __future__ import annotations

import json

from jsonschema_tools.checks import Finding, Report, Result
from jsonschema_tools.reports import Shown

_INDENT = "    "


def render(report: Report, shown: Shown = str) -> str:
    """One block for each finding and a line with the counts; ``shown`` shortens paths."""
    lines: list[str] = []
    for result in report.results:
        for finding in result.findings:
            lines += block(result, finding, shown)
    summary = report.summary
    counts = [f"{summary.passed} passed", f"{summary.failed} failed", f"{summary.skipped} skipped"]
    if summary.warnings:
        counts.append(f"{summary.warnings} warning{'' if summary.warnings == 1 else 's'}")
    return "\n".join([*lines, ", ".join(counts), ""])


def block(result: Result, finding: Finding, shown: Shown) -> list[str]:
    """The lines of one finding."""
    place = shown(str(finding.file))
    if finding.line is not None:
        place += f":{finding.line}:{finding.column}"
    lines = [f"{place}: {result.check.severity} {result.check.rule.id} {shown(finding.message)}"]
    for name, value in finding.details.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        lines.append(f"{_INDENT}{name}: {text}")
    return [*lines, f"{_INDENT}remedy: {shown(finding.remedy)}"] if finding.remedy else lines
