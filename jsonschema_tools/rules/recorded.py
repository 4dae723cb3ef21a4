"""A report as plain data, to be kept for later runs, and a report of such data: it tells the same in every format."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

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
_PASSED = _STATUS.index(Status.PASSED)


def recorded(report: Report) -> Any:
    """The report as lists, texts, numbers and edits."""
    rules: dict[int, int] = {}
    subjects: dict[tuple[Any, ...], int] = {}
    told_rules: list[Any] = []
    rows = array("I"), array("I"), array("B")
    others: dict[int, tuple[Any, ...]] = {}
    of_rule, of_subject, of_kind = (row.append for row in rows)
    passed, rule, severity, at, kind = Status.PASSED, None, None, 0, 0
    for number, result in enumerate(report.results):
        check = result.check
        if check.rule is not rule:
            rule = check.rule
            at = rules.setdefault(id(rule), len(told_rules))
            if at == len(told_rules):
                told_rules.append(_rule_recorded(rule))
        if check.severity is not severity:
            severity = check.severity
            kind = _SEVERITY.index(severity) * len(_STATUS)
        of_rule(at)
        of_subject(subjects.setdefault(_subject_recorded(check.subject), len(subjects)))
        of_kind(kind + (_PASSED if result.status is passed else _STATUS.index(result.status)))
        if result.status is not passed:
            others[number] = _result_recorded(result)
    return told_rules, list(subjects), [row.tobytes() for row in rows], others


def restored(data: Any, config: Config, lines: Callable[[Path], Sequence[str]]) -> Report:
    """The report that was recorded; ``lines`` gives those of a file. Its checks cannot be run."""
    return _Recorded(_Results(data, _context(config, lines)))


@dataclass(frozen=True, slots=True)
class _Recorded(Report):
    """A report of which a result is made when it is asked for: of those that passed, the number is mostly enough."""

    results: _Results

    @property
    def others(self) -> Iterable[Result]:
        """Those that did not pass."""
        return map(self.results.result, self.results.others)


class _Results(Sequence[Result]):
    def __init__(self, data: Any, context: Context) -> None:
        told_rules, self._subjects, rows, self.others = data
        self._rules = [_rule(each) for each in told_rules]
        self._of_rule, self._of_subject, self._of_kind = (
            array(kind, row) for kind, row in zip("IIB", rows, strict=True)
        )
        self._context = context

    def __len__(self) -> int:
        return len(self._of_rule)

    @overload
    def __getitem__(self, number: int) -> Result: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[Result, ...]: ...
    def __getitem__(self, number: int | slice) -> Result | tuple[Result, ...]:
        if isinstance(number, slice):
            return tuple(map(self.result, range(*number.indices(len(self)))))
        return self.result(range(len(self))[number])

    def result(self, number: int) -> Result:
        title, version, path, schema_id, detail = self._subjects[self._of_subject[number]]
        subject = Subject(None, title, version, Path(path), schema_id, detail)
        severity, status = divmod(self._of_kind[number], len(_STATUS))
        check = Check(self._rules[self._of_rule[number]], subject, _SEVERITY[severity], self._context)
        if status == _PASSED:
            return Result(check, Status.PASSED)
        found, reason, consequence_of, hidden = self.others[number]
        findings, consequences = (tuple(_finding(each) for each in all_) for all_ in (found, hidden))
        return Result(check, _STATUS[status], findings, reason, consequence_of, consequences)


def _subject_recorded(subject: Subject) -> tuple[Any, ...]:
    return subject.title, subject.schema_version, str(subject.path), subject.schema_id, subject.detail


def _result_recorded(result: Result) -> tuple[Any, ...]:
    found, hidden = ([_finding_recorded(each) for each in all_] for all_ in (result.findings, result.consequences))
    return found, result.reason, result.consequence_of, hidden


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
