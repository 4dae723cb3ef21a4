"""The `$id` of a schema is where its file is.

Why: the `$id` is the URI it is looked up by.
Example: `$id: /user/created/1.0.0` in `user/create/1.0.0.yaml`.
Instead: correct the `$id`. The check is upstream's: the `$id` without its first character is somewhere in the path.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jsonschema_tools.documents.values import describe
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Rule
from jsonschema_tools.rules.repository import Version
from jsonschema_tools.rules.subjects import unreadable, version_types


def check(subject: tuple[Version, str], context: Context) -> Iterator[Problem]:
    version, content_type = subject
    file = version.file(content_type)
    if file is None:
        return
    if file.is_current and version.title.directory / f"{version.number}.{content_type}" in unreadable(context):
        raise NotApplicable(f"{version.number}.{content_type} cannot be read")
    path = file.path.relative_to(context.config.schema_base_path).as_posix()
    found = file.document.get("$id")
    if not isinstance(found, str) or found[1:] not in path:
        yield Problem(
            f"$id {describe(found)} is not the path {path!r}",
            "/$id",
            f"Write $id: /{Path(path).parent.as_posix()}/{version.number}, or move the file.",
            path=file.path,
        )


RULE = Rule("structure-id-matches-path", Family.STRUCTURE, "the $id of a schema is its path", version_types, check)
