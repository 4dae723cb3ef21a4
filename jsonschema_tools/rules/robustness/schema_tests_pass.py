"""A schema accepts and refuses the events that its tests say.

Why: examples show what is right, but nobody sees when a schema stops refusing what is wrong.
Example: in `shop/order/tests/amounts.yaml` an event with `amount: -5` under `invalid`, and a schema without `minimum`.
Instead: correct the schema or the event. A file has `valid`, a list of events, `invalid`, a list of
`{event, pointer, keyword}`, and where the tests are not for every version, `versions: '>=1.1.0'`. `pointer` is where in
the event it is refused, `keyword` by what; both may be left out. Events are judged as by `jst validate`, by the current
file as it would be released and by all version files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.events.model import EventError, Obstacle, Verdict
from jsonschema_tools.rules.event_tests import ANY_VERSION, Expectation, expectations, faults
from jsonschema_tools.rules.folding import NO_VERDICT
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Rule, Subject
from jsonschema_tools.rules.repository import Collection, EventTests, Title
from jsonschema_tools.rules.selection import unknown
from jsonschema_tools.rules.subjects import of_titles, repository, schema_id
from jsonschema_tools.versions import VersionRange, version_range

if TYPE_CHECKING:
    from jsonschema_tools.rules.event_verdicts import Judge, Judges

_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """An event of a file of tests, and the versions to judge it."""

    expectation: Expectation
    versions: VersionRange
    judges: Judges


Finding = SchemaToolsError | tuple[Problem, ...]
"""What is wrong with a file of tests."""


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    if not collection.tests:
        return
    # What judges events is loaded where there are some.
    from jsonschema_tools.rules.event_verdicts import Judges

    titles = {title.name: title for title in collection.titles}
    judges = {tests.title: Judges(titles[tests.title], context) for tests in collection.tests if tests.title in titles}
    for tests in collection.tests:
        if tests.title is None or tests.title not in titles:
            yield _homeless(tests, titles, context)
            continue
        title = titles[tests.title]
        of_file = faults_of(tests, judges[title.name])
        if of_file:
            yield _subject(of_file, title, tests)
            continue
        versions = version_range(tests.document.get("versions", ANY_VERSION))
        for expectation in expectations(tests.document):
            case = Case(expectation, versions, judges[title.name])
            yield _subject(case, title, tests, expectation.name)


def faults_of(tests: EventTests, judges: Judges) -> Finding:
    """What keeps the tests of a file from being run; nothing where they can be."""
    if tests.error is not None:
        return tests.error
    found = tuple(faults(tests.document))
    if found or "versions" not in tests.document:
        return found
    versions = version_range(tests.document["versions"])
    if any(version in versions for version in judges.versions):
        return ()
    message = f"no version is in {tests.document['versions']!r}: nothing is tested"
    return (Problem(message, "/versions", f"There are {', '.join(judges.versions)}: name a range with one of them."),)


def _subject(value: object, title: Title, tests: EventTests, detail: str = "") -> Subject:
    current = title.current
    version = current.version if current is not None else None
    return Subject(value, title.name, version, tests.path, schema_id(current or title.files[0]), detail)


def _homeless(tests: EventTests, titles: dict[str, Title], context: Context) -> Subject:
    if tests.error is not None and not tests.folder:
        return repository(context, tests.error)
    message = f"there is no schema with the title {tests.folder!r} for these tests"
    error = unknown(message, tests.folder, titles, otherwise="Name the folder as the title is named: `jst ls`.")
    return Subject(error.replaced(source=str(tests.path)), None, None, tests.path, "")


def check(subject: Case | Finding, _context: Context) -> Iterator[Problem]:
    if isinstance(subject, SchemaToolsError):
        raise subject
    if isinstance(subject, tuple):
        yield from subject
        return
    problems, unfit = _problems(subject)
    yield from problems
    if not problems and unfit:
        raise NotApplicable(unfit)


def _problems(case: Case) -> tuple[list[Problem], str | None]:
    """What is not as expected, versions that say the same together; and why the others could not say."""
    expected, agreed, unfit = case.expectation, list[str](), None
    disagreed: dict[str, list[tuple[Judge, Verdict]]] = {}
    try:
        for judge, verdict in case.judges.verdicts(expected.event, case.versions):
            if (difference := _difference(expected, verdict)) is None:
                agreed.append(judge.name)
            else:
                disagreed.setdefault(difference, []).append((judge, verdict))
    except NotApplicable as reason:
        unfit = str(reason)
    problems = [_problem(expected, said, found, agreed) for said, found in disagreed.items()]
    return problems, unfit


def _difference(expected: Expectation, verdict: Verdict) -> str | None:
    """What is not as expected, in words that begin with the verb; ``None`` where all is."""
    if any(error.obstacle is not None for error in verdict.errors):
        return f"{NO_VERDICT} {{versions}}: {_reasons(verdict.errors)}"
    if not expected.refused:
        return None if verdict.valid else f"is refused by {{versions}}: {_reasons(verdict.errors)}"
    wanted = _wanted(expected)
    if verdict.valid:
        return f"is accepted by {{versions}}, and is to be refused{wanted}"
    if any(_fits(expected, error) for error in verdict.errors):
        return None
    return f"is to be refused{wanted}, and is refused by {{versions}} otherwise: {_reasons(verdict.errors)}"


def _fits(expected: Expectation, error: EventError) -> bool:
    return expected.at in (None, error.pointer) and expected.keyword in (None, error.keyword)


def _wanted(expected: Expectation) -> str:
    at = "" if expected.at is None else f" at {expected.at or 'the event itself'}"
    return at + ("" if expected.keyword is None else f" by {expected.keyword}")


def _reasons(errors: Sequence[EventError]) -> str:
    told = [f"{error.pointer or 'the event'}: {error.message} ({error.kind})" for error in errors[:_MOST_REASONS]]
    more = len(errors) - len(told)
    return "; ".join([*told, *([f"and {more} more"] if more > 0 else [])])


def _problem(
    expected: Expectation, said: str, found: Sequence[tuple[Judge, Verdict]], agreed: Sequence[str]
) -> Problem:
    names = [judge.name for judge, _ in found]
    kind, _, index = expected.name.partition("-")
    return Problem(
        f"{kind} event {index} {said.replace('{versions}', ', '.join(names))}",
        expected.pointer,
        _remedy(expected, found, agreed),
    )


def _remedy(expected: Expectation, found: Sequence[tuple[Judge, Verdict]], agreed: Sequence[str]) -> str:
    errors = found[0][1].errors
    remedies = [error.remedy for error in errors if error.obstacle is not None and error.remedy]
    if any(error.obstacle is not None for error in errors):
        if any(error.obstacle is Obstacle.NOT_JSON for error in errors):
            return "Write the event as JSON has it."
        return remedies[0] if remedies else "Correct the schema."
    if expected.refused and errors:
        at, keyword = errors[0].pointer or "''", errors[0].keyword
        return f"Write `pointer: {at}` and `keyword: {keyword}`, if that is what is meant; else correct the event."
    if agreed:
        return (
            f"It is as expected by {', '.join(agreed)}. Correct the schema; or if that is meant, put the event into a"
            " file for those versions, with a range in `versions`."
        )
    return "Correct the schema, or the event."


RULE = Rule("schema-tests-pass", Family.ROBUSTNESS, "the tests of a schema pass", subjects, check)
