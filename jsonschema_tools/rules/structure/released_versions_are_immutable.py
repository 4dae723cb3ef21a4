"""A released version holds what it held when it was released.

Why: whoever has read a version goes on with what they read; a change under the same URI reaches some and not others.
Example: a `maxLength` corrected in `1.0.0.yaml`, and in `current.yaml`, months after 1.0.0 was merged.
Instead: restore the version from Git, and release the change as a new version. Released is what a release branch has at
its tip (`releaseBranches`), and it must hold what came first along the first parents of that branch, so that what a
branch corrected before it was merged does not count. `jst check --against main` looks only at what main had when the
branch left it. The option `since` names a commit before which nothing is looked at. How a file is laid out may change,
and numbers that the Node.js tool rounded may become what they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from jsonschema_tools.documents.difference import differences
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Document, equal
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import DocumentError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.refusals import merge, on_branch, restore
from jsonschema_tools.release.standing import Standing
from jsonschema_tools.release.version_files import holds
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Profile, Rule, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import of_file, of_titles

OPTIONS = {
    "since": {
        "type": "string",
        "minLength": 1,
        "description": "A commit: look only at what it has, and what came after.",
    },
}


def released_versions(collection: Collection, context: Context) -> Mapping[Path, Standing]:
    """The version files that are or were released, by path. Raises `NotApplicable` where Git keeps nothing."""
    found = None if collection.releases is None else collection.releases.ever(context.options.get("since"))
    if found is None:
        raise NotApplicable("not in a Git repository")
    return found


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    released = released_versions(collection, context)
    seen = set()
    for title in collection.titles:
        for file in title.files:
            if file.path in released:
                seen.add(file.path)
                subject = of_file(file, title.name)
                value = (file, released[file.path])
                yield Subject(value, subject.title, subject.schema_version, subject.path, subject.schema_id)
    unreadable = {error.source for error in collection.unreadable}
    for path in sorted(released.keys() - seen):
        # One that is not there is a finding of another rule, and so is one that cannot be read.
        if path.name in context.names(path.parent) and str(path) not in unreadable and context.link(path) is None:
            title_name = path.parent.relative_to(context.config.schema_base_path).as_posix()
            version = path.name.rpartition(".")[0]
            yield Subject((path, released[path]), title_name, version, path, f"/{title_name}/{version}")


def check(subject: tuple[SchemaFile | Path, Standing], context: Context) -> Iterator[Problem]:
    file, standing = subject
    releases = context.collection.releases
    assert standing.content is not None and releases is not None
    path = file if isinstance(file, Path) else file.path
    if releases.has(path, standing.content) or any(releases.has(path, other) for other in standing.alternatives):
        return
    if isinstance(file, Path):
        if releases.replaced(path) is None:
            yield Problem(
                f"{path.name} is not what was released {on_branch(standing)}, byte for byte, and this configuration"
                " does not look at it (ignoreSchemas, contentTypes)",
                remedy=f"Restore it: {restore(path, standing, context.config.root)}.",
            )
        return
    released = _document(standing.content.read(), file, standing)
    for content in (standing.content, *standing.alternatives):
        if _is_same(file, content.read(), _document(content.read(), file, standing)):
            return
    remedy = (
        f"Restore it: {restore(file.path, standing, context.config.root)}, and release the change as a new version."
    )
    if not standing.merged:
        remedy = f"Merge it: {merge(standing)}, and release what this branch has as a new version."
    found = differences(released, file.document)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        message = f"version {file.version} is not what was released {on_branch(standing)}: {found[0]}{more}"
        details = {"differences": [str(each) for each in found[:_MOST]]} if more else {}
        yield Problem(message, found[0].pointer, f"{remedy} {_LONG_AGO}", details=details)


_MOST = 10
_LONG_AGO = "Where that happened long ago, set the option 'since' of this rule to a commit that came after it."


def _document(content: bytes, file: SchemaFile, standing: Standing) -> Document:
    try:
        return parse(content, source=str(file.path), content_type=file.content_type)
    except DocumentError as error:
        commit = standing.content.commit if standing.content else standing.branch
        raise NotApplicable(f"what {commit} has cannot be read, so nobody has read it") from error


def _is_same(file: SchemaFile, content: bytes, released: Document) -> bool:
    """Whether a file says what was released, or more exactly what the Node.js tool rounded: then that content is, byte
    for byte, what that tool makes of it."""
    if equal(file.document, released):
        return True
    return holds(released, file.document) and content == serialize(released, file.content_type).encode("utf-8")


RULE = Rule(
    "released-versions-are-immutable",
    Family.STRUCTURE,
    "a released version is not changed",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    options=OPTIONS,
)
