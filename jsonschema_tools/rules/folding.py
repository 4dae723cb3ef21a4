"""Consequences: failed checks that fail only because another one does. People are told the cause alone.

`CAUSES` lists, for each rule, the rules whose failure explains its own, and where both must be: the one cause that is
left when all chains are followed keeps its findings, the others are skipped with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jsonschema_tools.rules.model import Check, Family, Result, Severity, Status
from jsonschema_tools.versions import sort_versions

UNMATERIALIZED = "structure-current-matches-materialized"
"""The rule that says that a current file is not materialized yet."""

NO_VERDICT = "cannot be judged by"
"""What tests of a schema say of a version that cannot be used to validate."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A rule whose failure explains another one; ``holds`` says of the consequence and the cause whether it does."""

    rule: str
    holds: Callable[[Result, Result], bool]


def folded(results: Sequence[Result]) -> list[Result]:
    """The results, those that are consequences of others skipped; `Result.verdict` still says that they failed."""
    failed = [result for result in results if result.status is Status.FAILED]
    causes: dict[int, Result] = {}
    for result in failed:
        cause = _cause(result, failed)
        if cause is not None:
            causes[id(result)] = cause
    return [_skipped(result, _root(result, causes)) if id(result) in causes else result for result in results]


def _cause(result: Result, failed: Sequence[Result]) -> Result | None:
    for cause in CAUSES.get(result.check.rule.id, ()):
        for other in failed:
            if other is not result and other.check.rule.id == cause.rule and cause.holds(result, other):
                return other
    if nameless := next((other for other in failed if _took_a_title(result, other)), None):
        return nameless
    if result.check.rule.id in (UNMATERIALIZED, "structure-current-exists"):
        return next((other for other in failed if _is_new_in_current(other, result, failed)), None)
    return None


def _root(result: Result, causes: dict[int, Result]) -> Result:
    seen = {id(result)}
    while id(result) in causes and id(causes[id(result)]) not in seen:
        result = causes[id(result)]
        seen.add(id(result))
    return result


def _skipped(result: Result, root: Result) -> Result:
    if root is result:
        return result
    reason = f"a consequence of {root.check.rule.id}: {root.findings[0].message}"
    return Result(
        result.check,
        Status.SKIPPED,
        reason=reason,
        consequence_of=root.check.rule.id,
        consequences=result.findings,
    )


def down_for(result: Result) -> tuple[str, ...]:
    """The bases that could not answer, where a check failed for no other reason."""
    found = {finding.down for finding in result.findings}
    return found.pop() if len(found) == 1 else ()


def because_down(result: Result, first: Check, down: tuple[str, ...]) -> Result:
    """The result of a check that fails for the bases that another one tells of already."""
    reason = f"a consequence of {first.rule.id}: {', '.join(down)} could not say"
    return Result(result.check, Status.SKIPPED, reason=reason, consequence_of=first.rule.id)


def with_others(result: Result, others: int) -> Result:
    """The result of the first of the checks that fail for some bases, with the number of the others."""
    if not others:
        return result
    finding, *rest = result.findings
    many = f"{others} more check{'' if others == 1 else 's'} of this run"
    finding = replace(finding, details={**finding.details, "the same holds for": many})
    return replace(result, findings=(finding, *rest))


def _folder(result: Result) -> Path:
    return result.check.subject.path.parent


def _same_folder(result: Result, cause: Result) -> bool:
    return _folder(result) == _folder(cause)


def _same_version(result: Result, cause: Result) -> bool:
    """Whether two checks are about the same new version of a title."""
    one, other = result.check.subject, cause.check.subject
    return (one.title, one.schema_version) == (other.title, other.schema_version)


def _is_of_current(result: Result) -> bool:
    return result.check.subject.path.name == result.check.context.config.current_file_name


def _same_title(result: Result, cause: Result) -> bool:
    return result.check.subject.title == cause.check.subject.title and _is_of_current(cause)


def _beside_current(result: Result, cause: Result) -> bool:
    """Whether the cause is about the current file, and the other about a version file beside it."""
    return _same_folder(result, cause) and _is_of_current(cause) and not _is_of_current(result)


def _same_place(result: Result, cause: Result) -> bool:
    places = {(found.file, found.line) for found in cause.findings}
    return any((found.file, found.line) in places for found in result.findings)


def _same_parts(result: Result, cause: Result) -> bool:
    """Whether all that a check finds is at or around what another one finds in the same title."""
    if result.check.subject.title != cause.check.subject.title:
        return False
    told = [f"{found.pointer}/" for found in cause.findings if found.pointer]
    return all(
        any(f"{found.pointer}/".startswith(pointer) or pointer.startswith(f"{found.pointer}/") for pointer in told)
        for found in result.findings
    )


def _about_the_new_version(result: Result, cause: Result) -> bool:
    """Whether all that a check finds is that the version of the current file is not there yet."""
    collection = result.check.context.collection.chosen
    folders = (_folder(result), _folder(cause))
    titles = {title.name: title for folder in folders for title in collection.titles_in(folder)}
    for _, title in sorted(titles.items()):
        current = title.current
        if current is None or current.path.parent not in folders:
            continue
        versions = {file.version for file in title.files if not file.is_current}
        if current.version in versions or sort_versions({*versions, current.version})[-1] != current.version:
            return False
        about = (result.check.subject.schema_version, result.check.subject.path.name)
        named = current.version in about or any(f"{current.version}" in found.message for found in result.findings)
        return _same_folder(result, cause) and (named or _is_of_current(result))
    return False


def _no_verdict(result: Result, cause: Result) -> bool:
    """Whether tests of a title only say that a version of it cannot judge them."""
    is_of_title = result.check.subject.title == cause.check.subject.title
    return is_of_title and all(NO_VERDICT in found.message for found in result.findings)


def _id_is_in_its_folder(result: Result, cause: Result) -> bool:
    """Whether an ``$id`` is right but for the file that is not there yet."""
    path, base = result.check.subject.path, result.check.context.config.schema_base_path
    expected = f"/{path.parent.relative_to(base).as_posix()}/"
    return result.check.subject.schema_id.startswith(expected) and _about_the_new_version(result, cause)


def _wrong_id(result: Result, cause: Result) -> bool:
    """Whether the ``$id`` of a current file leads to another folder."""
    return _same_folder(result, cause) and _is_of_current(cause) and not _id_is_in_its_folder(cause, result)


def _is_new_in_current(cause: Result, result: Result, failed: Sequence[Result]) -> bool:
    """Whether a rule about the content of schemas finds an error in the current file and in no version file."""
    rule, subject = cause.check.rule, cause.check.subject
    if rule.family is Family.STRUCTURE or cause.check.severity is not Severity.ERROR:
        return False
    if not (_same_folder(result, cause) and _is_of_current(cause)):
        return False
    folder = subject.path.parent
    others = (other for other in failed if other is not cause and other.check.rule.id == rule.id)
    old = {found.pointer for other in others if _folder(other) == folder for found in other.findings}
    return any(found.pointer not in old for found in cause.findings)


def _took_a_title(result: Result, cause: Result) -> bool:
    """Whether a check is about a title of which files are beside a current file that has none of its own: those that
    were materialized from it have the title of a fragment, as upstream has it."""
    rule, title = result.check.rule, result.check.subject.title
    if cause.check.rule.id != "structure-title" or result is cause or not _is_of_current(cause):
        return False
    if rule.family not in (Family.STRUCTURE, Family.COMPATIBILITY) or rule.id.startswith("released-"):
        return False
    titles = result.check.context.collection.chosen.titles_in(_folder(cause))
    return any(each.name == title for each in titles)


def _meant(result: Result, cause: Result) -> bool:
    """Whether a stream has a title that is not there, and means the one that has no stream."""
    subject = cause.check.subject.value
    return bool(subject.schemas.near(subject.stream.title) == result.check.subject.title)


def _no_title(_result: Result, cause: Result) -> bool:
    """Whether a stream has a title that is none: nobody knows which is meant."""
    return any(found.pointer.endswith("/schema_title") for found in cause.findings)


CAUSES: dict[str, tuple[Cause, ...]] = {
    "structure-current-exists": (
        Cause("structure-files-are-readable", _same_folder),
        Cause("structure-title", _same_folder),
        Cause("structure-title-matches-directory", _same_folder),
        Cause("released-versions-are-kept", _same_folder),
        Cause("current-can-be-materialized", _same_folder),
    ),
    "structure-title-matches-directory": (
        Cause("structure-title", _same_folder),
        Cause("structure-title-matches-directory", _beside_current),
    ),
    "structure-one-directory": (Cause("structure-title-matches-directory", _same_title),),
    "structure-current-is-greatest": (
        Cause("structure-title-matches-directory", _same_title),
        Cause(UNMATERIALIZED, _about_the_new_version),
    ),
    "structure-content-types-exist": (Cause(UNMATERIALIZED, _about_the_new_version),),
    "structure-extensionless-link": (Cause(UNMATERIALIZED, _about_the_new_version),),
    "structure-latest-links": (Cause(UNMATERIALIZED, _about_the_new_version),),
    "structure-id-matches-path": (Cause(UNMATERIALIZED, _id_is_in_its_folder),),
    UNMATERIALIZED: (
        Cause("current-can-be-materialized", _same_folder),
        Cause("id-names-whole-version", _same_folder),
        Cause("structure-id-matches-path", _wrong_id),
        Cause("released-versions-are-immutable", _same_folder),
    ),
    "current-can-be-materialized": (Cause("refs-are-pinned", _same_place),),
    "columns-are-typed": (
        Cause(UNMATERIALIZED, _same_folder),
        Cause("schema-is-valid", _same_parts),
    ),
    "table-conflict": (
        Cause("schema-version-compatibility", _same_version),
        Cause("version-bump", _same_version),
    ),
    "version-bump": (Cause("schema-version-compatibility", _same_version),),
    "schema-tests-pass": (Cause("schema-is-valid", _no_verdict), Cause("current-can-be-materialized", _no_verdict)),
    "structure-content-types-equal": (Cause("released-versions-are-immutable", _same_folder),),
    "titles-have-a-stream": (Cause("stream-schemas-exist", _meant), Cause("streams-are-well-formed", _no_title)),
}
"""For each rule the causes of its failures, the likeliest first."""
