"""Every version exists in every content type.

Why: readers choose the one they can parse.
Example: `1.0.0.yaml` without `1.0.0.json` where `contentTypes` names both.
Instead: restore the file from Git, or run `jst materialize`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Rule
from jsonschema_tools.rules.repository import Version
from jsonschema_tools.rules.subjects import misplaced, unreadable, version_types


def check(subject: tuple[Version, str], context: Context) -> Iterator[Problem]:
    version, content_type = subject
    file, title = version.file(content_type), version.title
    path = title.directory / f"{version.number}.{content_type}"
    if file is None and path in unreadable(context):
        raise NotApplicable(f"{path.name} cannot be read")
    if file is None:
        yield Problem(f"version {version.number} has no {content_type} file", remedy="Restore it from Git.")
    elif file.path.parent != title.directory:
        elsewhere = misplaced(title, context, file, *title.files)
        if elsewhere in (None, file):
            yield Problem(f"not in the folder {title.directory}", remedy="Move it there.", path=file.path)
        else:
            message = f"the {content_type} file of version {version.number} is not here, but in {file.path.parent}"
            yield Problem(message, remedy="Move this file there, or correct its title.", path=elsewhere.path)


RULE = Rule(
    "structure-content-types-exist",
    Family.STRUCTURE,
    "every version exists in every content type",
    version_types,
    check,
)
