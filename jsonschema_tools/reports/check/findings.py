"""What the formats share: findings folded together, in lines, with fingerprints."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.escaping import one_line
from jsonschema_tools.reports.wording import counted
from jsonschema_tools.rules.model import Finding, Report, Result, Severity

MOST_FILES = 5
"""How many files a line names."""

MOST_ALSO = 5
"""How many further findings with the same cure are listed."""


@dataclass(frozen=True, slots=True)
class FoldedFinding:
    """What one or several checks of a rule found at one place: the first of them, and the files they looked at.

    ``also`` are findings of the rule in the same file that have the same cure, and no evidence of their own.
    """

    result: Result
    finding: Finding
    checked: tuple[Path, ...]
    also: tuple[Finding, ...] = ()


def each(report: Report) -> Iterator[tuple[Result, Finding]]:
    """Every finding with its result, in the order of the report."""
    return ((result, finding) for result in report.others for finding in result.findings)


def folded(report: Report) -> list[FoldedFinding]:
    """The findings, those that say the same of the same place as one: a line of a current file is in every format of
    its version, one of a fragment in every schema that refers to it."""
    groups: dict[tuple[str, ...], list[tuple[Result, Finding]]] = {}
    for result, finding in each(report):
        groups.setdefault(_said(result, finding), []).append((result, finding))
    return [
        FoldedFinding(*group[0], tuple(dict.fromkeys(result.check.subject.path for result, _ in group)))
        for group in groups.values()
    ]


def by_place(report: Report, *, whole: bool = False) -> list[FoldedFinding]:
    """The folded findings by file and line, as people read them; where they have one cure, those of a rule in a file as
    one, unless they are asked for as a ``whole``."""
    found = sorted(folded(report), key=_order)
    return found if whole else list(_together(found))


def _order(found: FoldedFinding) -> tuple[str, int, int]:
    finding = found.finding
    return str(finding.file), finding.line or 0, finding.column or 0


def _together(all_found: Iterable[FoldedFinding]) -> Iterator[FoldedFinding]:
    groups: dict[tuple[object, ...], list[FoldedFinding]] = {}
    for found in all_found:
        check, finding = found.result.check, found.finding
        key: tuple[object, ...] = (check.rule.id, check.severity, finding.file, found.checked, finding.remedy)
        groups.setdefault((id(found),) if finding.details or not finding.remedy else key, []).append(found)
    for first, *others in groups.values():
        yield replace(first, also=tuple(other.finding for other in others))


def _said(result: Result, finding: Finding) -> tuple[str, ...]:
    # A pointer is in the document that was checked, so it differs between schemas that have a fragment in common.
    place = str((finding.line, finding.column)) if finding.line is not None else finding.pointer
    rest = json.dumps(dict(finding.details), default=str)
    check = result.check
    return check.rule.id, check.severity, str(finding.file), place, finding.message, finding.remedy or "", rest


def place(finding: Finding, shown: Shown) -> str:
    """``path:line:column`` as far as it is known, on one line."""
    return ":".join([one_line(shown(str(finding.file))), *_known_numbers(finding)])


def _known_numbers(finding: Finding) -> list[str]:
    return [str(number) for number in (finding.line, finding.column) if number is not None]


def _numbers(finding: Finding) -> str:
    return ":".join(_known_numbers(finding)) or finding.pointer or "/"


def explanation(found: FoldedFinding, shown: Shown) -> list[str]:
    """The lines under a message: evidence, the files that were checked beside the one of the place, the remedy."""
    lines = [one_line(f"{name}: {_text(value)}") for name, value in found.finding.details.items()]
    lines += [one_line(f"also {_numbers(other)}: {shown(other.message)}") for other in found.also[:MOST_ALSO]]
    if len(found.also) > MOST_ALSO:
        lines.append(f"and {len(found.also) - MOST_ALSO} more of this kind in this file")
    names = [shown(str(path)) for path in found.checked if path != found.finding.file]
    if names:
        more = f" and {len(names) - MOST_FILES} more" if len(names) > MOST_FILES else ""
        lines.append(one_line(f"checked: {', '.join(names[:MOST_FILES])}") + more)
    if found.finding.remedy:
        lines.append(one_line(f"remedy: {shown(found.finding.remedy)}"))
    return lines


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def totals(found: Iterable[FoldedFinding]) -> str:
    """``8 errors, 10 warnings in 3 schemas``: what is listed, each finding once; empty where there is none."""
    numbers: Counter[Severity] = Counter()
    titles = set()
    for one in found:
        check = one.result.check
        numbers[check.severity] += 1 + len(one.also)
        titles.add(check.subject.title)
    parts = [counted(numbers[severity], severity) for severity in Severity if numbers[severity]]
    titles.discard(None)
    where = f" in {counted(len(titles), 'schema')}" if titles else ""
    return ", ".join(parts) + where if parts else ""


def counts(report: Report) -> str:
    """``222 passed, 0 failed, 3 skipped``: how the checks ended, those that only warn apart, if there are any."""
    summary = report.summary
    parts = [f"{summary.passed} passed", f"{summary.failed} failed", f"{summary.skipped} skipped"]
    if summary.warnings:
        parts.append(f"{summary.warnings} warned")
    return ", ".join(parts)


def skips(report: Report, shown: Shown) -> list[tuple[str, str, int]]:
    """Rule, reason and number of the checks that were skipped, in the order of the report."""
    found = Counter(
        (one_line(result.check.rule.id), one_line(shown(result.reason)))
        for result in report.others
        if result.reason is not None
    )
    return [(rule, reason, count) for (rule, reason), count in found.items()]


def fingerprints(names: Iterable[tuple[str, ...]]) -> list[str]:
    """A hexadecimal name for each tuple: the same in every run, and another one for each time that a tuple recurs."""
    seen: Counter[tuple[str, ...]] = Counter()
    prints = []
    for name in names:
        seen[name] += 1
        prints.append(sha256(json.dumps([*name, seen[name]]).encode()).hexdigest())
    return prints
