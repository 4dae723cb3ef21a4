"""A released version is there for ever.

Why: events that name it in their `$schema` are kept, and nobody can read them without it.
Example: `1.0.0.yaml` deleted because nothing should use it any more, or replaced by a link; a folder renamed with
`git mv`.
Instead: restore it from Git. A title that is not to be used any more says so in its `description`. The options
are those of `released-versions-are-immutable`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import Collection, Committed, Context, Family, Problem, Profile, Rule, Subject
from jsonschema_tools.rules.structure.released_versions_are_immutable import OPTIONS, committed_versions, restore


def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    base = context.config.schema_base_path
    for committed in committed_versions(collection, context).values():
        title = committed.path.parent.relative_to(base).as_posix()
        version = committed.path.name.rpartition(".")[0]
        yield Subject(committed, title, version, committed.path, f"/{title}/{version}")


def check(committed: Committed, context: Context) -> Iterator[Problem]:
    path = committed.path
    target = context.link(path)
    if path.name not in context.names(path.parent) or target is not None:
        now = "is missing" if target is None else f"is now a link to {target}"
        message = f"{path.name} was released in {committed.commit} and {now}"
        yield Problem(message, remedy=f"{restore(committed, context)}.")


RULE = Rule(
    "released-versions-are-kept",
    Family.STRUCTURE,
    "a released version is not removed",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    options=OPTIONS,
)
