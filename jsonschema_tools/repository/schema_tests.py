"""Where tests of schemas are: in a folder beside each current file, or in one folder that mirrors the titles.

A folder with a current file of its own is that of a schema, whatever it is called.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.settings import Config

NAME = "tests"
"""The folder beside a current file."""


def check_folder(tests: Path, base: Path, source: Path | None) -> None:
    """Raise `ConfigurationError` where the folder for all tests has the schemas themselves."""
    if base.is_relative_to(tests):
        raise ConfigurationError(
            f"tests: {tests} has the schemas themselves",
            source=str(source) if source else None,
            pointer="/tests",
            remedy="Name a folder of its own, such as schema-tests.",
        )


def tests_of(folder: Path, config: Config) -> Path:
    """The folder for the tests of the schema in a folder below the base path; it need not be there."""
    if config.tests is None:
        return folder / NAME
    return config.tests / folder.relative_to(config.schema_base_path)


def holds_tests(folder: Path, config: Config) -> bool:
    """Whether what is directly in a folder are tests of a schema, and no schemas."""
    if config.tests is not None:
        return folder.is_relative_to(config.tests) and not _has_current(folder, config)
    return folder.name == NAME and _has_current(folder.parent, config) and not _has_current(folder, config)


def tested_by(folder: Path, config: Config) -> Path | None:
    """The folder of the schema that the tests in a folder are of; ``None`` where it holds none."""
    if not holds_tests(folder, config):
        return None
    if config.tests is None:
        return folder.parent
    return config.schema_base_path / folder.relative_to(config.tests)


def without_tests(paths: Iterable[Path], config: Config) -> list[Path]:
    """Those of the paths, of files in commits, that are not tests of schemas.

    A folder is that of a schema where the paths have a current file in it, whatever is there now.
    """
    listed = list(paths)
    schemas = {path.parent for path in listed if path.name == config.current_file_name}
    return [path for path in listed if path.parent in schemas or not _held_tests(path.parent, schemas, config)]


def _held_tests(folder: Path, schemas: set[Path], config: Config) -> bool:
    # They were beside the current file before the configuration named another folder.
    return (folder.name == NAME and folder.parent in schemas) or holds_tests(folder, config)


def _has_current(folder: Path, config: Config) -> bool:
    return os.path.lexists(folder / config.current_file_name)
