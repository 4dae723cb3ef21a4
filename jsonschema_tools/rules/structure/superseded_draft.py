"""No draft is left that another draft has taken the place of.

Why: a merge releases every version file there is, for ever, those that nobody means any more too.
Example: 1.1.0 was materialized and committed on a branch, then the change turned out to be a break, and 2.0.0 was
materialized beside it.
Instead: `jst clean TITLE@VERSION` removes the files and links of the draft. On a branch that stands on another one, or
in a chain of changes of which each is a version, the draft may be meant: skip the rule for it, or leave the warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jsonschema_tools.errors import command
from jsonschema_tools.release.standing import State
from jsonschema_tools.release.superseded import superseded
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity, Subject
from jsonschema_tools.rules.repository import Collection, Title
from jsonschema_tools.rules.subjects import of_titles, schema_id


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    for title in collection.titles:
        current = title.current
        if collection.releases is not None and current is not None:
            for draft in _superseded(title, collection, context):
                path = current.path.parent / f"{draft}.{context.config.content_types[0]}"
                yield Subject((title, draft), title.name, draft, path, schema_id(current))


def check(subject: tuple[Title, str], _context: Context) -> Iterator[Problem]:
    title, draft = subject
    current = title.current
    assert current is not None
    message = f"version {draft} is a draft that {current.path.name} is no longer of: it says {current.version}"
    cure = command("jst", "clean", f"{title.name}@{draft}")
    yield Problem(message, remedy=f"Remove it, so that it is not released with the next merge: {cure}.")


def _superseded(title: Title, collection: Collection, context: Context) -> list[str]:
    releases, current = collection.releases, title.current
    assert releases is not None and current is not None
    folder = current.path.parent
    files = {file.version: file.path for file in title.files if not file.is_current and file.path.parent == folder}
    if len(files) < 2 and current.version in files:
        return []
    released = {name.rpartition(".")[0] for name in releases.names(folder)}
    above = superseded(files, released, {current.version})
    if not released:
        # Nothing of the title is released: what a commit has would be, with the next merge.
        above = [version for version in files if version != current.version and releases.in_head(files[version])]
    return [version for version in above if _is_draft(files[version], context)]


def _is_draft(path: Path, context: Context) -> bool:
    releases = context.collection.releases
    return releases is not None and releases.standing(path, history=False).state is State.DRAFT


RULE = Rule(
    "superseded-draft",
    Family.STRUCTURE,
    "no draft is left behind",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
