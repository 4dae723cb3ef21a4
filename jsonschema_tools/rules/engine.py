"""The engine: checks planned from rules and subjects, run one by one. A failed check never hides another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from jsonschema_tools.checks import (
    Check,
    Collection,
    Context,
    Finding,
    Problem,
    Report,
    Result,
    Rule,
    Status,
    Subject,
)
from jsonschema_tools.errors import Position, SchemaToolsError
from jsonschema_tools.model import Config

Locate = Callable[[Path, str], Position | None]
"""From a file and a JSON Pointer to the place in the file."""


def plan(collection: Collection, config: Config, rules: Sequence[Rule]) -> list[Check]:
    """Every check of the rules, in the order of the rules."""
    return [Check(rule, subject) for rule in rules for subject in rule.subjects(collection, config)]


def run(check: Check, context: Context, locate: Locate) -> Result:
    """Run one check."""
    skipped = skip_reason(check.subject, check.rule.id, context.config)
    if skipped is not None:
        return Result(check, Status.SKIPPED, reason=f"skipSchemaTestCases: {skipped}")
    try:
        findings = tuple(_finding(p, check.subject, locate) for p in check.rule.check(check.subject.value, context))
    except SchemaToolsError as error:
        findings = (_of_error(error, check.subject),)
    except RecursionError:
        findings = (_finding(Problem("the schema nests too deeply to be checked"), check.subject, locate),)
    return Result(check, Status.FAILED if findings else Status.PASSED, findings)


def run_all(checks: Iterable[Check], context: Context, locate: Locate) -> Report:
    """Run the checks; a skip that matches none of them is a warning."""
    checks = list(checks)
    results = tuple(run(check, context, locate) for check in checks)
    return Report(results, tuple(_unused_skips(checks, context.config)))


def skip_reason(subject: Subject, rule_id: str, config: Config) -> str | None:
    """The pattern of ``skipSchemaTestCases`` that skips a rule for a subject."""
    for pattern, cases in config.skip_schema_test_cases.items():
        if rule_id in cases and re.search(pattern, subject.schema_id):
            return pattern
    return None


def _unused_skips(checks: list[Check], config: Config) -> Iterable[Finding]:
    planned = {(check.rule.id, check.subject.schema_id) for check in checks}
    for pattern, cases in config.skip_schema_test_cases.items():
        for case in cases:
            if not any(rule_id == case and re.search(pattern, schema_id) for rule_id, schema_id in planned):
                yield Finding(
                    f"skipSchemaTestCases: {pattern!r} skips {case!r} nowhere",
                    "/skipSchemaTestCases",
                    config.root,
                    None,
                    None,
                    "Remove the entry, or correct its pattern or the name of the check.",
                )


def _finding(problem: Problem, subject: Subject, locate: Locate) -> Finding:
    path = problem.path or subject.path
    position = locate(path, problem.pointer)
    line, column = (position.line, position.column) if position else (None, None)
    return Finding(problem.message, problem.pointer, path, line, column, problem.remedy)


def _of_error(error: SchemaToolsError, subject: Subject) -> Finding:
    line, column = (error.position.line, error.position.column) if error.position else (None, None)
    path = Path(error.source) if error.source else subject.path
    return Finding(error.message, error.pointer or "", path, line, column, error.remedy)
