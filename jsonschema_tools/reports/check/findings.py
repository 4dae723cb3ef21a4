"""What the formats share: findings folded together, in lines, with fingerprints."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.escaping import one_line
from jsonschema_tools.rules.model import Finding, Report, Result

MOST_FILES = 5
"""How many files a line names."""


@dataclass(frozen=True, slots=True)
class FoldedFinding:
    """What one or several checks of a rule found at one place: the first of them, and the files they looked at."""

    result: Result
    finding: Finding
    checked: tuple[Path, ...]


def each(report: Report) -> Iterator[tuple[Result, Finding]]:
    """Every finding with its result, in the order of the report."""
    return ((result, finding) for result in report.results for finding in result.findings)


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


def _said(result: Result, finding: Finding) -> tuple[str, ...]:
    # A pointer is in the document that was checked, so it differs between schemas that have a fragment in common.
    place = str((finding.line, finding.column)) if finding.line is not None else finding.pointer
    rest = json.dumps(dict(finding.details), default=str)
    check = result.check
    return check.rule.id, check.severity, str(finding.file), place, finding.message, finding.remedy or "", rest


def place(finding: Finding, shown: Shown) -> str:
    """``path:line:column`` as far as it is known, on one line."""
    numbers = [str(number) for number in (finding.line, finding.column) if number is not None]
    return ":".join([one_line(shown(str(finding.file))), *numbers])


def explanation(found: FoldedFinding, shown: Shown) -> list[str]:
    """The lines under a message: evidence, the files that were checked beside the one of the place, the remedy."""
    lines = [one_line(f"{name}: {_text(value)}") for name, value in found.finding.details.items()]
    names = [shown(str(path)) for path in found.checked if path != found.finding.file]
    if names:
        more = f" and {len(names) - MOST_FILES} more" if len(names) > MOST_FILES else ""
        lines.append(one_line(f"checked: {', '.join(names[:MOST_FILES])}") + more)
    if found.finding.remedy:
        lines.append(one_line(f"remedy: {shown(found.finding.remedy)}"))
    return lines


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def counts(report: Report) -> str:
    """``222 passed, 0 failed, 3 skipped``, and the warnings if there are any."""
    summary = report.summary
    parts = [f"{summary.passed} passed", f"{summary.failed} failed", f"{summary.skipped} skipped"]
    if summary.warnings:
        parts.append(f"{summary.warnings} warning{'' if summary.warnings == 1 else 's'}")
    return ", ".join(parts)


def fingerprints(names: Iterable[tuple[str, ...]]) -> list[str]:
    """A hexadecimal name for each tuple: the same in every run, and another one for each time that a tuple recurs."""
    seen: Counter[tuple[str, ...]] = Counter()
    prints = []
    for name in names:
        seen[name] += 1
        prints.append(sha256(json.dumps([*name, seen[name]]).encode()).hexdigest())
    return prints
