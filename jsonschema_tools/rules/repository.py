"""What rules look at: the titles and versions of a repository, and what Git knows of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.standing import Content, Standing
from jsonschema_tools.schemas.deprecation import Deprecation, deprecation_of
from jsonschema_tools.versions import is_version

_MOST_VERSIONS = 10


@dataclass(frozen=True, slots=True)
class Title:
    """All schema files of one title: ``current`` and ``released`` ones, sorted by version."""

    name: str
    files: tuple[SchemaFile, ...]

    @property
    def directory(self) -> Path:
        """The folder of the first file."""
        return self.files[0].path.parent

    def home(self, base: Path) -> Path:
        """The folder that the title names, seen from the folder of all schemas, if it has a file of it; else that of
        the first file. Upstream knows only the latter, and its verdicts depend on it; a copied folder may come first.
        """
        named = base / self.name
        return named if any(file.path.parent == named for file in self.files) else self.directory

    @property
    def current(self) -> SchemaFile | None:
        """The file that people edit."""
        return next((file for file in self.files if file.is_current), None)

    @property
    def deprecation(self) -> Deprecation | None:
        """Whether it is retired, by its current file, or by its newest version where there is no current one."""
        return deprecation_of((self.current or self.files[-1]).document)

    def released(self, content_type: str) -> list[SchemaFile]:
        """The version files of a content type, lowest version first."""
        return [file for file in self.files if not file.is_current and file.content_type == content_type]


@dataclass(frozen=True, slots=True)
class EventTests:
    """A file with events that a title is to accept or to refuse; ``error`` where it cannot be read.

    ``title`` is ``None`` where there is no schema at ``folder``, which names it, seen from the base path.
    """

    path: Path
    title: str | None
    folder: str
    document: Document = None
    error: SchemaToolsError | None = None


@dataclass(frozen=True, slots=True)
class VersionPair:
    """Two versions of one title; ``between`` are those between them, ``earlier`` those before the old one that the new
    one must be compatible with too, the oldest first."""

    title: str
    old: SchemaFile
    new: SchemaFile
    between: tuple[SchemaFile, ...] = ()
    earlier: tuple[SchemaFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """What one version of a title consists of; ``files`` is the current file too, when that is of this version."""

    title: Title
    number: str
    files: tuple[SchemaFile, ...]

    def file(self, content_type: str) -> SchemaFile | None:
        """The first file of a content type; the current file comes last."""
        return next((file for file in self.files if file.content_type == content_type), None)


class Releases(Protocol):
    """How the version files of a repository stand: see `release.standing`."""

    def standing(self, path: Path, *, history: bool = True) -> Standing:
        """How a version file stands; without ``history`` a withdrawn one counts as a draft."""

    def in_head(self, path: Path) -> bool:
        """Whether the last commit has the file."""

    def names(self, folder: Path) -> set[str]:
        """The names of the files that release branches have in a folder."""

    def has(self, path: Path, content: Content) -> bool:
        """Whether a file on disk has these very bytes."""

    def left_out(self, folder: Path) -> set[Path]:
        """The files below a folder that a sparse checkout leaves out."""

    def ever(self, since: str | None = None) -> Mapping[Path, Standing] | None:
        """Every version file that is or was released; ``None`` outside of Git. Raises `GitError`."""

    def replaced(self, path: Path) -> str | None:
        """What a version file has become that is there and no file any more, in words."""

    def out_of_sight(self) -> tuple[str, list[Path]] | None:
        """A folder in which a release branch has versions and this configuration does not look, and these."""

    def rewritten(self) -> Mapping[Path, list[tuple[str, Content]]]:
        """The drafts that commits of this branch gave more than one content: each commit with what it gave."""


@dataclass(frozen=True)
class Collection:
    """Every schema of a repository, read: the titles, sorted, and what could not be read.

    ``releases`` tells which versions are released, where Git was asked; ``misnamed`` are files that are named nearly
    as current files, ``tests`` those with tests of the schemas.

    A run that is about some titles is given one that reads the others when they are asked for: by name or by folder
    only what is there, by ``titles`` everything.
    """

    titles: tuple[Title, ...]
    unreadable: tuple[SchemaToolsError, ...] = ()
    releases: Releases | None = None
    misnamed: tuple[Path, ...] = ()
    tests: tuple[EventTests, ...] = ()

    @property
    def chosen(self) -> Collection:
        """The titles that a run is about, and what is in their folders; here all of them."""
        return self

    def title(self, name: str) -> Title | None:
        """The title of a name."""
        return self._by_name.get(name)

    def titles_in(self, folder: Path) -> Sequence[Title]:
        """The titles with files directly in a folder, sorted."""
        return self._by_folder.get(folder, ())

    def files_in(self, folder: Path) -> list[SchemaFile]:
        """The files directly in a folder, of whatever title."""
        return [file for title in self.titles_in(folder) for file in title.files if file.path.parent == folder]

    @functools.cached_property
    def _by_name(self) -> dict[str, Title]:
        return {title.name: title for title in self.titles}

    @functools.cached_property
    def _by_folder(self) -> dict[Path, list[Title]]:
        found: dict[Path, list[Title]] = {}
        for title in self.titles:
            for folder in {file.path.parent for file in title.files}:
                found.setdefault(folder, []).append(title)
        return found

    @property
    def files(self) -> Iterator[SchemaFile]:
        """Every file of every title."""
        return (file for title in self.titles for file in title.files)


def successors(name: str, title_of: Callable[[str], Title | None]) -> list[str]:
    """The titles that one leads to by successors, as far as they are there; where they lead in a circle, the last one
    is in the list twice, or is the title itself."""
    found: list[str] = []
    title = title_of(name)
    while title is not None and title.deprecation is not None and title.deprecation.successor:
        following = title.deprecation.successor.strip("/")
        is_new = following != name and following not in found
        found.append(following)
        title = title_of(following) if is_new else None
    return found


def near_reference(uri: str, titles: Sequence[Title]) -> str | None:
    """The remedy for the URI of a version that there is not: the versions of its title, or the nearest title."""
    title, _, version = uri.strip("/").rpartition("/")
    by_name = {each.name: each for each in titles}
    if not is_version(version):
        title, version = uri.strip("/"), ""
    if title not in by_name:
        near = get_close_matches(title, by_name, n=1, cutoff=0.6)
        return f"Did you mean '/{near[0]}/{version or 'latest'}'?" if near else None
    found = [*dict.fromkeys(f"/{title}/{file.version}" for file in by_name[title].files if not file.is_current)]
    if not found:
        return "Materialize it first: `jst materialize`."
    return f"Write {'one of ' if len(found) > 1 else ''}{', '.join(found[-_MOST_VERSIONS:])}."
