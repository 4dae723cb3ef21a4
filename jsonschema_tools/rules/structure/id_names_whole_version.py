"""The `$id` of a current file ends in the whole version.

Why: the version file is named by three numbers, so nobody finds it under an `$id` that says less or more, and an event
that names it is refused.
Example: `$id: /user/create/1.1`, which is written as `1.1.0.yaml`; so is `/user/create/1.1.0-rc.1`.
Instead: `$id: /user/create/1.1.0`. The Node.js tool completes such versions, and so do we. Only current files are
looked at: a released one stays as it is, and the next version can be right.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.edits import Replace
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.versions import field, field_pointer

_MORE = ("", "#", ".yaml", ".json")


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    name = context.config.schema_version_field
    value = field(file.document, name)
    if not isinstance(value, str) or "/" not in value:
        return
    folder = value.rstrip("/").rpartition("/")[0]
    ending = value[len(folder) + 1 :]
    if ending in {f"{file.version}{more}" for more in _MORE}:
        return
    yield Problem(
        f"{name} ends in {ending!r}, but the version file is {file.version}: nobody can look it up by its {name}",
        field_pointer(file.document, name),
        f"Write {folder}/{file.version} instead.",
        fix=Replace(f"{folder}/{file.version}"),
    )


RULE = Rule(
    "id-names-whole-version",
    Family.STRUCTURE,
    "the $id of a current file ends in the whole version",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
