"""Every entry of `skipSchemaTestCases` skips something.

Why: an entry that skips nothing is misspelt, or left over, and will one day hide what it should not.
Example: a pattern for a schema that was removed; `schema-is-vaild`.
Instead: remove the entry, or correct its pattern or the name of the check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.patterns.searching import is_found
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Rule, Severity, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.selection import options_of
from jsonschema_tools.rules.subjects import repository


def subjects(_collection: Collection, context: Context) -> Iterator[Subject]:
    if context.config.skip_schema_test_cases:
        yield repository(context)


def check(_repository: object, context: Context) -> Iterator[Problem]:
    for pattern, cases in context.config.skip_schema_test_cases.items():
        for index, case in enumerate(cases):
            if not _skips(pattern, case, context):
                yield Problem(
                    f"{pattern!r} skips {case!r} nowhere",
                    f"/skipSchemaTestCases/{escape_token(pattern)}/{index}",
                    _remedy(case, context),
                )


def _remedy(rule_id: str, context: Context) -> str:
    near = get_close_matches(rule_id, context.rules, n=1) if rule_id not in context.rules else []
    otherwise = "Remove the entry, or correct its pattern or the name of the check."
    return f"Did you mean {near[0]!r}?" if near else otherwise


def _skips(pattern: str, rule_id: str, context: Context) -> bool:
    """Whether the pattern is found in an `$id` that the rule looks at, whether or not this run has the rule.

    True also where the rule cannot tell what it looks at, such as one that asks Git outside of a repository.
    """
    rule = context.rules.get(rule_id)
    if rule is None:
        return False
    if rule.family is Family.STREAMS:
        return True  # `jst streams check` has its subjects.
    own = replace(context, options=options_of(rule, context.config))
    try:
        return any(is_found(pattern, subject.schema_id) for subject in rule.subjects(context.collection, own))
    except (SchemaToolsError, NotApplicable):
        return True


RULE = Rule(
    "skips-match",
    Family.STRUCTURE,
    "every entry of skipSchemaTestCases skips something",
    subjects,
    check,
    severity=Severity.WARNING,
)
