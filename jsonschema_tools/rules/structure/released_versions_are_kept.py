"""A released version is there for ever.

Why: events that name it in their `$schema` are kept, and nobody can read them without it.
Example: `1.0.0.yaml` deleted because nothing should use it any more, or replaced by a link; a folder renamed with
`git mv`, or the `schemaBasePath` changed.
Instead: restore it from Git. A title that is not to be used any more says so in its `description`. A version that a
release branch has and this branch has not merged yet is not missing. The options are those of
`released-versions-are-immutable`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jsonschema_tools.release.refusals import on_branch, restore
from jsonschema_tools.release.standing import Standing, State
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Profile, Rule, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.structure.released_versions_are_immutable import OPTIONS, released_versions
from jsonschema_tools.rules.subjects import of_titles, repository


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    base = context.config.schema_base_path
    released = released_versions(collection, context)
    left_out = collection.releases.left_out(base) if collection.releases is not None else set()
    for path, standing in released.items():
        if path not in left_out:
            title = path.parent.relative_to(base).as_posix()
            version = path.name.rpartition(".")[0]
            yield Subject((path, standing), title, version, path, f"/{title}/{version}")
    hidden = collection.releases.out_of_sight() if collection.releases is not None else None
    if hidden is not None:
        yield repository(context, hidden)


def check(subject: tuple[Path, Standing] | tuple[str, list[Path]], context: Context) -> Iterator[Problem]:
    match subject:
        case (str(folder), list(paths)):
            yield _out_of_sight(folder, paths, context)
        case (Path() as path, Standing() as standing):
            yield from _kept(path, standing, context)


def _out_of_sight(folder: str, paths: list[Path], context: Context) -> Problem:
    from jsonschema_tools.compatibility.allowing import is_about_setting, is_expired

    entries = (entry for entry in context.config.allow if not is_expired(entry, context.today))
    allowed = next((entry for entry in entries if is_about_setting(entry, "schemaBasePath", folder)), None)
    if allowed is not None:
        raise NotApplicable(f"{len(paths)} released files are out of sight, which is allowed: {allowed.reason}")
    names = ", ".join(sorted({path.parent.name for path in paths})[:3])
    return Problem(
        f"{len(paths)} released files are out of sight: a release branch has them below {folder} ({names} ...),"
        " and schemaBasePath leads elsewhere",
        "/schemaBasePath",
        remedy=f"Set schemaBasePath back to {folder}: what is released stays where it is. If the files move on purpose,"
        f" allow it until that is merged: `allow: [{{setting: schemaBasePath, was: {folder}, reason: WHY}}]`.",
    )


def _kept(path: Path, standing: Standing, context: Context) -> Iterator[Problem]:
    target, releases = context.link(path), context.collection.releases
    replaced = releases.replaced(path) if releases is not None else None
    if path.name in context.names(path.parent) and target is None and replaced is None:
        return
    now = replaced or ("is missing" if target is None else f"is now a link to {target}")
    withdrawn = f", which has it no longer: the number is spent, and the file {now}"
    state = withdrawn if standing.state is State.WITHDRAWN and target is None else f" and {now}"
    message = f"{path.name} was released {on_branch(standing)}{state}"
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
