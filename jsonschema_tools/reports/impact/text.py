"""What a change of a schema touches, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.processing.impact import Impact, JobImpact


def as_text(impact: Impact) -> Iterator[str]:
    """The change, the streams with their tables, and the jobs with the lines that name what breaks."""
    yield f"{impact.title} {impact.old} -> {impact.new}"
    for change in impact.changes or ():
        yield f"  {'breaks' if change.breaks else 'ok':6}  {change}"
    if not impact.changes:
        yield "  no column changes"
    for stream in impact.streams:
        yield f"stream {stream.stream}, table {stream.table}"
    if not impact.streams:
        yield "no stream carries it"
    for job in impact.jobs:
        yield from _job(job)


def _job(job: JobImpact) -> Iterator[str]:
    yield f"job of {job.stream}{f', {job.query}' if job.query else ''}"
    for use in job.uses:
        yield f"  {job.query}:{use.line}:{use.column}: {use.change}"
    if job.unknown:
        yield f"  not known: {job.unknown}"
    elif not job.uses:
        yield "  names nothing that breaks"
