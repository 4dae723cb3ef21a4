"""The nouns of checking: a rule applied to a subject is a check; run, it is a result; all results are a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import Config, SchemaFile


class Family(StrEnum):
    """What a rule is about."""

    STRUCTURE = "structure"
    ROBUSTNESS = "robustness"
    COMPATIBILITY = "compatibility"


class Status(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule finds: a message, the JSON Pointer it is about, and the cure; ``path`` when in another file."""

    message: str
    pointer: str = ""
    remedy: str | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with its place: ``file`` as found on disk, ``line`` and ``column`` from 1 where they are known."""

    message: str
    pointer: str
    file: Path
    line: int | None
    column: int | None
    remedy: str | None


@dataclass(frozen=True, slots=True)
class Title:
    """All schema files of one title: ``current`` and ``released`` ones, sorted by version."""

    name: str
    files: tuple[SchemaFile, ...]

    @property
    def directory(self) -> Path:
        """The folder of the first file."""
        return self.files[0].path.parent

    @property
    def current(self) -> SchemaFile | None:
        """The file that people edit."""
        return next((file for file in self.files if file.is_current), None)

    def released(self, content_type: str) -> list[SchemaFile]:
        """The version files of a content type, lowest version first."""
        return [file for file in self.files if not file.is_current and file.content_type == content_type]


@dataclass(frozen=True, slots=True)
class VersionPair:
    """Two versions of one title and major, next to each other."""

    title: str
    old: SchemaFile
    new: SchemaFile


@dataclass(frozen=True, slots=True)
class Version:
    """What one version of a title consists of; ``files`` is the current file too, when that is of this version."""

    title: Title
    number: str
    files: tuple[SchemaFile, ...]

    def file(self, content_type: str) -> SchemaFile | None:
        """The first file of a content type; the current file comes last."""
        return next((file for file in self.files if file.content_type == content_type), None)


@dataclass(frozen=True, slots=True)
class Collection:
    """Every schema of a repository, read: the titles, sorted."""

    titles: tuple[Title, ...]

    @property
    def files(self) -> Iterator[SchemaFile]:
        """Every file of every title."""
        return (file for title in self.titles for file in title.files)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule looks at: ``value`` is a `SchemaFile`, `Title`, `Version` or `VersionPair`.

    ``schema_id`` is what the patterns of ``skipSchemaTestCases`` are searched in; ``detail`` tells several subjects
    of one file apart.
    """

    value: Any
    title: str
    schema_version: str | None
    path: Path
    schema_id: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What rules may ask for beside their subject: settings, look-up of schemas, links and names on disk."""

    config: Config
    materialize: Callable[[SchemaFile], Document]
    names: Callable[[Path], Iterable[str]]
    link: Callable[[Path], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: which subjects it looks at, and what it finds in one of them. Its module's docstring documents it."""

    id: str
    family: Family
    summary: str
    subjects: Callable[[Collection, Config], Iterable[Subject]]
    check: Callable[[Any, Context], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule applied to one subject."""

    rule: Rule
    subject: Subject


@dataclass(frozen=True, slots=True)
class Result:
    """A check that was run; ``reason`` says why it was skipped."""

    check: Check
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All results, and the ``warnings`` that no check owns (a skip that matches nothing)."""

    results: tuple[Result, ...]
    warnings: tuple[Finding, ...] = ()
    counts: Mapping[Status, int] = field(init=False)

    def __post_init__(self) -> None:
        counts = dict.fromkeys(Status, 0)
        for result in self.results:
            counts[result.status] += 1
        object.__setattr__(self, "counts", counts)

    @property
    def failed(self) -> bool:
        """Whether any check failed."""
        return self.counts[Status.FAILED] > 0
