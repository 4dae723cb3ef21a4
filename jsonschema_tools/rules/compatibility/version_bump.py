"""A version says by its number how much changed since the one before it.

Why: readers decide by the number whether they must look. A patch that adds a property is overlooked; a minor version
that breaks them is worse.
Example: 1.2.1 adds an optional property to what 1.2.0 has.
Instead: a major version for what the policy calls a break, a minor one for any other change of what events may be or
mean, a patch for descriptions, examples and other words for the same. `jst bump` sets the version that is due. Versions
below 1.0.0 are free. Only the newest version of a title is looked at: the others are history.
"""

from __future__ import annotations

from collections.abc import Iterator

from semver import Version

from jsonschema_tools.rules.compatibility.assessed import document, newest, of_history, settings_for
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Profile, Rule, Subject
from jsonschema_tools.rules.repository import Collection, VersionPair
from jsonschema_tools.rules.subjects import of_titles


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    for subject in newest(collection, context):
        if Version.parse(subject.value.old.version).major > 0:
            yield subject


def check(pair: VersionPair, context: Context) -> Iterator[Problem]:
    from jsonschema_tools.compatibility.allowing import without_allowed
    from jsonschema_tools.compatibility.bump import Part, bumped, covers, due_bump, part_between

    part = part_between(pair.old.version, pair.new.version)
    if part is Part.MAJOR:
        return
    if part is None:
        raise NotApplicable("two files of one title have the same version")
    judged = of_history(pair, context)
    judged = without_allowed(judged, context.config.allow, pair.title, pair.new.version, context.today)
    due = due_bump(judged, settings_for(context), same=_same(pair, context))
    if due.undecided or covers(part, due.part) or due.part is None:
        return
    yield Problem(
        f"{pair.new.version} is a {part} version after {pair.old.version}, but what changed needs a {due.part} one:"
        f" {due.reason}",
        "/$id",
        f"Release it as {bumped(pair.old.version, due.part)}.",
        details={"bump": str(due.part)},
    )


def _same(pair: VersionPair, context: Context) -> bool:
    from jsonschema_tools.compatibility.bump import same_content

    field = context.config.schema_version_field
    return same_content(document(pair.old, context), document(pair.new, context), field)


RULE = Rule(
    "version-bump",
    Family.COMPATIBILITY,
    "the version number says how much changed",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
)
