"""The report for a comment on a pull request or the summary of a CI job.

Whatever came from schemas stands in code spans: there it cannot be a link, an image, HTML, or call a person.
"""

from __future__ import annotations

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.findings import FoldedFinding, by_place, counts, explanation, place, skips, totals
from jsonschema_tools.reports.escaping import code, inert, one_line
from jsonschema_tools.rules.model import Report, Severity

LONGEST = 50_000
"""Characters after which findings are only counted: with the skips below it makes a comment, which on GitHub may have
65,536."""

MOST_SKIPS = 10
"""How many rules and reasons are listed."""


def render(report: Report, shown: Shown = str) -> str:
    """A line with the counts, a list of the findings, and why checks were skipped, folded away."""
    found = by_place(report)
    items = [_item(each, shown) for each in found]
    listed: list[str] = []
    length = 0
    for item in items:
        length += len(item)
        if length > LONGEST:
            listed.append(f"- and {len(items) - len(listed)} more")
            break
        listed.append(item)
    told = f"{totals(found)}; {counts(report)}" if found else counts(report)
    sections = [f"**jst check**: {told}", "\n".join(listed)]
    if items:
        sections.append(_skips(report, shown))
    text = "\n\n".join(section for section in sections if section) + "\n"
    return "\n".join(map(inert, text.split("\n")))


def _item(found: FoldedFinding, shown: Shown) -> str:
    check = found.result.check
    mark = "\N{CROSS MARK}" if check.severity is Severity.ERROR else "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}"
    head = f"- {mark} **{check.severity}** {code(one_line(check.rule.id))} {code(place(found.finding, shown))}"
    lines = [one_line(shown(found.finding.message)), *explanation(found, shown)]
    return "  \n".join([head, *(f"  {code(line)}" for line in lines)])


def _skips(report: Report, shown: Shown) -> str:
    lines = [f"- {code(rule)}, {_times(count)}: {code(reason)}" for rule, reason, count in skips(report, shown)]
    if len(lines) > MOST_SKIPS:
        lines[MOST_SKIPS:] = [f"- and {len(lines) - MOST_SKIPS} more"]
    return "\n".join(["<details><summary>skipped</summary>", "", *lines, "", "</details>"]) if lines else ""


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
