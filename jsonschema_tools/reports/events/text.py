"""The report on events for a terminal: ``file:line: refused by schema``, why, and a summary by schema."""

from __future__ import annotations

from collections.abc import Callable

from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.report import EventReport, Refusal
from jsonschema_tools.events.summary import SchemaSummary, Summary
from jsonschema_tools.reports.escaping import fault_line, log_line
from jsonschema_tools.reports.wording import counted


def render(report: EventReport, shown: Callable[[str], str] = str) -> str:
    """A block for each refused event that is kept, then the counts; ``shown`` shortens paths."""
    return "".join(render_refusal(refusal, shown) for refusal in report.refusals) + render_end(report)


def render_refusal(refusal: Refusal, shown: Callable[[str], str] = str) -> str:
    """The block for a refused event."""
    verdict = refusal.verdict
    by = f" by {verdict.schema_uri}" if verdict.schema_uri else ""
    lines = [f"{refusal.place(shown)}: refused{by}", *reasons(verdict), ""]
    return "\n".join(map(log_line, lines))


def render_end(report: EventReport) -> str:
    """What comes behind the blocks: how many more there are, and the counts."""
    lines = []
    if report.not_shown:
        lines.append(f"... and {report.not_shown} more refused: --errors FILE writes all of them")
    return "\n".join(map(log_line, [*lines, *_counts(report.summary), ""]))


def reasons(verdict: Verdict) -> list[str]:
    """What is wrong with a refused event, a line for each error, and the remedies."""
    lines = []
    for error in verdict.errors:
        lines.append(f"    {fault_line(error.pointer, error.message)} ({error.kind})")
    remedies = dict.fromkeys(error.remedy for error in verdict.errors if error.remedy)
    return [*lines, *(f"    remedy: {remedy}" for remedy in remedies)]


def _counts(summary: Summary) -> list[str]:
    width = max(map(len, summary.schemas), default=0)
    lines = [f"{uri:{width}}  {_of(schema)}" for uri, schema in sorted(summary.schemas.items())]
    return [*lines, f"{counted(summary.events, 'event')}, {summary.valid} valid, {summary.refused} refused"]


def _of(schema: SchemaSummary) -> str:
    kinds = ", ".join(f"{kind} {count}" for kind, count in schema.frequent_kinds)
    return f"{schema.valid} valid, {schema.refused} refused" + (f" ({kinds})" if kinds else "")
