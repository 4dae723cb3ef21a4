"""A released version is there for ever.

Why: events that name it in their `$schema` are kept, and nobody can read them without it.
Example: `1.0.0.yaml` deleted because nothing should use it any more; a folder renamed with `git mv`.
Instead: restore it from Git. A title that is not to be used any more says so in its `description`. The option `since`
names a commit before which nothing is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import Collection, Committed, Context, Family, Problem, Profile, Rule, Subject
from jsonschema_tools.rules.structure.released_versions_are_immutable import SINCE, committed_versions


def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    base = context.config.schema_base_path
    for committed in committed_versions(collection, context).values():
        title = committed.path.parent.relative_to(base).as_posix()
        version = committed.path.name.rpartition(".")[0]
        yield Subject(committed, title, version, committed.path, f"/{title}/{version}")


def check(committed: Committed, context: Context) -> Iterator[Problem]:
    if committed.path.name not in context.names(committed.path.parent):
        name = (
            committed.path.relative_to(context.config.root)
            if committed.path.is_relative_to(context.config.root)
            else committed.path
        )
        yield Problem(
            f"{committed.path.name} was released in {committed.commit} and is missing",
            remedy=f"Restore it: git checkout {committed.commit} -- {name}",
        )


RULE = Rule(
    "released-versions-are-kept",
    Family.STRUCTURE,
    "a released version is not removed",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    options=SINCE,
)
