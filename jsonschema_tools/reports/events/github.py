"""The report on events as annotations of a GitHub workflow: one for each refused event that is kept, and a notice."""

from __future__ import annotations

from collections.abc import Callable

from jsonschema_tools.events.report import EventReport
from jsonschema_tools.reports.escaping import fault_line, readable
from jsonschema_tools.reports.wording import counted


def render(report: EventReport, shown: Callable[[str], str] = str) -> str:
    """Workflow commands, a line each; ``shown`` shortens paths."""
    lines = []
    for refusal in report.refusals:
        errors = "\n".join(
            readable(fault_line(error.pointer, error.message, "the event")) for error in refusal.verdict.errors
        )
        title = _property(f"refused by {refusal.verdict.schema_uri or 'no schema'}")
        if refusal.line is None:
            lines.append(f"::error title={title}::{_message(f'{readable(refusal.source)}: {errors}')}")
        else:
            place = f"file={_property(shown(refusal.source))},line={refusal.line}"
            lines.append(f"::error {place},title={title}::{_message(errors)}")
    summary = report.summary
    counts = f"{counted(summary.events, 'event')}, {summary.valid} valid, {summary.refused} refused"
    return "\n".join([*lines, f"::notice::{counts}", ""])


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(readable(text)).replace(":", "%3A").replace(",", "%2C")
