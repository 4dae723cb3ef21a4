"""The folders of schemas that words on a command line may mean, before any schema is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from jsonschema_tools.events.targets import LATEST
from jsonschema_tools.files import is_file, is_folder
from jsonschema_tools.repository.discovery import folders_below
from jsonschema_tools.repository.naming import real_path
from jsonschema_tools.repository.schema_tests import tested_by, tests_of
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import is_version


def folders_named(
    config: Config, names: Iterable[str], touched: Iterable[Path] | None, skip_other_files: bool
) -> set[Path] | None:
    """The folders that could have what is meant; ``None`` where they could be any."""
    found: set[Path] = set()
    for name in names:
        below = _below(name, config)
        if not below and not (skip_other_files and is_file(real_path(name))):
            return None
        found |= below
    if touched is not None:
        here = (tested_by(folder, config) or folder for folder in touched)
        found |= {folder for folder in here if folder.is_relative_to(config.schema_base_path)}
    return found if names or touched is not None else None


def places_named(name: str, config: Config) -> Iterator[Path]:
    """The paths at or below which all files are that a word may mean."""
    path = real_path(name)
    yield path
    yield from (folder for word in _words(name) if (folder := folder_of(word.strip("/"), config)) is not None)


def beside(folders: Iterable[Path], config: Config) -> Iterator[Path]:
    """Folders, and those that say whether tests are in one, or have tests of the schema in it."""
    for folder in folders:
        yield from (folder, folder.parent)
        if folder.is_relative_to(config.schema_base_path):
            yield tests_of(folder, config)
        elif config.tests is not None and folder.is_relative_to(config.tests):
            yield config.schema_base_path / folder.relative_to(config.tests)


def folder_of(name: str, config: Config) -> Path | None:
    """The folder that a title names; ``None`` where it cannot be one."""
    path = PurePosixPath(name)
    if path.as_posix() != name or path.is_absolute() or ".." in path.parts or "\0" in name:
        return None
    return config.schema_base_path / path


def _below(name: str, config: Config) -> set[Path]:
    """The folders of schemas that a word may mean, as a path, and as a title with or without a version; none where it
    may mean any."""
    base, path = config.schema_base_path, real_path(name)
    if base.is_relative_to(path) or not name.strip("/"):
        return set()
    if is_folder(path):
        found = {tested_by(path, config), *folders_below(path, config)}
    else:
        found = {tested_by(path.parent, config) or path.parent}
    for word in _words(name):
        folder = folder_of(word.strip("/"), config)
        if folder is not None and folder != base:
            found |= set(folders_below(folder, config))
    return {folder for folder in found if folder is not None and folder.is_relative_to(base)}


def _words(name: str) -> list[str]:
    """A word, and the title in it where it may have a version, too."""
    head, at, _ = name.rpartition("@")
    above, _, last = name.strip("/").rpartition("/")
    return [name, *([head] if at else []), *([above] if is_version(last) or last == LATEST else [])]
