"""The report for a terminal: ``path:line:column: severity rule-id message``, and what belongs to it indented below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.findings import (
    FoldedFinding,
    by_place,
    counts,
    explanation,
    folded,
    place,
    skips,
    totals,
)
from jsonschema_tools.reports.escaping import inert, one_line
from jsonschema_tools.rules.model import Report, Severity

Paint = Callable[[str, Severity], str]
"""Colours a text as a severity is coloured."""

_SMALLEST_FRAME = 20


def plain(text: str, _severity: Severity) -> str:
    """No colour."""
    return text


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is told.

    ``whole`` lists each finding by itself, and the skipped checks with their reasons; ``counts`` adds the totals;
    ``width`` is that of a terminal that shows the line of a finding with a caret, 0 for none.
    """

    paint: Paint = plain
    whole: bool = False
    counts: bool = True
    width: int = 0


PLAIN = Style()
"""As it goes into a file."""


def render(report: Report, shown: Shown = str, style: Style = PLAIN) -> str:
    """One block for each finding, by file and line, and the totals; ``shown`` shortens paths."""
    found = by_place(report, whole=style.whole)
    lines = [line for each in found for line in block(each, shown, style)]
    if style.whole:
        lines += [f"skipped {rule} ({count}): {reason}" for rule, reason, count in skips(report, shown)]
    if style.counts:
        lines += [*filter(None, [totals(found)]), counts(report)]
    return "".join(f"{inert(line)}\n" for line in lines)


def statistics(report: Report, paint: Paint = plain) -> str:
    """How many findings each rule has, the most first, and the totals."""
    found = folded(report)
    numbers = Counter((each.result.check.rule.id, each.result.check.severity) for each in found)
    width = len(str(max(numbers.values(), default=0)))
    lines = [
        f"{number:>{width}} {paint(severity, severity)} {one_line(rule)}"
        for (rule, severity), number in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    ]
    return "".join(f"{inert(line)}\n" for line in [*lines, *filter(None, [totals(found)]), counts(report)])


def block(found: FoldedFinding, shown: Shown, style: Style = PLAIN) -> list[str]:
    """The lines of one finding."""
    check = found.result.check
    kind = f"{style.paint(check.severity, check.severity)} {style.paint(one_line(check.rule.id), check.severity)}"
    head = f"{place(found.finding, shown)}: {kind} {one_line(shown(found.finding.message))}"
    return [head, *_frame(found, style), *(f"    {line}" for line in explanation(found, shown))]


def _frame(found: FoldedFinding, style: Style) -> Iterator[str]:
    """The line that a finding is about, and a caret below its column."""
    finding, severity = found.finding, found.result.check.severity
    line, column = finding.line, finding.column
    lines = found.result.check.context.lines(finding.file) if style.width and line and column else ()
    if line is None or column is None or len(lines) < line:
        return
    before, after = one_line(lines[line - 1][: column - 1]), one_line(lines[line - 1][column - 1 :])
    room = style.width - len(f"    {line} | ") - 1
    if not after.strip() or len(before) >= room - _SMALLEST_FRAME:
        return
    text = before + after
    yield f"    {line} | {text if len(text) <= room else text[: room - 3] + '...'}"
    yield f"    {' ' * len(str(line))} | {' ' * len(before)}{style.paint('^', severity)}"
