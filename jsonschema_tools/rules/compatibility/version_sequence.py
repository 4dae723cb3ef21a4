"""Versions follow each other without a gap, and the current one is the last.

Why: whoever sees 1.2.0 and 1.4.0 looks for 1.3.0, and asks what was lost.
Example: 1.0.0, then 1.2.0; 2.0.0 is there, and `current.yaml` back at 1.5.0.
Instead: one step at a time: 1.0.1, 1.1.0 or 2.0.0 after 1.0.0. `jst bump` sets the version that is due. Only the newest
version of a title is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from semver import Version

from jsonschema_tools.rules.compatibility.assessed import newest
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity, Subject
from jsonschema_tools.rules.repository import Collection, Title
from jsonschema_tools.rules.subjects import of_titles, titles_in_order


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    yield from titles_in_order(collection, context)


def check(title: Title, context: Context) -> Iterator[Problem]:
    from jsonschema_tools.compatibility.bump import Part, bumped, follows

    released = title.released(context.config.content_types[0])
    last, current = released[-1], title.current
    if current is not None and Version.parse(current.version) < Version.parse(last.version):
        message = f"the current version, {current.version}, is behind {last.version}, the greatest there is"
        yield Problem(message, "/$id", f"Set it to {bumped(last.version, Part.MINOR)}, or to {last.version}.")
    for subject in newest(Collection((title,)), context):
        old, new = subject.value.old.version, subject.value.new.version
        if old != new and not follows(old, new):
            steps = ", ".join(dict.fromkeys(bumped(old, part) for part in Part))
            message = f"{new} does not follow {old}: next is one of {steps}"
            yield Problem(message, "/$id", "Release the next version, unless this one is released.", subject.path)


RULE = Rule(
    "version-sequence",
    Family.COMPATIBILITY,
    "versions do not go backwards or skip",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
