"""Which repository, and which titles in it, are meant by names and paths on a command line."""

from __future__ import annotations

import os
from collections.abc import Collection as SizedCollection
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jsonschema_tools.events.targets import LATEST
from jsonschema_tools.files import is_folder
from jsonschema_tools.lookup.addresses import Address
from jsonschema_tools.repository.configuration import CONFIG_NAME, find_config
from jsonschema_tools.repository.loading import no_such_title
from jsonschema_tools.repository.schema_tests import tested_by, tests_of
from jsonschema_tools.rules.repository import Collection, Title
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import is_version


def titles_meant(
    collection: Collection, config: Config, names: SizedCollection[str], *, skip_other_files: bool
) -> frozenset[str] | None:
    """The titles that are meant by titles, files and folders; ``None`` for all of them."""
    if not names:
        return None
    folders = folders_of(collection, config)
    for folder, title in list(folders.items()):
        folders.setdefault(tests_of(folder, config), title)
    found: set[str] = set()
    for name in names:
        # What was removed is named too, as by pre-commit.
        beside = folders.get(real_path(name).parent)
        if named := _meant(name, folders, config):
            found |= named.titles
        elif beside is not None:
            found.add(beside)
        elif not skip_other_files:
            raise no_such_title(name, set(folders.values()), config, "no schema has the title or path")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Named:
    """The titles that a word means, and the version if it names one."""

    titles: frozenset[str]
    version: str | None = None


def meant(name: str, collection: Collection, config: Config) -> Named | None:
    """What a word on a command line means: ``shop/order``, ``shop/order@1.0.0``, ``/shop/order``,
    ``/shop/order/1.0.0``, or the path of a file or folder; ``None`` where it means nothing here."""
    return _meant(name, folders_of(collection.chosen, config), config)


def title_meant(
    name: str, collection: Collection, config: Config, message: str = "there is no schema with the title"
) -> tuple[Title, str | None]:
    """The one title that a word means, and the version if it names one. Raises `UsageError`, with the nearest."""
    named = meant(name, collection, config)
    if named is not None and len(named.titles) == 1:
        (name,) = named.titles
    found = collection.chosen.title(name)
    if found is None:
        raise no_such_title(name, {title.name for title in collection.titles}, config, message)
    return found, named.version if named else None


def is_own_base(config: Config) -> bool:
    """Whether the repository's own schemas are among what is looked up: else words mean titles at other bases."""
    own = os.path.realpath(config.schema_base_path)
    places = (Address(uri) for uri in config.schema_base_uris)
    return any(place.scheme == "file" and os.path.realpath(place.rest) == own for place in places)


def parted(name: str) -> tuple[str, str | None]:
    """The URI of a title, and the version or range of it, in a word that means something at a base URI: ``shop/order``,
    ``shop/order@^1``, ``/shop/order/1.0.0`` or an absolute URI."""
    head, at, version = name.rpartition("@")
    if not at or "/" in version:
        head, _, last = name.rpartition("/")
        head, version = (head, last) if is_version(last) or last == LATEST else (name, "")
    title = head.rstrip("/")
    return title if "://" in title else f"/{title.strip('/')}", version or None


def real_path(name: str) -> Path:
    """Where a word leads as a path. One that no file can have, with a NUL or half of a surrogate pair, is itself."""
    try:
        return Path(os.path.realpath(name))
    except ValueError:
        return Path(name)


def _meant(name: str, folders: dict[Path, str], config: Config) -> Named | None:
    titles, path = set(folders.values()), real_path(name)
    title, _, version = name.strip("/").rpartition("/")
    head, at, after = name.rpartition("@")
    if name in titles:
        return Named(frozenset({name}))
    if below := {title for folder, title in folders.items() if folder == path or path in folder.parents}:
        return Named(frozenset(below))
    path_of_title = config.schema_base_path / name.strip("/")
    if below := {title for folder, title in folders.items() if path_of_title in (folder, *folder.parents)}:
        return Named(frozenset(below))
    if os.path.lexists(path) and (beside := folders.get(path.parent)):
        return Named(frozenset({beside}), path.stem if is_version(path.stem) else None)
    if at and (inner := _meant(head, folders, config)):
        return Named(inner.titles, after)
    if name.strip("/") in titles:
        return Named(frozenset({name.strip("/")}))
    if title in titles and (is_version(version) or version == "latest"):
        return Named(frozenset({title}), version)
    return None


def folders_of(collection: Collection, config: Config) -> dict[Path, str]:
    """The title of each folder: of its current file where there are several."""
    folders = {file.path.parent: title.name for title in collection.titles for file in title.files}
    folders |= {title.current.path.parent: title.name for title in collection.titles if title.current}
    base = config.schema_base_path
    for path in [Path(error.source).parent for error in collection.unreadable if error.source]:
        if path.is_relative_to(base):
            folders.setdefault(path, path.relative_to(base).as_posix())
    return folders


def titles_of(collection: Collection, config: Config, folders: Iterable[Path]) -> frozenset[str]:
    """The titles of folders, where they hold tests also those that are tested."""
    known, base = folders_of(collection, config), config.schema_base_path
    listed = list(folders)
    tested = (found for folder in listed if (found := tested_by(folder, config)) is not None)
    of_schemas = [*(folder for folder in listed if folder.is_relative_to(base)), *tested]
    return frozenset(known.get(folder, folder.relative_to(base).as_posix()) for folder in of_schemas)


def base_and_titles(names: SizedCollection[str]) -> tuple[Path | None, tuple[str, ...]]:
    """Which repository is meant by paths and titles on a command line, and which of its titles; none means all.

    A single folder with a configuration file is a repository, and so is one that no configuration is found for.
    Other paths are looked for in the repository of the working directory, else in the one that they are in.
    """
    for name in names:
        path = Path(name)
        if not is_folder(path):
            continue
        if len(names) == 1 and (path.joinpath(CONFIG_NAME).is_file() or find_config(path) is None):
            return path, ()
    paths = [Path(name) for name in names if Path(name).exists()]
    if find_config() is None and paths and (found := find_config(paths[0] if is_folder(paths[0]) else paths[0].parent)):
        return found.parent, tuple(names)
    return None, tuple(names)
