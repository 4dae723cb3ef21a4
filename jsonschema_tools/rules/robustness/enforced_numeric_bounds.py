"""Every number has a minimum and a maximum inside the configured bounds.

Why: so that every language can hold it.
Example: `type: integer` without `maximum`, or with one beyond 2^53.
Instead: run `jst materialize`, which adds bounds; choose narrower ones where you know them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.edits import Insert, Replace
from jsonschema_tools.documents.values import describe
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Family, Problem, Rule, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import of_titles, released_files
from jsonschema_tools.schemas.traversal import located_subschemas


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    if context.config.enforced_numeric_bounds is not None:
        yield from released_files(collection, context)


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    bounds = context.config.enforced_numeric_bounds
    assert bounds is not None
    for pointer, schema in located_subschemas(file.document):
        if schema.get("type") in ("number", "integer"):
            for keyword, limit in (("minimum", bounds[0]), ("maximum", bounds[1])):
                yield from _bound(schema, keyword, limit, pointer)


def _bound(schema: dict[str, Any], keyword: str, limit: float, pointer: str) -> Iterator[Problem]:
    value = schema.get(keyword)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield Problem(f"a number without {keyword}", pointer, f"Add {keyword}: {limit}.", fix=Insert(keyword, limit))
    elif not (value >= limit if keyword == "minimum" else value <= limit):
        most = "at least" if keyword == "minimum" else "at most"
        yield Problem(
            f"{keyword} {describe(value)} is beyond {limit}",
            f"{pointer}/{keyword}",
            f"Use {most} {limit} here.",
            fix=Replace(limit),
        )


RULE = Rule(
    "schema-enforced-numeric-bounds",
    Family.ROBUSTNESS,
    "numbers have bounds inside the configured ones",
    subjects,
    check,
)
