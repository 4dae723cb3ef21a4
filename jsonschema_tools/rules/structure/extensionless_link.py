"""Every version has an extensionless link to its first content type.

Why: schemas are looked up by their URI, which has no extension.
Example: `1.0.0` missing beside `1.0.0.yaml`.
Instead: run `jst materialize`, or `ln -s 1.0.0.yaml 1.0.0`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.repository import Version
from jsonschema_tools.rules.subjects import misplaced, versions


def check(version: Version, context: Context) -> Iterator[Problem]:
    if not context.config.should_symlink_extensionless:
        return
    target = f"{version.number}.{context.config.content_types[0]}"
    path = version.title.directory / version.number
    found = context.link(path)
    if found != target or path.name not in context.names(path.parent):
        if found == target:
            message = f"{path.name} links to {target}, which is not there"
            yield Problem(message, remedy=f"Restore {target}, or run `jst materialize`.", path=path)
            return
        said = f"links to {found}" if found else "is missing or no link"
        command = shlex.join(["ln", "-sfn" if found else "-s", target, str(path)])
        is_here = any(file.path.parent == version.title.directory for file in version.files)
        elsewhere = None if is_here else misplaced(version.title, context, *version.files)
        message = f"{path.name} {said}, it should link to {target}"
        yield Problem(message, remedy=command, path=elsewhere.path if elsewhere else path)


RULE = Rule(
    "structure-extensionless-link", Family.STRUCTURE, "every version has an extensionless link", versions, check
)
