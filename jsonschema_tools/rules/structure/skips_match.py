"""Every entry of `skipSchemaTestCases` skips something.

Why: an entry that skips nothing is misspelt, or left over, and will one day hide what it should not.
Example: a pattern for a schema that was removed; `schema-is-vaild`.
Instead: remove the entry, or correct its pattern or the name of the check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jsonschema_tools.checks import Collection, Context, Family, Problem, Rule, Severity, Subject
from jsonschema_tools.documents.values import escape_token
from jsonschema_tools.rules.subjects import repository


def subjects(_collection: Collection, context: Context) -> Iterator[Subject]:
    if context.config.skip_schema_test_cases:
        yield repository(context)


def check(_repository: object, context: Context) -> Iterator[Problem]:
    for pattern, cases in context.config.skip_schema_test_cases.items():
        for index, case in enumerate(cases):
            if not any(re.search(pattern, schema_id) for schema_id in _subjects_of(case, context)):
                yield Problem(
                    f"{pattern!r} skips {case!r} nowhere",
                    f"/skipSchemaTestCases/{escape_token(pattern)}/{index}",
                    "Remove the entry, or correct its pattern or the name of the check.",
                )


def _subjects_of(rule_id: str, context: Context) -> Iterator[str]:
    """The `$id`s that a rule looks at, whether or not this run has the rule."""
    if rule_id in context.rules:
        yield from (subject.schema_id for subject in context.rules[rule_id].subjects(context.collection, context))


RULE = Rule(
    "skips-match",
    Family.STRUCTURE,
    "every entry of skipSchemaTestCases skips something",
    subjects,
    check,
    severity=Severity.WARNING,
)
