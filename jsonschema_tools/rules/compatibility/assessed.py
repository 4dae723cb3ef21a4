"""Pairs of versions and what the policy of the repository makes of them; each pair is assessed once."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from semver import Version as SemanticVersion

from jsonschema_tools.compatibility.identity import Same
from jsonschema_tools.compatibility.policies import CompatibilitySettings, Direction, settings_of
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import in_place, materialized
from jsonschema_tools.rules.model import Context, NotApplicable, Problem, Subject
from jsonschema_tools.rules.repository import Collection, Title, VersionPair
from jsonschema_tools.rules.subjects import of_titles, schema_id
from jsonschema_tools.schemas.metaschemas import misshapen

if TYPE_CHECKING:
    from jsonschema_tools.compatibility.assessment import Assessment
    from jsonschema_tools.compatibility.breaks import Break
    from jsonschema_tools.compatibility.kept import Comparisons
    from jsonschema_tools.compatibility.transitive import Judgements


def settings_for(context: Context) -> CompatibilitySettings:
    """How the repository assesses versions."""
    return _settings(Same(context.config))


@functools.lru_cache(maxsize=1)
def _settings(config: Same) -> CompatibilitySettings:
    return settings_of(config.value)


@of_titles
def newest(collection: Collection, context: Context) -> Iterator[Subject]:
    """The newest version of each title with the one before it, whatever the major: the current file when it is ahead.

    What came before is history, and cannot be changed.
    """
    for title in collection.titles:
        files = _files(title, context)
        if len(files) > 1:
            *before, old, new = files
            earlier = tuple(file for file in before if _together(file, new, context) and _together(file, old, context))
            yield _subject(VersionPair(title.name, old, new, earlier=earlier))


@of_titles
def newest_of_all(collection: Collection, context: Context) -> Iterator[Subject]:
    """The newest version of each title, as in `newest`, with all versions before it, whatever they promise readers."""
    for title in collection.titles:
        files = _files(title, context)
        if len(files) > 1:
            *before, old, new = files
            yield _subject(VersionPair(title.name, old, new, earlier=tuple(before)))


@of_titles
def with_earlier(collection: Collection, context: Context) -> Iterator[Subject]:
    """Every version with all earlier ones that it must be compatible with; the current file too when it is ahead."""
    for title in collection.titles:
        files = _files(title, context)
        for index, new in enumerate(files):
            line = [file for file in files[:index] if _together(file, new, context)]
            for at in reversed(range(len(line))):
                yield _subject(VersionPair(title.name, line[at], new, tuple(line[at + 1 :])))


def together(pair: VersionPair, context: Context) -> bool:
    """Whether both versions must be compatible, of one major as they are."""
    return _together(pair.old, pair.new, context)


def _files(title: Title, context: Context) -> list[SchemaFile]:
    files = title.released(context.config.content_types[0])
    current = title.current
    if current is not None and files and _version(current) > _version(files[-1]):
        files = [*files, current]
    return files


def _subject(pair: VersionPair) -> Subject:
    detail = "" if not pair.between else f"since {pair.old.version}"
    return Subject(pair, pair.title, pair.new.version, pair.new.path, schema_id(pair.new), detail)


def _version(file: SchemaFile) -> SemanticVersion:
    return SemanticVersion.parse(file.version)


def _together(one: SchemaFile, other: SchemaFile, context: Context) -> bool:
    from jsonschema_tools.compatibility.transitive import of_one_line

    return of_one_line(one.version, other.version, settings_for(context).policy)


def document(file: SchemaFile, context: Context) -> Document:
    """What a file says, or would say once it is released."""
    return materialized(file, context) if file.is_current else file.document


def located(problems: Iterator[Problem], file: SchemaFile, context: Context) -> Iterator[Problem]:
    """The problems where they were written, also where the file is not released yet."""
    return in_place(problems, file, context) if file.is_current else problems


def assessment(old: SchemaFile, new: SchemaFile, context: Context) -> Assessment:
    """The two versions assessed as the repository does.

    Raises `NotApplicable` where one is no valid schema: what its keywords mean is anybody's guess.
    """
    pair = Same(document(old, context)), Same(document(new, context))
    return _assessed(*pair, settings_for(context), _Run(context))


def judgements(context: Context) -> Judgements[SchemaFile]:
    """What is known of pairs of versions in a run."""
    return _judgements(settings_for(context), _Run(context))


def of_history(pair: VersionPair, context: Context) -> Assessment:
    """The two versions assessed, with what the new one breaks of earlier ones under a transitive policy."""
    found = assessment(pair.old, pair.new, context)
    older = judgements(context).since_older((*pair.earlier, pair.old, pair.new), lambda file: file.version)
    return replace(found, breaks=(*found.breaks, *older))


def due_version(released: SchemaFile, current: SchemaFile, context: Context) -> str | None:
    """The version that a current file is due to have after a released one; ``None`` where nobody can say."""
    from jsonschema_tools.compatibility.bump import bumped, due_bump, same_content

    try:
        found = assessment(released, current, context)
        field = context.config.schema_version_field
        same = same_content(document(released, context), document(current, context), field)
    except (NotApplicable, SchemaToolsError, RecursionError):
        return None
    due = due_bump(found, settings_for(context), same=same)
    return None if due.part is None or due.undecided else bumped(released.version, due.part)


class _Run:
    """A cache key for what the rules of one run are told, whatever the options of a rule: the run itself."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._same = Same(context.materialize), Same(context.retrieve), Same(context.known)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Run) and self._same == other._same

    def __hash__(self) -> int:
        return hash(self._same)


@functools.lru_cache(maxsize=1)
def _judgements(settings: CompatibilitySettings, run: _Run) -> Judgements[SchemaFile]:
    from jsonschema_tools.compatibility.transitive import Judgements

    return Judgements(
        settings,
        lambda old, new: assessment(old, new, run.context).breaks,
        lambda file: document(file, run.context),
        _kept(settings, run),
    )


@functools.lru_cache(maxsize=1)
def _kept(settings: CompatibilitySettings, run: _Run) -> Comparisons | None:
    """What earlier runs made of the versions that this one compares."""
    from jsonschema_tools.compatibility.kept import Comparisons

    return None if run.context.known is None else Comparisons(run.context.known, settings)


@functools.lru_cache(maxsize=512)
def _assessed(old: Same, new: Same, settings: CompatibilitySettings, run: _Run) -> Assessment:
    kept = _kept(settings, run)
    if kept is None:
        return _assess(old.value, new.value, settings, run)
    pair = (old.value, new.value)
    return kept.once("pair", pair, lambda: _assess(*pair, settings, run))


def _assess(old: Document, new: Document, settings: CompatibilitySettings, run: _Run) -> Assessment:
    from jsonschema_tools.compatibility.assessment import assess

    for version in (old, new):
        for pointer, message in misshapen(version):
            raise NotApplicable(f"not a valid schema: {pointer}: {message}")
    return assess(old, new, settings, retrieve=run.context.retrieve)


@of_titles
def may_grow(collection: Collection, context: Context) -> Iterator[Subject]:
    """The newest version of each title, where what merely grew is no break but something to tell the readers."""
    if settings_for(context).may_grow and Direction.FORWARD in settings_for(context).policy.directions:
        yield from (subject for subject in newest(collection, context) if together(subject.value, context))


def grown(pair: VersionPair, context: Context, kind: str, meaning: str) -> Iterator[Problem]:
    """What grew between two versions by a change of one kind."""
    problems = (
        Problem(
            f"{item.pointer or '/'}: {item.message} since {pair.old.version}: {meaning}",
            item.pointer,
            "Tell the readers, then ignore this: the versions are released already, or will be.",
            details={name: value for name, value in evidence(item).items() if name != "bump"},
        )
        for item in assessment(pair.old, pair.new, context).breaks
        if item.growth == kind
    )
    return located(problems, pair.new, context)


def evidence(item: Break) -> Mapping[str, Document]:
    """What shows a break, for a report: the change, who is broken, and an event with what the validator says of it."""
    found: dict[str, Document] = {"change": ", ".join(change.kind for change in item.changes)}
    found["fingerprint"] = ", ".join(change.fingerprint for change in item.changes)
    found = {name: value for name, value in found.items() if value}
    if item.direction is not None:
        found |= {"direction": str(item.direction), "compatible": str(item.answer)}
    if item.why is not None:
        found["why"] = item.why
    if item.witness is not None:
        found |= {"event": item.witness.event, "refused": "; ".join(item.witness.refusals)}
    return {**found, "bump": "major"}
