"""The greatest version file is that of the current file.

Why: else the current file is not released yet, or went back.
Example: `current.yaml` at 1.1.0, and 1.0.0 or 1.2.0 as the greatest version file.
Instead: run `jst materialize`, or raise the version in the current file.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Rule
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.rules.subjects import COPY_REMEDY, misplaced, titles_in_order, unreadable


def check(title: Title, context: Context) -> Iterator[Problem]:
    content_type = context.config.content_types[0]
    greatest, current = title.released(content_type)[-1], title.current
    if current is not None and greatest.path != title.directory / f"{current.version}.{content_type}":
        others = title.files if greatest.path.parent != title.directory else ()
        if title.directory / f"{current.version}.{content_type}" in unreadable(context):
            raise NotApplicable(f"{current.version}.{content_type} cannot be read")
        name = greatest.path.name if greatest.path.parent == current.path.parent else greatest.path
        elsewhere = misplaced(title, context, greatest, current, *others)
        yield Problem(
            f"the current version is {current.version}, the greatest version file of {title.name!r} is {name}",
            f"/{context.config.schema_version_field}",
            COPY_REMEDY if elsewhere else "Run `jst materialize`, or raise the version in the current file.",
            path=(elsewhere or current).path,
        )


RULE = Rule(
    "structure-current-is-greatest",
    Family.STRUCTURE,
    "the greatest version file is that of the current file",
    titles_in_order,
    check,
)
