"""The schemas that a run about some titles needs: those titles are read, and others as far as they are asked for.

A title is taken to be in the folder that it names, where all files in that folder say that they are of it. A copy of it
in another folder is seen by who asks for everything, or for that folder: there the files are of another title than the
folder names, and everything is read.
"""

from __future__ import annotations

import functools
from collections.abc import Collection as SizedCollection
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.repository.candidates import beside, folder_of, folders_named, places_named
from jsonschema_tools.repository.discovery import check_base
from jsonschema_tools.repository.loading import load, load_tests
from jsonschema_tools.repository.naming import meant, titles_meant, titles_of
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.source import DISK, Source
from jsonschema_tools.rules.repository import Collection, EventTests, Title
from jsonschema_tools.rules.repository import Releases as Standings
from jsonschema_tools.settings import Config

_MOST_FOLDERS = 500
"""Where more are asked for, everything is read."""


class PartialCollection(Collection):
    """Some titles that were read, the ``chosen`` ones. Another one is read when it is asked for by its name or folder;
    everything is where that does not say enough, and where all are asked for."""

    def __init__(self, chosen: Collection, config: Config, source: Source = DISK) -> None:
        self._chosen = chosen
        self._source = source
        self._config = config
        self._parts: dict[Path, Collection] = {}

    @property
    def chosen(self) -> Collection:
        """The titles that a run is about, and what is in their folders."""
        return self._chosen

    @functools.cached_property
    def _all(self) -> Collection:
        self._source.bring_all()
        return load(self._config, self.releases)

    @property
    def titles(self) -> tuple[Title, ...]:
        """All titles, sorted."""
        return self._all.titles

    @property
    def unreadable(self) -> tuple[SchemaToolsError, ...]:
        """What cannot be read, of all."""
        return self._all.unreadable

    @property
    def releases(self) -> Standings | None:
        """Which versions are released."""
        return self._chosen.releases

    @property
    def misnamed(self) -> tuple[Path, ...]:
        """Files that are named nearly as current files, of all."""
        return self._all.misnamed

    @functools.cached_property
    def tests(self) -> tuple[EventTests, ...]:
        """The tests of all schemas."""
        return load_tests(self._all, self._config)

    def title(self, name: str) -> Title | None:
        """The title of a name."""
        known = self._chosen.title(name)
        folder = folder_of(name, self._config)
        if known is None and folder is not None and (found := self._part(folder)) is not None:
            known = found.title(name)
        return known or self._all.title(name)

    def titles_in(self, folder: Path) -> Sequence[Title]:
        """The titles with files directly in a folder, sorted."""
        known = self._chosen.titles_in(folder)
        part = self._read(folder) if not known else self._chosen
        return part.titles_in(folder) if _is_at_home(part, self._config) else self._all.titles_in(folder)

    def files_in(self, folder: Path) -> list[SchemaFile]:
        """The files directly in a folder, of whatever title."""
        return self._chosen.files_in(folder) or self._read(folder).files_in(folder)

    def _part(self, folder: Path) -> Collection | None:
        part = self._read(folder)
        return part if _is_at_home(part, self._config) else None

    def _read(self, folder: Path) -> Collection:
        """What is directly in a folder."""
        if folder not in self._parts:
            self._source.bring([folder])
            self._parts[folder] = load(self._config, only=[folder])
        return self._parts[folder]


def load_named(
    config: Config,
    releases: Releases | None,
    names: SizedCollection[str],
    touched: Iterable[Path] | None = None,
    *,
    skip_other_files: bool = False,
    source: Source = DISK,
) -> tuple[Collection, frozenset[str] | None]:
    """The schemas for a run about the titles that words mean, and these titles: ``None`` for all of them.

    With ``touched``, folders of schemas and tests, it is about their titles, of those that are meant. Raises
    `UsageError` where a word means none.
    """
    check_base(config)
    if names:
        places = [path for name in names for path in places_named(name, config)]
        source.bring_below(places)
        source.bring(path.parent for path in places)
    if touched is not None:
        source.bring(beside(touched, config))
    folders = folders_named(config, names, touched, skip_other_files)
    if folders is not None and len(folders) <= _MOST_FOLDERS:
        source.bring(beside(folders, config))
        part = load(config, releases, only=folders)
        if _is_at_home(part, config):
            # Else the error is to name what there is.
            with suppress(UsageError):
                wanted = _wanted(part, config, names, touched, skip_other_files)
                if releases is not None:
                    releases.narrow(folders)
                part = replace(part, tests=load_tests(part, config, only=folders))
                return PartialCollection(part, config, source), wanted
    source.bring_all()
    everything = load(config, releases)
    wanted = _wanted(everything, config, names, touched, skip_other_files)
    return replace(everything, tests=load_tests(everything, config)), wanted


def load_meant(config: Config, names: SizedCollection[str], releases: Releases | None = None) -> Collection:
    """The schemas for a command that is about what some words mean; all of them without any, and where a word means
    nothing in the folders that it names."""
    check_base(config)
    folders = folders_named(config, names, None, False)
    if folders is not None and len(folders) <= _MOST_FOLDERS:
        part = load(config, releases, only=folders)
        if _is_at_home(part, config) and all(meant(name, part, config) is not None for name in names):
            if releases is not None:
                releases.narrow(folders)
            return PartialCollection(part, config)
    return load(config, releases)


def _wanted(
    collection: Collection,
    config: Config,
    names: SizedCollection[str],
    touched: Iterable[Path] | None,
    skip_other_files: bool,
) -> frozenset[str] | None:
    meant = titles_meant(collection, config, names, skip_other_files=skip_other_files)
    if touched is None:
        return meant
    found = titles_of(collection, config, touched)
    return found if meant is None else meant & found


def _is_at_home(part: Collection, config: Config) -> bool:
    """Whether all files are of the title that their folder names."""
    base = config.schema_base_path
    return all(file.path.parent == base / title.name for title in part.titles for file in title.files)
