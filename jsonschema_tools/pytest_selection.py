"""Which repository and which of its checks the arguments of pytest mean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jsonschema_tools.rules.model import Check


def repository_folder(config: pytest.Config) -> Path | None:
    """The repository of the command line, else that of the configuration where pytest is to run all that there is."""
    given: str | None = config.getoption("jst")
    if given:
        return config.invocation_params.dir / given
    setting: str = config.getini("jst")
    asked_for = not _arguments(config) or any(map(_may_name_checks, _arguments(config)))
    return config.rootpath / setting if setting and asked_for else None


def _arguments(config: pytest.Config) -> list[str]:
    """The tests that pytest was asked for; none means all."""
    return list(config.args) if config.args_source is config.ArgsSource.ARGS else []


def _may_name_checks(argument: str) -> bool:
    return not argument.partition("::")[0].endswith(".py")


def wanted(config: pytest.Config, checks: list[Check]) -> list[Check]:
    """The checks that arguments name, else all of them; none where other tests were asked for, but not ``--jst``."""
    arguments = _arguments(config)
    named: set[str] = set()
    for argument in filter(_may_name_checks, arguments):
        found = _named(argument, checks, config)
        named |= found
        if found and not (config.invocation_params.dir / argument).is_dir():
            config.args.remove(argument)
    if named:
        return [check for check in checks if check.name in named]
    return checks if config.getoption("jst") or not arguments else []


def _named(argument: str, checks: list[Check], config: pytest.Config) -> set[str]:
    """The names that an argument means: an id, or a file or folder of schemas.

    Its path is as in an id, or as pytest shows that when it is started below its rootdir, or that of a file.
    """
    place, _, rule = argument.partition("::")
    path = config.invocation_params.dir / place
    bases = [config.rootpath, *{check.context.config.schema_base_path for check in checks}]
    places = {os.path.normpath(place), *(os.path.relpath(path, base) for base in bases)} - {"."}
    if rule:
        return {f"{place}::{rule}" for place in places} & {check.name for check in checks}
    starts = tuple(f"{place}{separator}" for place in places for separator in ("::", "/"))
    return {check.name for check in checks if check.name.startswith(starts)}


def declared_folder(repository: Path | str | None, test_file: Path) -> Path:
    """The repository that a test file means."""
    from jsonschema_tools.errors import UsageError
    from jsonschema_tools.repository.configuration import CONFIG_NAME

    if repository is not None:
        return test_file.parent / repository
    for folder in test_file.resolve().parents:
        if (folder / CONFIG_NAME).is_file():
            return folder
    raise UsageError(
        f"there is no {CONFIG_NAME} beside {test_file} or above it", remedy="Name the repository: all_tests('DIR')."
    )
