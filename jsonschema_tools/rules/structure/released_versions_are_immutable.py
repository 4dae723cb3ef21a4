"""A released version holds what it held when it was committed first.

Why: whoever has read a version goes on with what they read; a change under the same URI reaches some and not others.
Example: a `maxLength` corrected in `1.0.0.yaml`, and in `current.yaml`, months after 1.0.0 was committed.
Instead: restore the version from Git, and release the change as a new version. Git tells what a version held, along the
first parents of HEAD; the option `since` names a commit before which nothing is looked at. How a file is laid out
may change, and numbers that the Node.js tool rounded count as unchanged.
"""

from __future__ import annotations

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
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.planning import holds
from jsonschema_tools.rules.subjects import of_file

SINCE = {
    "since": {
        "type": "string",
        "minLength": 1,
        "description": "A commit: look only at what it has, and what came after.",
    }
}


def committed_versions(collection: Collection, context: Context) -> dict[str, Committed]:
    """The version files that Git knows, by path. Raises `NotApplicable` outside of a Git repository."""
    found = collection.history(context.options.get("since"))
    if found is None:
        raise NotApplicable("not in a Git repository")
    return {str(path): file for path, file in found.items()}


def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    released = committed_versions(collection, context)
    for title in collection.titles:
        for file in title.files:
            if str(file.path) in released:
                subject = of_file(file, title.name)
                value = (file, released[str(file.path)])
                yield Subject(value, subject.title, subject.schema_version, subject.path, subject.schema_id)


def check(subject: tuple[SchemaFile, Committed], _context: Context) -> Iterator[Problem]:
    file, committed = subject
    released = parse(committed.content(), source=str(file.path), content_type=file.content_type)
    if not holds(file.document, released) and not holds(released, file.document):
        remedy = f"Restore it: git checkout {committed.commit} -- {file.path.name}, and release a new version."
        for difference in differences(released, file.document):
            message = f"version {file.version} is not what was released in {committed.commit}: {difference}"
            yield Problem(message, difference.partition(": ")[0].rstrip("/"), remedy)


RULE = Rule(
    "released-versions-are-immutable",
    Family.STRUCTURE,
    "a released version is not changed",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    options=SINCE,
)
