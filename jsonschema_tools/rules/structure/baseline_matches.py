"""Every finding of the baseline is still there.

Why: an entry whose finding was mended would hide it when it comes back.
Example: `baseline: known.json` with the finding of a field that has a description by now.
Instead: write the baseline anew: `jst check --write-baseline known.json`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Rule, Severity, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import repository


def subjects(_collection: Collection, context: Context) -> Iterator[Subject]:
    if context.baseline is not None and context.runs is not None:
        yield repository(context)


def check(_repository: object, context: Context) -> Iterator[Problem]:
    from jsonschema_tools.rules.baseline import unmatched

    baseline, runs = context.baseline, context.runs
    assert baseline is not None
    assert runs is not None
    found = runs.found()
    gone = unmatched(baseline, found.checks, found.fingerprints)
    if gone:
        first, more = gone[0], f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        yield Problem(
            f"the baseline knows what is not there any more: {first.rule} in {first.check.partition('::')[0]}{more}",
            remedy=f"Write it anew: `jst check --write-baseline {baseline.path.name}`.",
            path=baseline.path,
        )


RULE = Rule(
    "baseline-matches",
    Family.STRUCTURE,
    "every finding of the baseline is still there",
    subjects,
    check,
    severity=Severity.WARNING,
    after_others=True,
)
