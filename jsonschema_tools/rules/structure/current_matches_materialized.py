"""Materializing the current file again gives the greatest released version.

Why: else what is released is not what people see in the current file.
Example: a property added to `current.yaml` without a new version.
Instead: raise the version in the current file and run `jst materialize`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import Context, Family, Problem, Rule, Title
from jsonschema_tools.documents.difference import differences
from jsonschema_tools.documents.ecmascript import deep_equal, deep_key
from jsonschema_tools.rules.subjects import misplaced, titles_in_order


def check(title: Title, context: Context) -> Iterator[Problem]:
    greatest, current = title.released(context.config.content_types[0])[-1], title.current
    assert current is not None
    remedy = "Raise the version in the current file and run `jst materialize`."
    elsewhere = misplaced(title, context, greatest, current)
    if greatest.version != current.version:
        message = f"the current version is {current.version}, the greatest released one {greatest.version}"
        yield Problem(message, remedy=remedy, path=(elsewhere or current).path)
        return
    document = context.materialize(current)
    if not deep_equal(greatest.document, document):
        for difference in differences(greatest.document, document, deep_key):
            message = f"version {greatest.version} does not hold what the current file says: {difference}"
            yield Problem(message, remedy=remedy, path=(elsewhere or current).path)


RULE = Rule(
    "structure-current-matches-materialized",
    Family.STRUCTURE,
    "the current file, materialized, is the greatest released version",
    titles_in_order,
    check,
)
