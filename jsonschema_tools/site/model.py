"""The nouns of a site: what is known of titles, versions and streams before a page is made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.deprecation import Deprecation

if TYPE_CHECKING:
    from jsonschema_tools.compatibility.named import NamedAssessment


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that brought a version: when (RFC 3339 date), and by whom."""

    date: str
    author: str


@dataclass(frozen=True, slots=True)
class SiteVersion:
    """A version of a title: its ``files`` are the texts by content type, JSON among them, ``state`` is how it stands.

    ``step`` compares it with the version before, ``newest`` with the newest one, where that is another pair.
    """

    number: str
    state: str
    document: Document
    files: Mapping[str, bytes]
    commit: Commit | None = None
    step: NamedAssessment | None = None
    newest: NamedAssessment | None = None


@dataclass(frozen=True, slots=True)
class SiteStream:
    """A stream: its name or regular expression, the title of its events, and its topics."""

    name: str
    title: str | None
    topics: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteTitle:
    """A title: ``place`` is where its schemas stand, a path without slashes at its ends; ``versions`` lowest first.

    ``sources`` are the documents that a field of the current one comes from, by the path of the field. ``uses`` are
    places that its current file refers to, ``used_by`` those that refer to it; ``problems`` say what could not be
    told, such as versions that could not be compared; ``statements`` are texts by what they are for.
    """

    name: str
    place: str
    versions: tuple[SiteVersion, ...]
    description: str = ""
    deprecation: Deprecation | None = None
    owners: tuple[str, ...] = ()
    streams: tuple[SiteStream, ...] = ()
    uses: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    statements: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def newest(self) -> SiteVersion:
        """The highest version."""
        return self.versions[-1]


@dataclass(frozen=True, slots=True)
class GoneTitle:
    """A title that is no more: the versions that it had, who removed it in which ``commit``, and the place that it was
    moved to, if it was."""

    place: str
    versions: tuple[str, ...]
    removed: Commit
    commit: str
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class SiteRule:
    """A rule that is in force: its name, what it says, and how severe it is."""

    id: str
    summary: str
    severity: str
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How a site is called, and where it will be: ``base_url`` is empty or ends without a slash."""

    title: str = "Schemas"
    base_url: str = ""
    extensionless: str = "yaml"
    """The content type of a schema file without an extension."""
    is_live: bool = False
    """Whether a gate shows it, which has a form that judges events."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What pages about many titles have of one."""

    name: str
    place: str
    newest: str
    description: str
    deprecated: bool
    fields: Sequence[str]
    values: Sequence[str]
    broke: bool
    released: tuple[tuple[str, str, str], ...]
    """Of each version: the date, the number, and who released it."""
    used_by: tuple[str, ...] = ()
    """The places that refer to it: then it is a fragment."""
