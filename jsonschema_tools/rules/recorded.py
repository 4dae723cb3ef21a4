"""A report as plain data, to be kept for later runs, and a report of such data: it tells the same in every format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from jsonschema_tools.rules.model import (
    Check,
    Context,
    Family,
    Finding,
    Place,
    Problem,
    Profile,
    Report,
    Result,
    Rule,
    Severity,
    Status,
    Subject,
)
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.settings import Config

_STATUS = tuple(Status)
_SEVERITY = tuple(Severity)


def recorded(report: Report) -> Any:
    """The report as tuples, lists, texts and numbers, and `Finding`s."""
    rules: dict[int, int] = {}
    subjects: dict[tuple[Any, ...], int] = {}
    told_rules: list[Any] = []
    rows: list[tuple[int, int, int, int]] = []
    more: dict[int, tuple[Any, ...]] = {}
    for number, result in enumerate(report.results):
        check, subject = result.check, result.check.subject
        if id(check.rule) not in rules:
            rules[id(check.rule)] = len(told_rules)
            told_rules.append(_rule_recorded(check.rule))
        key = (subject.title, subject.schema_version, str(subject.path), subject.schema_id, subject.detail)
        at = subjects.setdefault(key, len(subjects))
        rows.append((rules[id(check.rule)], at, _SEVERITY.index(check.severity), _STATUS.index(result.status)))
        if result.status is not Status.PASSED:
            found, hidden = ([_finding_recorded(each) for each in all_] for all_ in _findings(result))
            more[number] = (found, result.reason, result.consequence_of, hidden)
    return told_rules, list(subjects), rows, more


def restored(data: Any, config: Config, lines: Callable[[Path], Sequence[str]]) -> Report:
    """The report that was recorded; ``lines`` gives those of a file. Its checks cannot be run."""
    told_rules, told_subjects, rows, more = data
    context = _context(config, lines)
    rules = [_rule(each) for each in told_rules]
    subjects = [
        Subject(None, title, version, Path(path), schema_id, detail)
        for title, version, path, schema_id, detail in told_subjects
    ]
    results = []
    for number, (rule, subject, severity, status) in enumerate(rows):
        check = Check(rules[rule], subjects[subject], _SEVERITY[severity], context)
        if number in more:
            found, reason, consequence_of, hidden = more[number]
            findings, consequences = (tuple(_finding(each) for each in all_) for all_ in (found, hidden))
            results.append(Result(check, _STATUS[status], findings, reason, consequence_of, consequences))
        else:
            results.append(Result(check, _STATUS[status]))
    return Report(tuple(results))


def _findings(result: Result) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    return result.findings, result.consequences


def _finding_recorded(found: Finding) -> tuple[Any, ...]:
    place = (str(found.file), found.line, found.column)
    return found.message, found.pointer, place, found.remedy, dict(found.details), found.down, found.fix


def _finding(data: Any) -> Finding:
    message, pointer, (file, line, column), remedy, details, down, fix = data
    return Finding(message, pointer, Path(file), line, column, remedy, details, down, fix)


def _rule_recorded(rule: Rule) -> tuple[Any, ...]:
    options = {name: dict(schema) for name, schema in rule.options.items()}
    severity = None if rule.severity is None else str(rule.severity)
    return rule.id, str(rule.family), rule.summary, str(rule.profile), severity, options, rule.documentation


def _rule(data: Any) -> Rule:
    rule_id, family, summary, profile, severity, options, documentation = data
    return Rule(
        rule_id,
        Family(family),
        summary,
        _subjects,
        _check,
        Profile(profile),
        None if severity is None else Severity(severity),
        options,
        documentation,
    )


def _subjects(_collection: Collection, _context: Context) -> Iterable[Subject]:
    return ()


def _check(_value: Any, _context: Context) -> Iterable[Problem]:
    raise NotImplementedError("a recorded check is not run again")


def _context(config: Config, lines: Callable[[Path], Sequence[str]]) -> Context:
    return Context(
        config,
        Collection(()),
        {},
        materialize=lambda file: file.document,
        names=lambda _folder: (),
        link=lambda _path: None,
        locate=lambda path, _pointer: Place(path),
        lines=lines,
    )
