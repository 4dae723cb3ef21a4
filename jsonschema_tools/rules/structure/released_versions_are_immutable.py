"""A released version holds what it held when it was committed first.

Why: whoever has read a version goes on with what they read; a change under the same URI reaches some and not others.
Example: a `maxLength` corrected in `1.0.0.yaml`, and in `current.yaml`, months after 1.0.0 was committed.
Instead: restore the version from Git, and release the change as a new version. Git tells what a version held, along the
first parents of HEAD, so that what a branch corrected before it was merged does not count. On such a branch,
`jst check --against main` looks only at what main has, and so does the option `branch: origin/main`. The option `since`
names a commit before which nothing is looked at. How a file is laid out may change, and numbers that the Node.js tool
rounded count as unchanged.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from jsonschema_tools.checks import (
    Collection,
    Committed,
    Context,
    Family,
    NotApplicable,
    Problem,
    Profile,
    Rule,
    Subject,
)
from jsonschema_tools.documents.difference import differences
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import DocumentError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.planning import holds
from jsonschema_tools.rules.subjects import of_file

OPTIONS = {
    "since": {
        "type": "string",
        "minLength": 1,
        "description": "A commit: look only at what it has, and what came after.",
    },
    "branch": {
        "type": "string",
        "minLength": 1,
        "description": "A branch, tag or commit, such as origin/main: only what it has is released. Else HEAD.",
    },
}


def committed_versions(collection: Collection, context: Context) -> dict[str, Committed]:
    """The version files that Git knows, by path. Raises `NotApplicable` outside of a Git repository."""
    found = collection.history(context.options.get("since"), context.options.get("branch"))
    if found is None:
        raise NotApplicable("not in a Git repository")
    return {str(path): file for path, file in found.items()}


def restore(committed: Committed, context: Context) -> str:
    """The command that brings the file back, for the folder of the configuration."""
    root = context.config.root
    name = committed.path.relative_to(root) if committed.path.is_relative_to(root) else committed.path
    return f"Restore it: git checkout {committed.commit} -- {shlex.quote(str(name))}"


def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    released = committed_versions(collection, context)
    for title in collection.titles:
        for file in title.files:
            if str(file.path) in released:
                subject = of_file(file, title.name)
                value = (file, released[str(file.path)])
                yield Subject(value, subject.title, subject.schema_version, subject.path, subject.schema_id)


def check(subject: tuple[SchemaFile, Committed], context: Context) -> Iterator[Problem]:
    file, committed = subject
    if committed.unchanged():
        return
    try:
        released = parse(committed.content(), source=str(file.path), content_type=file.content_type)
    except DocumentError as error:
        raise NotApplicable(f"what {committed.commit} has cannot be read, so nobody has read it") from error
    if not holds(file.document, released) and not holds(released, file.document):
        remedy = f"{restore(committed, context)}, and release the change as a new version."
        for difference in differences(released, file.document):
            message = f"version {file.version} is not what was released in {committed.commit}: {difference}"
            yield Problem(message, difference.pointer, remedy)


RULE = Rule(
    "released-versions-are-immutable",
    Family.STRUCTURE,
    "a released version is not changed",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    options=OPTIONS,
)
