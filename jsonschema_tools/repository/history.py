"""The folders that a branch has changed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.settings import Config


def touched_folders(config: Config, reference: str) -> tuple[str, set[Path]]:
    """The commit from which the branch left ``reference``, and the folders of schemas and their tests in which files
    differ from it.

    Raises `GitError`, outside of a Git repository too.
    """
    base = config.schema_base_path
    top = git.top_of(base, "Check without --against, or inside of a Git repository.")
    start = git.merge_base(top, reference)
    return start, touched_below(config, start)


def touched_below(config: Config, commit: str | None) -> set[Path]:
    """The folders of schemas and their tests in which files are not what they were in a commit."""
    return {path.parent for folder in _folders(config) for path in git.touched_since(folder, commit)}


def touched_below_each(config: Config, commits: Iterable[str]) -> dict[str, set[Path]]:
    """The same for each of some commits."""
    listed = list(commits)
    found: dict[str, set[Path]] = {commit: set() for commit in listed}
    for folder in _folders(config):
        for commit, paths in git.touched_since_each(folder, listed).items():
            found[commit] |= {path.parent for path in paths}
    return found


def _folders(config: Config) -> list[Path]:
    folders, tests = [config.schema_base_path], config.tests
    if tests is not None and tests.is_dir() and not tests.is_relative_to(config.schema_base_path):
        same = git.top_level(tests) == git.top_level(config.schema_base_path)
        folders += [tests] if same else []
    return folders
