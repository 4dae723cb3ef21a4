"""Every entry of `allow` allows a change that is there, and is still valid.

Why: an entry that allows nothing is misspelt, or left over, and will one day allow what it should not.
Example: a fingerprint of a change that was made otherwise in the end; an entry that expired last month.
Instead: remove the entry, or correct it: `jst compat` prints the fingerprints.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jsonschema_tools.rules.compatibility.assessed import assessment, with_earlier
from jsonschema_tools.rules.model import Context, Family, Problem, Rule, Severity, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import repository
from jsonschema_tools.settings import Allowance

if TYPE_CHECKING:
    from jsonschema_tools.compatibility.assessment import Assessment
    from jsonschema_tools.compatibility.model import Change


def subjects(_collection: Collection, context: Context) -> Iterator[Subject]:
    if context.config.allow:
        yield repository(context)


def check(_repository: object, context: Context) -> Iterator[Problem]:
    from jsonschema_tools.compatibility.allowing import is_expired

    for index, entry in enumerate(context.config.allow):
        pointer = f"/allow/{index}"
        if is_expired(entry, context.today):
            yield Problem(
                f"the entry expired on {(entry.expires or '')[:10]}", pointer, "Remove it, or give it more time."
            )
        elif not _matches(entry, context):
            about = f"for {entry.setting}" if entry.setting else f"in {entry.title} {', '.join(entry.versions)}"
            correct = "" if entry.setting else ", or correct it: `jst compat` prints the fingerprints of changes"
            yield Problem(f"the entry allows nothing {about}", pointer, f"Remove it{correct}.")


def _matches(entry: Allowance, context: Context) -> bool:
    from jsonschema_tools.compatibility.allowing import covers, is_about, is_about_setting

    if entry.setting is not None:
        releases = context.collection.releases
        hidden = releases.out_of_sight() if releases is not None else None
        return hidden is not None and is_about_setting(entry, entry.setting, hidden[0])

    titles = tuple(title for title in context.collection.titles if title.name == entry.title)
    pairs = [subject.value for subject in with_earlier(Collection(titles), context)]
    return any(
        covers(entry, change)
        for pair in pairs
        if is_about(entry, pair.title, pair.new.version)
        for change in _changes(assessment(pair.old, pair.new, context))
    )


def _changes(judged: Assessment) -> Iterator[Change]:
    """All that an entry can name: what changed, and what could not be decided."""
    yield from judged.comparison.changes
    yield from (change for item in judged.breaks for change in item.changes)


RULE = Rule(
    "allowances-match",
    Family.COMPATIBILITY,
    "every entry of allow allows something",
    subjects,
    check,
    severity=Severity.WARNING,
)
