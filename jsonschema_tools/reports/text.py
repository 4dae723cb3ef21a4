"""The report for a terminal: ``path:line:column: error rule-id message``, and the remedy under it."""

from __future__ import annotations

from collections.abc import Callable

from jsonschema_tools.checks import Finding, Report, Status


def render(report: Report, shown: Callable[[str], str] = str) -> str:
    """One block for each finding and a line with the counts; ``shown`` shortens paths."""
    lines: list[str] = []
    for result in report.results:
        for finding in result.findings:
            lines += _block(finding, f"error {result.check.rule.id}", shown)
    for warning in report.warnings:
        lines += _block(warning, "warning", shown)
    counts = ", ".join(f"{report.counts[status]} {status}" for status in Status)
    return "\n".join([*lines, counts, ""])


def _block(finding: Finding, label: str, shown: Callable[[str], str]) -> list[str]:
    place = shown(str(finding.file))
    if finding.line is not None:
        place += f":{finding.line}:{finding.column}"
    lines = [f"{place}: {label} {shown(finding.message)}"]
    return [*lines, f"    remedy: {shown(finding.remedy)}"] if finding.remedy else lines
