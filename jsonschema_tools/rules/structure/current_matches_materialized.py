"""Materializing the current file again gives the greatest version file.

Why: else what is released, or will be, is not what people see in the current file.
Example: a property added to `current.yaml` without a new version.
Instead: raise the version in the current file and run `jst materialize`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.difference import differences
from jsonschema_tools.nodejs.ecmascript import deep_equal, deep_key
from jsonschema_tools.rules.compatibility.assessed import due_version
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Rule
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.rules.subjects import COPY_REMEDY, misplaced, titles_in_order, unreadable
from jsonschema_tools.versions import field_pointer, sort_versions


def check(title: Title, context: Context) -> Iterator[Problem]:
    greatest, current = title.released(context.config.content_types[0])[-1], title.current
    assert current is not None
    elsewhere = misplaced(title, context, greatest, current)
    remedy = COPY_REMEDY if elsewhere else "Raise the version (`jst bump`), and run `jst materialize`."
    if greatest.version != current.version:
        name = f"{current.version}.{context.config.content_types[0]}"
        if title.directory / name in unreadable(context):
            raise NotApplicable(f"{name} cannot be read")
        path = (elsewhere or current).path
        if elsewhere is None and sort_versions([current.version, greatest.version])[-1] == current.version:
            pointer = field_pointer(current.document, context.config.schema_version_field)
            yield Problem(f"{current.version} is not materialized yet", pointer, "Run `jst materialize`.", path)
        else:
            message = f"the current version is {current.version}, the greatest version file {greatest.version}"
            yield Problem(message, remedy=remedy, path=path)
        return
    document = context.materialize(current)
    if not deep_equal(greatest.document, document):
        first, *others = differences(greatest.document, document, deep_key)
        more = f" (and {len(others)} more)" if others else ""
        message = f"version {greatest.version} does not hold what the current file says: {first}{more}"
        due = None if elsewhere else due_version(greatest, current, context)
        if due is not None:
            remedy = f"Raise the version to {due} (`jst bump`), and run `jst materialize`."
        yield Problem(message, remedy=remedy, path=(elsewhere or current).path)


RULE = Rule(
    "structure-current-matches-materialized",
    Family.STRUCTURE,
    "the current file, materialized, is the greatest version file",
    titles_in_order,
    check,
)
