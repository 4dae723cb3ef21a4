"""What Git knows of the version files of a repository."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path

from jsonschema_tools.checks import Committed, History
from jsonschema_tools.errors import GitError
from jsonschema_tools.model import Config
from jsonschema_tools.repository import git
from jsonschema_tools.versions import is_version


def history(config: Config) -> History:
    """The version files below the base path as Git first had them, along the first parents of a branch.

    Asked with a commit, only what that commit has and what came after it counts; the branch is HEAD unless it is
    named. What a sparse checkout leaves out is left out here too. Raises `GitError` in a shallow clone that does not
    reach as far back, and for a commit that is not there.
    """

    @functools.cache
    def committed(since: str | None, branch: str | None) -> Mapping[Path, Committed] | None:
        base = config.schema_base_path
        top = git.top_level(base)
        if top is None:
            return None
        if since is None and git.is_shallow(top):
            raise GitError("a shallow clone does not tell what was ever released", remedy=git.SHALLOW_REMEDY)
        start = None if since is None else git.commit_of(top, since)
        tip = None if branch is None else git.commit_of(top, branch)
        absent = git.left_out(base)
        return {
            path: Committed(
                path,
                commit,
                functools.partial(git.content, top, blob),
                functools.partial(_has, path, blob),
            )
            for path, (commit, blob) in git.first_blobs(top, base, start, tip or "HEAD").items()
            if _is_version_file(path, config) and path not in absent
        }

    return committed


def _has(path: Path, blob: str) -> bool:
    try:
        return git.is_blob(path.read_bytes(), blob)
    except OSError:
        return False


def _is_version_file(path: Path, config: Config) -> bool:
    stem, extension = os.path.splitext(path.name)
    return extension[1:] in config.content_types and is_version(stem)


def touched_folders(config: Config, reference: str) -> tuple[str, set[Path]]:
    """The commit from which the branch left ``reference``, and the folders in which files differ from it.

    Raises `GitError`, outside of a Git repository too.
    """
    base = config.schema_base_path
    top = git.top_level(base)
    if top is None:
        raise GitError(
            f"{base} is not in a Git repository", remedy="Check without --against, or inside of a Git repository."
        )
    start = git.merge_base(top, reference)
    return start, {path.parent for path in git.touched_since(base, start)}
