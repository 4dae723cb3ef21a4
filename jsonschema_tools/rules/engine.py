"""The engine: checks planned from rules and subjects, run one by one. A failed check never hides another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from jsonschema_tools.errors import SchemaToolsError, accident, is_accident
from jsonschema_tools.patterns.searching import is_found
from jsonschema_tools.rules.baseline import fingerprint, without_known
from jsonschema_tools.rules.folding import because_down, down_for, folded, with_others
from jsonschema_tools.rules.ignores import without_ignored
from jsonschema_tools.rules.model import (
    Check,
    Context,
    Family,
    Finding,
    Found,
    NotApplicable,
    Place,
    Problem,
    Report,
    Result,
    Rule,
    Status,
    Subject,
)
from jsonschema_tools.rules.selection import ActiveRule
from jsonschema_tools.rules.subjects import is_of_titles, repository
from jsonschema_tools.settings import Config


def plan(
    rules: Iterable[ActiveRule],
    context: Context,
    titles: frozenset[str] | None = None,
    whole: Collection[str] = (),
) -> list[Check]:
    """Every check of the rules, in the order of the rules; with ``titles`` only those of these titles.

    ``whole`` are ids of rules that look at the repository as a whole even so.
    """
    runs = _Runs()
    checks, context = runs.checks, replace(context, runs=runs)
    for active in rules:
        own = replace(context, options=active.options)
        for rule, subject in _subjects(active.rule, own):
            if titles is None or subject.title in titles or (subject.title is None and rule.id in whole):
                checks.append(Check(rule, subject, active.severity, own))
    return checks


def run(check: Check) -> Result:
    """Run one check. Whatever a rule cannot do with its subject becomes a finding, or the reason of a skip.

    One that fails only because another check of the same plan does is skipped: see `folding`.
    """
    runs = check.context.runs
    result = runs.result(check) if runs is not None else None
    return result if result is not None else _run(check)


class _Runs:
    """The checks of a plan. Those of one title or folder are run together, since one may be the cause of another."""

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self._results: dict[int, Result] = {}
        self._groups: dict[int, list[Check]] | None = None
        self._alone: dict[int, Result] = {}
        self._found = Found([], set(), set())

    def result(self, check: Check) -> Result | None:
        if self._groups is None:
            self._groups = _groups(self.checks)
        group = self._groups.get(id(check))
        if group is None:
            return None
        if id(check) not in self._results:
            results = [self._told_once(result) for result in folded([self._run(each) for each in group])]
            self._results |= {id(each): result for each, result in zip(group, results, strict=True)}
        return self._results[id(check)]

    def found(self) -> Found:
        """What all checks found, but those that look at what the others found."""
        for check in self.checks:
            if not check.rule.after_others:
                self._run(check)
        return self._found

    def _told_once(self, result: Result) -> Result:
        """A result whose only reason are bases that are down: the first check of the plan tells it for all."""
        down = down_for(result)
        if not down:
            return result
        alike = [each for each in self.checks if not each.rule.after_others and down_for(self._run(each)) == down]
        if result.check is not alike[0]:
            return because_down(result, alike[0], down)
        return with_others(result, len(alike) - 1)

    def _run(self, check: Check) -> Result:
        """The result of a check by itself, without what the baseline knows and what comments ignore."""
        if id(check) not in self._alone:
            result = _run(check)
            self._found.checks.append(check)
            self._found.fingerprints.update(fingerprint(check, found) for found in result.findings)
            result, ignored = without_ignored(without_known(result, check.context.baseline))
            self._found.ignored.update(ignored)
            self._alone[id(check)] = result
        return self._alone[id(check)]


def _groups(checks: Sequence[Check]) -> dict[int, list[Check]]:
    """By the identity of a check, all that are about its title or its folder, and so on; those on streams are one."""
    found: dict[object, list[Check]] = {}
    for check in checks:
        of_title = check.subject.title is not None and check.rule.family is not Family.STREAMS
        keys = (check.subject.title, check.subject.path.parent) if of_title else (None,)
        known = {id(found[key]): found[key] for key in keys if key in found}
        group = [each for one in known.values() for each in one] if len(known) > 1 else next(iter(known.values()), [])
        group.append(check)
        if len(known) > 1:
            for key, old in list(found.items()):
                if id(old) in known:
                    found[key] = group
        found |= dict.fromkeys(keys, group)
    return {id(check): group for group in found.values() for check in group}


def _run(check: Check) -> Result:
    context, subject = check.context, check.subject
    try:
        skipped = skip_reason(subject, check.rule.id, context.config)
        if skipped is not None:
            return Result(check, Status.SKIPPED, reason=f"skipSchemaTestCases: {skipped}")
        findings = tuple(_finding(problem, check) for problem in check.rule.check(subject.value, context))
    except NotApplicable as reason:
        return Result(check, Status.SKIPPED, reason=str(reason))
    except SchemaToolsError as error:
        findings = (_of_error(error, check),)
    except RecursionError:
        findings = (_finding(Problem("the schema nests too deeply to be checked"), check),)
    except BaseException as error:
        if not is_accident(error):
            raise
        findings = (_of_error(_broken(error, check.rule), check),)
    return Result(check, Status.FAILED if findings else Status.PASSED, findings)


Progress = Callable[[int, int], None]
"""Told how many of how many checks are done."""


def run_all(checks: Sequence[Check], progress: Progress = lambda _done, _total: None) -> Report:
    """Run the checks."""
    results = []
    for number, check in enumerate(checks, 1):
        results.append(run(check))
        progress(number, len(checks))
    return Report(tuple(results))


def skip_reason(subject: Subject, rule_id: str, config: Config) -> str | None:
    """The pattern of ``skipSchemaTestCases`` that skips a rule for a subject. Raises `Undecided`."""
    for pattern, cases in config.skip_schema_test_cases.items():
        if rule_id in cases and is_found(pattern, subject.schema_id):
            return pattern
    return None


def _subjects(rule: Rule, context: Context) -> Iterator[tuple[Rule, Subject]]:
    """The subjects of a rule; what keeps it from having any is what its only check finds."""
    try:
        collection = context.collection.chosen if is_of_titles(rule.subjects) else context.collection
        for subject in rule.subjects(collection, context):
            yield rule, subject
    except (SchemaToolsError, NotApplicable) as reason:
        yield _failing(rule), repository(context, reason)
    except BaseException as error:
        if not is_accident(error):
            raise
        yield _failing(rule), repository(context, _broken(error, rule))


def _failing(rule: Rule) -> Rule:
    """The rule as one whose only finding is the error that it is given."""
    return replace(rule, check=_raise, description=rule.documentation)


def _broken(error: BaseException, rule: Rule) -> SchemaToolsError:
    """An exception that nobody foresaw is a finding of its rule: the other checks go on."""
    return accident(error, f"the rule {rule.id!r}")


def _raise(reason: Exception, _context: Context) -> Iterable[Problem]:
    raise reason


def _finding(problem: Problem, check: Check) -> Finding:
    place = problem.place or check.context.locate(problem.path or check.subject.path, problem.pointer)
    return Finding(
        problem.message,
        problem.pointer,
        place.file,
        place.line,
        place.column,
        problem.remedy,
        problem.details,
        fix=problem.fix,
    )


def _of_error(error: SchemaToolsError, check: Check) -> Finding:
    down = getattr(error, "down", ())
    details = {"asked": list(getattr(error, "attempts", ()))} if down else {}
    if error.source and "://" in error.source:
        # What came over the network, nobody can edit here, but what refers to it.
        place = check.context.locate(check.subject.path, "")
        return Finding(str(error), "", place.file, place.line, place.column, error.remedy, details, down)
    path = Path(error.source) if error.source else check.subject.path
    position = error.position
    place = Place(path, position.line, position.column) if position else Place(path)
    pointer = error.pointer or ""
    return Finding(error.message, pointer, place.file, place.line, place.column, error.remedy, details, down)
