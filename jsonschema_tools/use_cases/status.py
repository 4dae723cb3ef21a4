"""Where each title stands that is not at rest, and the command that brings it further."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.model import GitAdd, Plan, ReleasedVersionChanged, SchemaDirectory
from jsonschema_tools.release.standing import State
from jsonschema_tools.repository.history import touched_below
from jsonschema_tools.repository.naming import folders_meant
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.retiring import deprecation_in
from jsonschema_tools.repository.schema_tests import holds_tests, tested_by, tests_of
from jsonschema_tools.schemas.deprecation import Deprecation
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.list import versions_ahead
from jsonschema_tools.use_cases.materialize import plan_paths
from jsonschema_tools.versions import sort_versions


class Due(StrEnum):
    """What a title waits for."""

    CORRECTION = "correction"
    """Its current file cannot be materialized."""
    BUMP = "bump"
    """Its current file was changed, and says a version that is released."""
    MATERIALIZING = "materializing"
    """Its current file is of a version that is not written yet, or was written before it was changed."""
    MERGE = "merge"
    """A release branch has a version that this branch has not."""
    COMMIT = "commit"
    """Something in its folder is not committed."""
    RELEASE = "release"
    """Its newest version is a draft: it is released once a release branch has it."""


@dataclass(frozen=True, slots=True)
class TitleStatus:
    """A title that is not at rest, what it waits for, and the ``next`` command, if one is to be run here; whether the
    title is retired."""

    title: str
    path: Path
    due: Due
    message: str
    next: str
    deprecation: Deprecation | None = None


def status(config: Config, names: Sequence[str] = (), *, offline: bool = False) -> list[TitleStatus]:
    """The titles that are not at rest, by title. Only those are read that differ from the release branches;
    with ``names``, titles or paths, only those are looked at.

    Raises `SchemaToolsError` where the repository or Git cannot be read.
    """
    releases = Releases(config, offline=offline)
    folders = folders_meant(names, config)
    touched = _touched(config, releases)
    if touched is not None:
        folders = tuple(folder for folder in folders if folder.path in touched)
    planned = plan_paths([folder.current for folder in folders if folder.current], config, offline=offline)
    uncommitted = _uncommitted(config)
    found = []
    for folder in folders:
        title = folder.path.relative_to(config.schema_base_path).as_posix()
        stands = _status(title, folder, planned, config, releases, uncommitted)
        found += [stands] if stands is not None else []
    return found


def _touched(config: Config, releases: Releases) -> set[Path] | None:
    """The folders that are not as on every release branch, or not as committed; ``None`` where Git cannot tell."""
    tips = releases.tips()
    if not tips:
        return None
    return {schema for tip in tips for folder in touched_below(config, tip) for schema in _schemas_of(folder, config)}


def _uncommitted(config: Config) -> set[Path]:
    """The folders of schemas and tests with something that the last commit has not; none outside of Git."""
    base = config.schema_base_path
    top = git.top_level(base)
    if top is None:
        return set()
    return touched_below(config, git.head_commit(top))


def _schemas_of(folder: Path, config: Config) -> set[Path]:
    """A folder, and where it holds tests also that of the schema."""
    tested = tested_by(folder, config)
    return {folder} if tested is None else {folder, tested}


def _status(
    title: str,
    folder: SchemaDirectory,
    planned: Plan,
    config: Config,
    releases: Releases,
    uncommitted: Iterable[Path],
) -> TitleStatus | None:
    def due(what: Due, message: str, *words: str) -> TitleStatus:
        retired = deprecation_in(folder.current, config)
        return TitleStatus(title, folder.path, what, message, shlex.join(words), retired)

    def written(path: Path) -> str:
        return str(path.relative_to(config.root) if path.is_relative_to(config.root) else path)

    current = folder.current
    for error in planned.errors:
        if _is_in(error, folder):
            if isinstance(error, ReleasedVersionChanged):
                return due(Due.BUMP, f"changed, and {error.next_version} is due", "jst", "bump", title)
            return due(Due.CORRECTION, str(error), "jst", "check", title)
    pending = {a.path for a in planned.actions if not isinstance(a, GitAdd) and a.path.parent == folder.path}
    release = next((each for each in planned.releases if each.directory == folder.path), None)
    if pending and release is not None and current is not None:
        return due(
            Due.MATERIALIZING, f"{release.version} is not materialized yet", "jst", "materialize", written(current)
        )
    ahead = versions_ahead(folder, config, releases)
    if ahead:
        path = folder.path / f"{ahead[-1]}.{config.content_types[0]}"
        branch = releases.standing(path, history=False).branch
        return due(Due.MERGE, f"{', '.join(ahead)} is released and not merged here", "git", "merge", branch)
    newest = sort_versions(folder.versions)[-1:]
    if folder.path in uncommitted:
        message = f"{newest[0] if newest else 'the current file'} is not committed"
        return due(Due.COMMIT, message, "git", "add", written(folder.path))
    tests = tests_of(folder.path, config)
    if tests in uncommitted and holds_tests(tests, config):
        return due(Due.COMMIT, "its tests are not committed", "git", "add", written(tests))
    if newest and releases.state(next(iter(folder.versions[newest[0]].values()))) == State.DRAFT:
        return due(Due.RELEASE, f"{newest[0]} is a draft: it is released once a release branch has it")
    return None


def _is_in(error: SchemaToolsError, folder: SchemaDirectory) -> bool:
    places = (error.referrer, error.source)
    return any(place and Path(place).parent == folder.path for place in places)
