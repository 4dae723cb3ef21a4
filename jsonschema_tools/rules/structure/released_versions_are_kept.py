"""A released version is there for ever.

Why: events that name it in their `$schema` are kept, and nobody can read them without it.
Example: `1.0.0.yaml` deleted because nothing should use it any more, or replaced by a link; a folder renamed with
`git mv`.
Instead: restore it from Git. A title that is not to be used any more says so in its `description`. A version that a
release branch has and this branch has not merged yet is not missing. The options are those of
`released-versions-are-immutable`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jsonschema_tools.checks import Collection, Context, Family, Problem, Profile, Rule, Subject
from jsonschema_tools.release.refusals import restore
from jsonschema_tools.release.standing import Standing, State
from jsonschema_tools.rules.structure.released_versions_are_immutable import OPTIONS, released_versions


def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    base = context.config.schema_base_path
    released = released_versions(collection, context)
    left_out = collection.releases.left_out(base) if collection.releases is not None else set()
    for path, standing in released.items():
        if path not in left_out:
            title = path.parent.relative_to(base).as_posix()
            version = path.name.rpartition(".")[0]
            yield Subject((path, standing), title, version, path, f"/{title}/{version}")


def check(subject: tuple[Path, Standing], context: Context) -> Iterator[Problem]:
    path, standing = subject
    target = context.link(path)
    if path.name in context.names(path.parent) and target is None:
        return
    now = "is missing" if target is None else f"is now a link to {target}"
    commit = standing.content.commit if standing.content is not None else ""
    withdrawn = f", which has it no longer: the number is spent, and the file {now}"
    state = withdrawn if standing.state is State.WITHDRAWN and target is None else f" and {now}"
    message = f"{path.name} was released on {standing.branch} in {commit}{state}"
    yield Problem(message, remedy=f"Restore it: {restore(path, standing, context.config.root)}.")


RULE = Rule(
    "released-versions-are-kept",
    Family.STRUCTURE,
    "a released version is not removed",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    options=OPTIONS,
)
