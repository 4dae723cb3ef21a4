"""Which titles of a repository are not at rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from jsonschema_tools import git
from jsonschema_tools.model import SchemaDirectory
from jsonschema_tools.repository.discovery import discover
from jsonschema_tools.repository.history import touched_below
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.schema_tests import tested_by, tests_of
from jsonschema_tools.settings import Config

if TYPE_CHECKING:
    from jsonschema_tools.use_cases.title_status import TitleStatus


def status(config: Config, names: Sequence[str] = (), *, offline: bool = False) -> list[TitleStatus]:
    """The titles that are not at rest, by title. Only those are read that differ from the release branches;
    with ``names``, titles or paths, only those are looked at.

    Raises `SchemaToolsError` where the repository or Git cannot be read.
    """
    releases = Releases(config, offline=offline)
    differing = cache(partial(_differing, config))
    # For the tips of the release branches, nobody needs to know what is in them.
    releases.narrow(())
    touched, uncommitted = _touched(releases, differing), _uncommitted(config, differing)
    changed = touched | uncommitted if touched is not None else None
    folders = _meant(names, config, changed)
    if changed is not None:
        folders = tuple(each for each in folders if {each.path, tests_of(each.path, config)} & changed)
    if not folders:
        return []
    releases.narrow(folder.path for folder in folders)
    # Where all is at rest, nothing is planned and checked, and what does that is not loaded.
    from jsonschema_tools.use_cases.title_status import Look

    look = Look.at_repository(folders, config, releases, uncommitted, offline=offline)
    return [found for folder in folders if (found := look.at(folder)) is not None]


def _meant(names: Sequence[str], config: Config, changed: Set[Path] | None) -> tuple[SchemaDirectory, ...]:
    """The folders of schemas that are asked about, of which others than the changed ones may be left out."""
    if not names:
        if changed is None:
            return discover(config).directories
        tested = {found for folder in changed if (found := tested_by(folder, config)) is not None}
        return discover(config, only=changed | tested).directories
    from jsonschema_tools.repository.words import folders_meant

    return folders_meant(names, config)


def _touched(releases: Releases, differing: Callable[[str], Set[Path]]) -> Set[Path] | None:
    """The folders that are not as on every release branch; ``None`` where Git cannot tell."""
    tips = releases.tips()
    return {folder for tip in tips for folder in differing(tip)} if tips else None


def _uncommitted(config: Config, differing: Callable[[str], Set[Path]]) -> Set[Path]:
    """The folders with something that the last commit has not; none outside of Git."""
    top = git.top_level(config.schema_base_path)
    return set() if top is None else differing(git.head_commit(top) or "")


def _differing(config: Config, commit: str) -> Set[Path]:
    """The folders with something that a commit has not, or has otherwise."""
    return touched_below(config, commit or None)
