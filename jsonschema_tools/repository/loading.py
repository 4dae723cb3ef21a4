"""Every schema of a repository, read from disk: what checking works on."""

from __future__ import annotations

from collections.abc import Iterable
from os.path import splitext
from pathlib import Path

from semver import Version

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.files import near
from jsonschema_tools.model import Repository, SchemaFile
from jsonschema_tools.repository.discovery import discover, is_ignored, read_schema_file
from jsonschema_tools.rules.repository import Collection, Releases, Title, near_reference
from jsonschema_tools.rules.selection import unknown
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import is_version

UNTITLED = "null"
"""The title of files that have none, as upstream calls them."""

_FEW = 10


def load(config: Config, releases: Releases | None = None) -> Collection:
    """The schemas below the base path by title, ``ignoreSchemas`` left out, and what could not be read."""
    titles: dict[str, list[SchemaFile]] = {}
    errors: list[SchemaToolsError] = []
    found = discover(config)
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
    paths: list[Path] = []
    for folder in repository.directories:
        files = [path for types in folder.versions.values() for path in types.values()]
        # A link that is named like a version file counts as one, whatever it leads to.
        files += [folder.path / name for name in folder.links if _is_version_file(name, repository.config)]
        # Of several files of one version the first by name counts.
        paths += [*sorted(files), *([folder.current] if folder.current else [])]
    return paths


def _is_version_file(name: str, config: Config) -> bool:
    stem, extension = splitext(name)
    return extension[1:] in config.content_types and is_version(stem)


def _title(name: str, files: list[SchemaFile]) -> Title:
    """Sorted as upstream sorts: shallower folders first, then by version, the current file after its version."""
    ordered = sorted(files, key=lambda f: (len(f.path.parts), Version.parse(f.version), f.is_current))
    return Title(name, tuple(ordered))
