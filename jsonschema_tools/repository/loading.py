"""Every schema of a repository, read from disk: what checking works on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from os.path import splitext
from pathlib import Path

from semver import Version

from jsonschema_tools.documents.reading import parse_file
from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.files import is_folder, is_searched, near, read_named
from jsonschema_tools.model import Repository, SchemaDirectory, SchemaFile
from jsonschema_tools.repository.discovery import discover, is_ignored, read_schema_file
from jsonschema_tools.repository.schema_tests import NAME, holds_tests, tested_by, tests_of
from jsonschema_tools.rules.repository import Collection, EventTests, Releases, Title, near_reference
from jsonschema_tools.rules.selection import unknown
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import is_version

UNTITLED = "null"
"""The title of files that have none, as upstream calls them."""

_FEW = 10


def load(config: Config, releases: Releases | None = None, *, only: Iterable[Path] | None = None) -> Collection:
    """The schemas below the base path by title, ``ignoreSchemas`` left out, and what could not be read; with ``only``
    those directly in these folders."""
    titles: dict[str, list[SchemaFile]] = {}
    errors: list[SchemaToolsError] = []
    found = discover(config, only=only)
    for path in _paths(found):
        try:
            file = read_schema_file(path, config)
            ignored = is_ignored(file, config)
        except SchemaToolsError as error:
            errors.append(error)
        else:
            if not ignored:
                titles.setdefault(file.title or UNTITLED, []).append(file)
    by_name = tuple(_title(name, files) for name, files in sorted(titles.items()))
    return Collection(by_name, tuple(errors), releases, found.misnamed)


def load_tests(collection: Collection, config: Config, *, only: Iterable[Path] | None = None) -> tuple[EventTests, ...]:
    """The tests of the schemas, by file. Those of schemas that are ignored or cannot be read are left out.

    With ``only``, folders of schemas, those of these schemas.
    """
    folders = {file.path.parent: title.name for title in collection.titles for file in title.files}
    folders |= {title.current.path.parent: title.name for title in collection.titles if title.current}
    if config.tests is None:
        return tuple(
            _tests(path, folders[folder], config)
            for folder in sorted(folders)
            for path in _test_files(folder / NAME, config)
        )
    if not is_folder(config.tests):
        error = UsageError(
            f"there is no folder {str(config.tests)!r} to look for tests of schemas in",
            remedy=near(config.tests, "Correct `tests` in the configuration, or make the folder."),
        )
        return (EventTests(config.tests, None, "", error=error),)
    found = []
    tested = _folders_of_tests(config.tests) if only is None else (tests_of(each, config) for each in sorted(set(only)))
    for folder in tested:
        schema = config.schema_base_path / folder.relative_to(config.tests)
        if schema in folders or not os.path.lexists(schema / config.current_file_name):
            found += [_tests(path, folders.get(schema), config) for path in _test_files(folder, config)]
    return tuple(found)


def _folders_of_tests(tests: Path) -> Iterator[Path]:
    for folder, below, _ in os.walk(tests):
        below[:] = sorted(filter(is_searched, below))
        yield Path(folder)


def _test_files(folder: Path, config: Config) -> list[Path]:
    if not holds_tests(folder, config) or folder.is_symlink() or not is_folder(folder):
        return []
    named = (path for path in sorted(folder.iterdir()) if path.suffix in (".yaml", ".yml", ".json"))
    return [path for path in named if not path.name.startswith(".") and not is_folder(path)]


def _tests(path: Path, title: str | None, config: Config) -> EventTests:
    folder = tested_by(path.parent, config)
    name = folder.relative_to(config.schema_base_path).as_posix() if folder is not None else ""
    inside = [config.schema_base_path, config.root, *([config.tests] if config.tests else [])]
    try:
        return EventTests(path, title, name, parse_file(path, read_named(path, *inside)))
    except OSError as error:
        remedy = getattr(error, "remedy", "Make it readable.")
        unreadable = UsageError(f"the tests cannot be read: {error.strerror}", source=str(path), remedy=remedy)
        return EventTests(path, title, name, error=unreadable)
    except SchemaToolsError as error:
        return EventTests(path, title, name, error=error)


def no_such_title(
    name: str, titles: Iterable[str], config: Config, message: str = "there is no schema with the title"
) -> SchemaToolsError:
    """The error for what is no title: the nearest title or path there is, and how to see all of them."""
    known = sorted(titles)
    otherwise = near(Path(name), f"Name one of these titles: {', '.join(known)}." if known else "There are no schemas.")
    if len(known) > _FEW:
        otherwise = near(Path(name), "`jst ls` lists the titles.")
    return unknown(f"{message} {name!r} in {config.schema_base_path}", name.strip("/"), known, otherwise=otherwise)


def near_version(uri: str, config: Config) -> str | None:
    """As `near_reference` for the titles of a repository; ``None`` where that cannot be read."""
    try:
        return near_reference(uri, load(config).titles)
    except SchemaToolsError:
        return None


def _paths(repository: Repository) -> list[Path]:
    return [path for folder in repository.directories for path in _paths_in(folder, repository.config)]


def _paths_in(folder: SchemaDirectory, config: Config) -> list[Path]:
    files = [path for types in folder.versions.values() for path in types.values()]
    # A link that is named like a version file counts as one, whatever it leads to.
    files += [folder.path / name for name in folder.links if _is_version_file(name, config)]
    # Of several files of one version the first by name counts.
    return [*sorted(files), *([folder.current] if folder.current else [])]


def load_folder(folder: SchemaDirectory, config: Config) -> tuple[Title | None, list[SchemaToolsError]]:
    """The title of one folder, ``None`` where all of it is ignored or none of it can be read, and what could not be
    read."""
    files: list[SchemaFile] = []
    errors: list[SchemaToolsError] = []
    for path in _paths_in(folder, config):
        try:
            file = read_schema_file(path, config)
            if not is_ignored(file, config):
                files.append(file)
        except SchemaToolsError as error:
            errors.append(error)
    return (_title(files[-1].title or UNTITLED, files) if files else None), errors


def _is_version_file(name: str, config: Config) -> bool:
    stem, extension = splitext(name)
    return extension[1:] in config.content_types and is_version(stem)


def _title(name: str, files: list[SchemaFile]) -> Title:
    """Sorted as upstream sorts: shallower folders first, then by version, the current file after its version."""
    ordered = sorted(files, key=lambda f: (len(f.path.parts), Version.parse(f.version), f.is_current))
    return Title(name, tuple(ordered))
