"""Which repository, and which titles in it, are meant by names and paths on a command line."""

from __future__ import annotations

from collections.abc import Collection as SizedCollection
from collections.abc import Iterable
from pathlib import Path

from jsonschema_tools.files import is_folder
from jsonschema_tools.repository.configuration import CONFIG_NAME, find_config
from jsonschema_tools.repository.loading import no_such_title
from jsonschema_tools.repository.schema_tests import tested_by, tests_of
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.settings import Config


def titles_meant(
    collection: Collection, config: Config, names: SizedCollection[str], *, skip_other_files: bool
) -> frozenset[str] | None:
    """The titles that are meant by titles, files and folders; ``None`` for all of them."""
    if not names:
        return None
    folders = _folders(collection, config)
    for folder, title in list(folders.items()):
        folders.setdefault(tests_of(folder, config), title)
    found: set[str] = set()
    for name in names:
        path = Path(name).resolve()
        if name in folders.values():
            found.add(name)
        elif below := {title for folder, title in folders.items() if folder == path or path in folder.parents}:
            found |= below
        elif beside := folders.get(path.parent):
            found.add(beside)
        elif not skip_other_files:
            raise no_such_title(name, set(folders.values()), config, "no schema has the title or path")
    return frozenset(found)


def _folders(collection: Collection, config: Config) -> dict[Path, str]:
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
    known, base = _folders(collection, config), config.schema_base_path
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
