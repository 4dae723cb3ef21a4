"""The nouns of checking: a rule applied to a subject is a check; run, it is a result; all results are a report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from jsonschema_tools.documents.edits import Edit
from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.stream_file import StreamFile
from jsonschema_tools.settings import Config

if TYPE_CHECKING:
    from jsonschema_tools.compatibility.kept import Known
    from jsonschema_tools.rules.baseline import Baseline

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Family(StrEnum):
    """What a rule is about."""

    STRUCTURE = "structure"
    ROBUSTNESS = "robustness"
    COMPATIBILITY = "compatibility"
    STREAMS = "streams"


class Status(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Severity(StrEnum):
    """What a finding means for the repository: an error fails it, a warning does not (unless asked to)."""

    ERROR = "error"
    WARNING = "warning"


class Profile(StrEnum):
    """A set of rules: those of the Node.js tool, and those that we recommend beside them."""

    UPSTREAM = "upstream"
    RECOMMENDED = "recommended"


class NotApplicable(Exception):
    """Raised by a rule that cannot judge its subject; the check is skipped, with the message as its reason."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: ``line`` and ``column`` count from 1 and are ``None`` where they are not known."""

    file: Path
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule finds: a message, the JSON Pointer it is about, and the cure; ``path`` when in another file.

    ``place`` is where a person would look, when the rule knows that better than the pointer in the file tells.
    ``details`` is evidence as plain data, shown under the message and kept as it is in reports for programs. ``fix`` is
    the edit at that place that cures it, where it is safe; an `Insert` is into the schema that the place is in.
    """

    message: str
    pointer: str = ""
    remedy: str | None = None
    path: Path | None = None
    details: Mapping[str, Document] = field(default_factory=lambda: _NOTHING)
    place: Place | None = None
    fix: Edit | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with its place: the file and line that a person would edit.

    ``down`` names the bases that could not answer, where that is all there is to say. ``pointer`` is the JSON Pointer
    in the document that was checked. Where that was released from a current file as it is now, ``file``, ``line`` and
    ``column`` are those of the current file, or of the fragment that brought it.
    """

    message: str
    pointer: str
    file: Path
    line: int | None
    column: int | None
    remedy: str | None
    details: Mapping[str, Document] = field(default_factory=lambda: _NOTHING)
    down: tuple[str, ...] = ()
    fix: Edit | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule looks at: ``value`` is what the rule knows, such as a `SchemaFile`, `Title` or `VersionPair`.

    ``title`` is ``None`` for the repository as a whole. ``schema_id`` is what the patterns of ``skipSchemaTestCases``
    are searched in; ``detail`` tells several subjects of one file apart.
    """

    value: Any
    title: str | None
    schema_version: str | None
    path: Path
    schema_id: str
    detail: str = ""


class Runs(Protocol):
    """The checks of a run, and their results, each of them made once."""

    def result(self, check: Check) -> Result | None:
        """The result of a check among the others; ``None`` where it is none of them."""

    def found(self) -> Found:
        """What all checks found, but those that look at what the others found."""


@dataclass(frozen=True, slots=True)
class Context:
    """What rules may ask for beside their subject.

    ``options`` are those of the rule, ``rules`` all that there are, by id; ``names`` gives the names in a folder,
    ``link`` the target of a link, ``locate`` the place of a JSON Pointer in a file. ``origin`` takes a current file and
    a pointer in its materialized document, and gives the place where that was written: in the current file or in the
    fragment that brought it, ``None`` where that is not on this disk.
    ``retrieve`` gives the document at a URI, ``read`` the files that materializing a current file has read, links
    followed, ``today`` is the day of the run.
    """

    config: Config
    collection: Collection
    rules: Mapping[str, Rule]
    materialize: Callable[[SchemaFile], Document]
    names: Callable[[Path], Iterable[str]]
    link: Callable[[Path], str | None]
    locate: Callable[[Path, str], Place]
    options: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    origin: Callable[[SchemaFile, str], Place | None] = lambda file, _pointer: Place(file.path)
    retrieve: Callable[[str], Document] | None = None
    read: Callable[[SchemaFile], Iterable[Path]] = lambda _file: ()
    today: date | None = None
    baseline: Baseline | None = None
    """Findings that are known."""
    lines: Callable[[Path], Sequence[str]] = lambda _path: ()
    """The lines of a file, none where it cannot be read."""
    streams: StreamFile | None = None
    """The streams, where they are checked."""
    runs: Runs | None = field(default=None, compare=False, repr=False)
    """The checks of the same run, where there are others."""
    known: Known | None = field(default=None, compare=False, repr=False)
    """What earlier runs found out, where that is kept."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: which subjects it looks at, and what it finds in one of them.

    The docstring of the module that holds ``check`` documents it: see `rules.documentation`. ``severity`` is what it
    has where the configuration does not say otherwise, ``None`` for a rule that is off until it is configured.
    ``options`` maps the name of each option to its JSON Schema, whose ``default`` counts where it is not given.
    """

    id: str
    family: Family
    summary: str
    subjects: Callable[[Collection, Context], Iterable[Subject]]
    check: Callable[[Any, Context], Iterable[Problem]]
    profile: Profile = Profile.UPSTREAM
    severity: Severity | None = Severity.ERROR
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _NOTHING)
    description: str = ""
    after_others: bool = False
    """Whether it looks at what the other rules found."""

    @property
    def documentation(self) -> str:
        """What the rule says about itself: its description, else the docstring of its module."""
        module = sys.modules.get(getattr(self.check, "__module__", ""))
        return (self.description or (module and module.__doc__) or self.summary).strip()


@dataclass(frozen=True, slots=True)
class Check:
    """A rule applied to one subject; `rules.engine.run` runs it."""

    rule: Rule
    subject: Subject
    severity: Severity
    context: Context

    @property
    def name(self) -> str:
        """What tells the check from all others: ``user/create/1.0.0.yaml::schema-is-valid``."""
        path, config = self.subject.path, self.context.config
        bases = [config.schema_base_path, *([config.tests.parent] if config.tests else [])]
        place = next((path.relative_to(b).as_posix() for b in bases if path.is_relative_to(b)), path.name)
        detail = self.subject.detail
        told = not detail or path.name.endswith(f".{detail}")
        return f"{place}::{self.rule.id}{'' if told else f'[{detail}]'}"


@dataclass(frozen=True, slots=True)
class Found:
    """What checks found: the checks that were run, the fingerprints of all findings, the comments that ignore some."""

    checks: list[Check]
    fingerprints: set[str]
    ignored: set[tuple[Path, int, str]]
    """File, line and rule of comments."""


@dataclass(frozen=True, slots=True)
class Result:
    """A check that was run; ``reason`` says why it was skipped.

    A check that fails only because another one does is skipped: ``consequence_of`` is the rule of that one, and
    ``consequences`` are what it found.
    """

    check: Check
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    consequence_of: str | None = None
    consequences: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Status:
        """How the check ended by itself, whether or not that is a consequence of another one."""
        return self.status if self.consequence_of is None else Status.FAILED

    @property
    def is_warning(self) -> bool:
        """Whether the check found something that does not fail the repository."""
        return self.status is Status.FAILED and self.check.severity is Severity.WARNING


@dataclass(frozen=True, slots=True)
class Summary:
    """How many checks ended how; ``failed`` those of severity error, ``warnings`` the failed ones that are warnings."""

    passed: int
    failed: int
    skipped: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Report:
    """All results of a run, in the order of the rules."""

    results: Sequence[Result]

    @property
    def others(self) -> Iterable[Result]:
        """Those that did not pass."""
        return (result for result in self.results if result.status is not Status.PASSED)

    @property
    def summary(self) -> Summary:
        """The counts."""
        counts, warnings = dict.fromkeys(Status, 0), 0
        for result in self.others:
            counts[result.status] += 1
            warnings += result.is_warning
        failed, skipped = counts[Status.FAILED], counts[Status.SKIPPED]
        return Summary(len(self.results) - failed - skipped, failed - warnings, skipped, warnings)

    @property
    def failed(self) -> bool:
        """Whether any check found an error."""
        return self.summary.failed > 0
