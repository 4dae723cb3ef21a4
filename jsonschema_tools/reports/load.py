"""The report on a load: what became of the events, by table. Its JSON is of a versioned type, version 1."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from jsonschema_tools.events.summary import Summary
from jsonschema_tools.reports.escaping import json_text, log_line
from jsonschema_tools.reports.wording import counted

_MOST_PATHS = 1000
_MOST_SHOWN = 20


@dataclass(slots=True)
class TableCount:
    """What became of the events of a table; ``left`` counts the values without a column by their paths."""

    rows: int = 0
    duplicates: int = 0
    without_key: int = 0
    canaries: int = 0
    left: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class LoadReport:
    """What was loaded and committed, by table, the counts of valid and refused events, and what is to be told."""

    tables: dict[str, TableCount] = field(default_factory=dict)
    summary: Summary = field(default_factory=Summary)
    notes: list[str] = field(default_factory=list)

    def add(self, other: LoadReport) -> None:
        """Count what a batch has counted."""
        self.summary.add_all(other.summary)
        for name, count in other.tables.items():
            mine = self.tables.setdefault(name, TableCount())
            mine.rows += count.rows
            mine.duplicates += count.duplicates
            mine.without_key += count.without_key
            mine.canaries += count.canaries
            for path, number in count.left.items():
                mine.left[path if path in mine.left or len(mine.left) < _MOST_PATHS else "(other paths)"] += number


def as_json(report: LoadReport) -> str:
    """The report as JSON text."""
    summary = report.summary
    document = {
        "version": 1,
        "summary": {"events": summary.events, "valid": summary.valid, "refused": summary.refused},
        "tables": {
            name: {
                "rows": count.rows,
                "duplicates": count.duplicates,
                "withoutKey": count.without_key,
                "canaries": count.canaries,
                "withoutColumn": dict(count.left),
            }
            for name, count in sorted(report.tables.items())
        },
        "schemas": {
            uri: {"valid": schema.valid, "refused": schema.refused, "kinds": dict(schema.frequent_kinds)}
            for uri, schema in sorted(summary.schemas.items())
        },
        "notes": report.notes,
    }
    return json_text(document) + "\n"


def as_text(report: LoadReport) -> str:
    """The report for a terminal: a line for each table, what had no column, and the counts."""
    width = max(map(len, report.tables), default=0)
    lines = []
    for name, count in sorted(report.tables.items()):
        lines.append(f"{name:{width}}  {_counts(count)}")
        shown = count.left.most_common(_MOST_SHOWN)
        lines += [f"    no column has {path}: {counted(number, 'value')}" for path, number in shown]
        if len(count.left) > len(shown):
            lines.append(f"    ... and {len(count.left) - len(shown)} more paths: --format json has all of them")
    summary = report.summary
    lines.append(f"{counted(summary.events, 'event')}, {summary.valid} loaded or left out, {summary.refused} refused")
    return "\n".join(map(log_line, [*lines, ""]))


def _counts(count: TableCount) -> str:
    more = {"dropped by their key": count.duplicates, "without key": count.without_key, "canaries": count.canaries}
    return ", ".join([counted(count.rows, "row"), *(f"{number} {what}" for what, number in more.items() if number)])
