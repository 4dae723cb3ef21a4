"""The report for a terminal: ``path:line:column: severity rule-id message``, and what belongs to it indented below."""

from __future__ import annotations

from collections.abc import Callable

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.findings import FoldedFinding, counts, explanation, folded, place
from jsonschema_tools.reports.escaping import inert, one_line
from jsonschema_tools.rules.model import Report, Severity

Paint = Callable[[str, Severity], str]
"""Colours a text as a severity is coloured."""


def plain(text: str, _severity: Severity) -> str:
    """No colour."""
    return text


def render(report: Report, shown: Shown = str, paint: Paint = plain) -> str:
    """One block for each finding and a line with the counts; ``shown`` shortens paths."""
    lines = [line for found in folded(report) for line in block(found, shown, paint)]
    return "\n".join([*map(inert, lines), counts(report), ""])


def block(found: FoldedFinding, shown: Shown, paint: Paint = plain) -> list[str]:
    """The lines of one finding."""
    check = found.result.check
    kind = f"{paint(check.severity, check.severity)} {paint(one_line(check.rule.id), check.severity)}"
    head = f"{place(found.finding, shown)}: {kind} {one_line(shown(found.finding.message))}"
    return [head, *(f"    {line}" for line in explanation(found, shown))]
