"""Released versions as bytes: what somebody else may keep, or make something of.

A title of the repository itself is asked of Git: what a release branch has is released, with the content that came
first. At other bases every version is released that is no prerelease, since nobody there says more.
"""

from __future__ import annotations

import functools
import json
import os
import posixpath
from dataclasses import dataclass, field
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError, UnresolvableReference, UsageError, command
from jsonschema_tools.events.targets import LATEST
from jsonschema_tools.files import read_file
from jsonschema_tools.lookup.bases import segments, split_prefix
from jsonschema_tools.lookup.documents import ABSOLUTE
from jsonschema_tools.lookup.fetching import without_secrets
from jsonschema_tools.lookup.listing import versions_at
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.release.standing import Standing, State
from jsonschema_tools.repository.loading import load, no_such_title
from jsonschema_tools.repository.naming import is_own_base, meant, parted
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import (
    VersionRange,
    is_permanent,
    is_plain_version,
    is_version,
    sort_versions,
    version_range,
)


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A version of a schema as it was released: its URI (a path), bytes, and ``yaml`` or ``json``.

    ``origin`` says where it is from: ``git:COMMIT:PATH``, a file, or a URL.
    """

    uri: str
    content: bytes = field(repr=False)
    content_type: str
    origin: str

    @property
    def names(self) -> tuple[str, ...]:
        """The segments of its URI."""
        return tuple(segments(self.uri, ""))

    def parsed(self) -> Document:
        """The document that it holds. Raises `DocumentError`."""
        return parse(self.content, source=self.origin, content_type=self.content_type)


class ReleasedFiles:
    """The released versions that a configuration leads to, in the repository itself and at its base URIs."""

    def __init__(self, config: Config, *, offline: bool = False) -> None:
        self._config = config
        self._base = Path(os.path.realpath(config.schema_base_path))
        self._releases = Releases(config, offline=offline)
        self._store = open_store(config, offline=offline)
        self._is_own = is_own_base(config) and self._base.is_dir()

    def meant(self, word: str) -> list[ReleasedFile]:
        """The versions that a word on a command line means: of each title the one that it names, or the newest one
        that is released, or the newest in a range (``shop/order@^1``).

        Raises `UsageError` for a title or version that is not there, or is a draft; and what a look-up raises.
        """
        named = meant(word, self._collection, self._config) if self._collection is not None else None
        if named is None:
            return [self._elsewhere(word)]
        folders = (
            {title.name: title.home(self._config.schema_base_path) for title in self._collection.titles}
            if self._collection
            else {}
        )
        homes = [folders.get(title, self._base / title) for title in sorted(named.titles)]
        return [self._own(Path(os.path.realpath(home)), named.version) for home in homes]

    def at(self, uri: str) -> ReleasedFile:
        """The released version at a URI that ends in it. Raises as `meant`."""
        path = self._path(uri)
        title, _, version = path.rpartition("/")
        folder = self._base.joinpath(*segments(title, str(self._base)))
        if self._is_own and version in self._files(folder):
            return self._own(folder, version)
        if not is_permanent(uri):
            raise UsageError(
                f"{without_secrets(uri)!r} is no released version: what is there may change",
                remedy="Name a version without a prerelease, such as /shop/order/1.0.0.",
            )
        text = self._store.text(uri)
        self._store.retrieve(uri)  # It is the schema that the URI names, or refused.
        extension = posixpath.splitext(text.location)[1][1:]
        type_ = extension if extension in ("yaml", "json") else _type_of(text.text)
        return ReleasedFile(path, text.text, type_, text.location)

    @functools.cached_property
    def _collection(self) -> Collection | None:
        return load(self._config) if self._is_own else None

    def _elsewhere(self, word: str) -> ReleasedFile:
        title, version = parted(word)
        if version is not None and is_version(version):
            return self.at(f"{title}/{version}")
        found = versions_at(self._store, title, self._config.schema_version_field)
        wanted = _range(version, word)
        fitting = [each for each in found.names if is_plain_version(each) and each in wanted]
        if fitting:
            return self.at(f"{title}/{fitting[-1]}")
        if found.names and not found.are_all:
            raise UsageError(
                f"the newest version of {title} is {found.names[-1]}, and a server does not say which others it has",
                remedy=f"Name a version: {title.strip('/')}@{found.names[-1]}.",
            )
        if found.names:
            raise _no_version(title.strip("/"), version, found.names)
        if self._collection is not None and len(self._config.schema_base_uris) == 1:
            raise no_such_title(word, {each.name for each in self._collection.titles}, self._config)
        raise UsageError(
            f"no base URI has a version of {without_secrets(title)}",
            remedy=f"{command('jst', 'resolve', '--trace', f'{title}/{LATEST}')} says where it is looked for.",
        )

    def _own(self, folder: Path, version: str | None) -> ReleasedFile:
        """The version of a title of the repository that is named, or the newest one that fits."""
        files = self._files(folder)
        title = folder.relative_to(self._base).as_posix()
        self._releases.prepare(files.values())
        if version is not None and is_version(version):
            if version not in files:
                raise _no_version(title, version, self._released(files))
            found = self._releases.standing(files[version])
            if not found.is_released:
                raise self._refused(title, version, found, files)
            return self._file(files[version], found)
        wanted = _range(version, title)
        fitting = [each for each in reversed(sort_versions(files)) if is_plain_version(each) and each in wanted]
        standings = ((each, self._releases.standing(files[each])) for each in fitting)
        first: tuple[str, Standing] | None = None
        for each, found in standings:
            if found.is_released:
                return self._file(files[each], found)
            first = first or (each, found)
        if first is None:
            raise _no_version(title, version, self._released(files))
        raise self._refused(title, *first, files)

    def _files(self, folder: Path) -> dict[str, Path]:
        """A file of each version that is here or on a release branch, of the first content type that has one."""
        try:
            here = os.listdir(folder)
        except OSError:
            here = []
        names = {*here, *self._releases.names(folder)} if here or folder.parent != folder else set()
        found: dict[str, Path] = {}
        for type_ in reversed(self._config.content_types):
            stems = (name.removesuffix(f".{type_}") for name in names if name.endswith(f".{type_}"))
            found |= {stem: folder / f"{stem}.{type_}" for stem in stems if is_version(stem)}
        return found

    def _file(self, path: Path, found: Standing) -> ReleasedFile:
        name = path.relative_to(self._base).as_posix()
        type_ = path.suffix[1:]
        uri = f"/{name.removesuffix(path.suffix)}"
        if found.content is None:
            try:
                return ReleasedFile(uri, read_file(path, within=self._base), type_, str(path))
            except OSError as error:
                remedy = getattr(error, "remedy", "Make it readable.")
                raise UsageError(
                    f"the version cannot be read: {error.strerror}", source=str(path), remedy=remedy
                ) from error
        top = git.top_level(path.parent if path.parent.is_dir() else self._base)
        place = path.relative_to(top).as_posix() if top is not None else name
        return ReleasedFile(uri, found.content.read(), type_, f"git:{found.content.commit}:{place}")

    def _released(self, files: dict[str, Path]) -> list[str]:
        return [each for each in sort_versions(files) if self._releases.standing(files[each]).is_released]

    def _refused(self, title: str, version: str, found: Standing, files: dict[str, Path]) -> SchemaToolsError:
        source = str(files[version])
        if found.state is State.UNKNOWN:
            message = f"whether version {version} of {title} is released, Git cannot tell: {found.reason}"
            return UsageError(message, source=source, remedy=found.remedy)
        known = self._released(files)
        other = f", or name a released version: {title}@{known[-1]}" if known else ""
        if found.state is State.DRAFT:
            message = f"version {version} of {title} is a draft, which may still change"
            return UsageError(message, source=source, remedy=f"Merge it to a release branch first{other}.")
        return UsageError(f"version {version} of {title} is {found}", source=source, remedy=f"Release it again{other}.")

    def _path(self, uri: str) -> str:
        """The path of a URI below the base that has it. Raises `UnresolvableReference`."""
        if not ABSOLUTE.match(uri):
            return f"/{uri.lstrip('/')}"
        for base in self._config.schema_base_uris:
            prefix, plain = split_prefix(base)
            for start in (prefix, f"{plain.rstrip('/')}/" if ABSOLUTE.match(plain) else None):
                if start is not None and uri.startswith(start):
                    return f"/{uri.removeprefix(start)}"
        raise UnresolvableReference(
            f"{without_secrets(uri)!r} lies under none of the base URIs, so there is no path for it",
            remedy="Give the base that has it as PREFIX/=BASE in schemaBaseUris: what follows the prefix is the path.",
        )


def _range(version: str | None, word: str) -> VersionRange:
    try:
        return version_range("*" if version in (None, LATEST) else str(version))
    except ValueError as error:
        raise UsageError(
            f"{version!r} in {word!r} is no version, and no range of versions: {error}",
            remedy="Write a version such as 1.2.0, or a range such as ^1, ~1.2 or '>=1.1.0 <2.0.0'.",
        ) from error


def _no_version(title: str, version: str | None, known: tuple[str, ...] | list[str]) -> SchemaToolsError:
    what = f"no version {version!r} of {title}" if version else f"no version of {title}"
    remedy = (
        f"Its released versions: {', '.join(known)}." if known else "Release one first: `jst materialize`, then merge."
    )
    return UsageError(f"there is {what} that is released", remedy=remedy)


def _type_of(content: bytes) -> str:
    """``json`` for a text that is JSON, else ``yaml``."""
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return "yaml"
    return "json"
