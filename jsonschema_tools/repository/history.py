"""The folders that a branch has changed."""

from __future__ import annotations

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
    folders = [base]
    if (tests := config.tests) and tests.is_dir() and not tests.is_relative_to(base) and git.top_level(tests) == top:
        folders.append(tests)
    return start, {path.parent for folder in folders for path in git.touched_since(folder, start)}
