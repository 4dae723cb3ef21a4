"""Every schema of a repository, read from disk: what checking works on."""

from __future__ import annotations

from os.path import splitext
from pathlib import Path

from semver import Version

from jsonschema_tools.checks import Collection, Releases, Title
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.model import Config, SchemaFile
from jsonschema_tools.repository.discovery import discover, is_ignored, read_schema_file
from jsonschema_tools.versions import is_version

UNTITLED = "null"
"""The title of files that have none, as upstream calls them."""


def load(config: Config, releases: Releases | None = None) -> Collection:
    """The schemas below the base path by title, ``ignoreSchemas`` left out, and what could not be read."""
    titles: dict[str, list[SchemaFile]] = {}
    errors: list[SchemaToolsError] = []
    for path in _paths(config):
        try:
            file = read_schema_file(path, config)
            ignored = is_ignored(file, config)
        except SchemaToolsError as error:
            errors.append(error)
        else:
            if not ignored:
                titles.setdefault(file.title or UNTITLED, []).append(file)
    return Collection(tuple(_title(name, files) for name, files in sorted(titles.items())), tuple(errors), releases)


def _paths(config: Config) -> list[Path]:
    paths: list[Path] = []
    for folder in discover(config).directories:
        files = [path for types in folder.versions.values() for path in types.values()]
        # A link that is named like a version file counts as one, whatever it leads to.
        files += [folder.path / name for name in folder.links if _is_version_file(name, config)]
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
