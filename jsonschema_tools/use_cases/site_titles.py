"""The titles of a repository as a site shows them, one after the other."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.compatibility.allowing import allowing
from jsonschema_tools.compatibility.named import Assessor, NamedAssessment, NamedSchema
from jsonschema_tools.compatibility.policies import settings_of
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError, accident, is_accident
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.model import SchemaDirectory
from jsonschema_tools.release.standing import State
from jsonschema_tools.reports.escaping import json_text
from jsonschema_tools.repository.codeowners import Section, owners_of, read_owners
from jsonschema_tools.repository.discovery import discover, read_content, read_schema_file
from jsonschema_tools.repository.loading import load_folder
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.schemas.reference_list import located_references
from jsonschema_tools.settings import Config
from jsonschema_tools.site.examples import statements
from jsonschema_tools.site.fields import field_path, field_tree, walked
from jsonschema_tools.site.model import Commit, GoneTitle, SiteStream, SiteTitle, SiteVersion
from jsonschema_tools.use_cases.site_gone import gone_titles
from jsonschema_tools.versions import is_version, sort_versions


@dataclass(slots=True)
class Titles:
    """Makes them: each is read when its turn comes, and forgotten. ``errors`` are what could not be read, ``waiting``
    the places of titles that have no released version."""

    config: Config
    streams: Sequence[SiteStream] = ()
    drafts: bool = False
    offline: bool = False
    errors: list[SchemaToolsError] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    _look: _Look | None = None

    def gone(self, places: Container[str]) -> Iterator[GoneTitle]:
        """Those that are no more, once all others were made; ``places`` are theirs."""
        if self._look is not None and self._look.top is not None:
            yield from gone_titles(self.config, self._look.top, self._look.removed, places)

    def __iter__(self) -> Iterator[SiteTitle]:
        config = self.config
        folders = discover(config).directories
        look = self._look = _Look.at(config, offline=self.offline)
        uses = self._uses(folders)
        used_by: dict[str, list[str]] = {}
        for place, others in uses.items():
            for other in others:
                used_by.setdefault(other, []).append(place)
        for folder in folders:
            title, errors = load_folder(folder, config)
            self.errors += errors
            if title is None:
                continue
            place = _place(folder, config)
            versions = look.versions(folder, title, drafts=self.drafts)
            if not versions:
                self.waiting.append(place)
                continue
            found = look.title(title, place, versions)
            yield replace(
                found,
                streams=tuple(stream for stream in self.streams if stream.title == title.name),
                uses=tuple(uses.get(place, ())),
                used_by=tuple(sorted(used_by.get(place, ()))),
            )

    def _uses(self, folders: Sequence[SchemaDirectory]) -> dict[str, list[str]]:
        """What the current file of each place refers to, as far as that is here."""
        places = {_place(folder, self.config) for folder in folders}
        found = {}
        for folder in folders:
            if folder.current is None:
                continue
            try:
                document = read_schema_file(folder.current, self.config).document
            except SchemaToolsError:
                # It is told of when its title is read.
                continue
            others = {_place_of(uri) for _, uri in located_references(document)}
            found[_place(folder, self.config)] = sorted(others & places - {_place(folder, self.config)})
        return found


@dataclass(slots=True)
class _Look:
    """What is asked for each title."""

    config: Config
    store: SchemaStore
    assessor: Assessor
    releases: Releases
    top: Path | None
    commits: Mapping[str, tuple[str, str]]
    removed: Mapping[str, tuple[str, str, str]]
    owners: Sequence[Section]

    @classmethod
    def at(cls, config: Config, *, offline: bool) -> _Look:
        top = git.top_level(config.schema_base_path)
        known = top is not None and git.head_commit(top) is not None
        store = open_store(config, offline=offline)
        return cls(
            config,
            store,
            Assessor(settings_of(config), None, store.retrieve, config.schema_version_field),
            Releases(config, offline=offline),
            top,
            *(git.brought_and_removed(top, config.schema_base_path) if top is not None and known else ({}, {})),
            read_owners(top) if top is not None else [],
        )

    def versions(self, folder: SchemaDirectory, title: Title, *, drafts: bool) -> list[SiteVersion]:
        """The versions that are shown, the lowest first."""
        documents = {file.path: file.document for file in title.files}
        found = []
        for number in sort_versions(folder.versions):
            files = folder.versions[number]
            path = files.get(self.config.content_types[0]) or next(iter(files.values()))
            state = self.releases.state(path)
            if path not in documents or (state == State.DRAFT and not drafts):
                continue
            texts = {content_type: read_content(each, self.config) for content_type, each in files.items()}
            if "json" not in texts:
                texts["json"] = f"{json_text(documents[path])}\n".encode("utf-8", "surrogatepass")
            found.append(SiteVersion(number, state, documents[path], texts, self._commit(path)))
        return found

    def title(self, title: Title, place: str, versions: list[SiteVersion]) -> SiteTitle:
        """A title with its comparisons; what cannot be compared is told."""
        problems = []
        try:
            versions = self._compared(title.name, versions)
        except SchemaToolsError as error:
            problems.append(f"The versions could not be compared: {error.message}")
        except BaseException as error:
            if not is_accident(error):
                raise
            problems.append(accident(error, f"comparing the versions of {title.name}").message)
        document = versions[-1].document
        said = document.get("description") if isinstance(document, dict) else None
        current = title.current
        path = (current or title.files[-1]).path
        owned = path.relative_to(self.top).as_posix() if self.top and path.is_relative_to(self.top) else path.name
        return SiteTitle(
            title.name,
            place,
            tuple(versions),
            said if isinstance(said, str) else "",
            title.deprecation,
            owners_of(owned, self.owners),
            sources=self._sources(current.document) if current is not None else {},
            statements=statements(title.name, [(each.number, each.document) for each in versions], place),
            problems=tuple(problems),
        )

    def _compared(self, name: str, versions: list[SiteVersion]) -> list[SiteVersion]:
        named = [NamedSchema(version.number, version.document) for version in versions]
        steps = [self._allowing(row, name) for row in self.assessor.history(named)]
        newest = [self._allowing(self.assessor.assess(each, named[-1]), name) for each in named[:-2]]
        self.assessor.known.clear()
        return [
            replace(
                version,
                step=steps[at - 1] if at else None,
                newest=newest[at] if at < len(newest) else None,
            )
            for at, version in enumerate(versions)
        ]

    def _allowing(self, row: NamedAssessment, name: str) -> NamedAssessment:
        return allowing(row, self.config.allow, name, date.today())

    def _commit(self, path: Path) -> Commit | None:
        if self.top is None or not path.is_relative_to(self.top):
            return None
        found = self.commits.get(path.relative_to(self.top).as_posix())
        return Commit(*found) if found else None

    def _sources(self, current: Document) -> dict[str, str]:
        """The document that each field comes from, where it is another one."""
        found: dict[str, str] = {}
        for pointer, uri in located_references(current):
            try:
                document = self.store.retrieve(uri)
            except SchemaToolsError:
                continue
            above = field_path(pointer)
            for node in walked(field_tree(document)):
                found[f"{above}.{node.path}" if above else node.path] = uri
        return found


def _place(folder: SchemaDirectory, config: Config) -> str:
    return folder.path.relative_to(config.schema_base_path).as_posix()


def _place_of(uri: str) -> str:
    """The place that the URI of a version is in."""
    title, _, version = uri.strip("/").rpartition("/")
    stem = version.removesuffix(".yaml").removesuffix(".json")
    return title if is_version(stem) or stem in ("latest", "current") else uri.strip("/")
