"""Which titles of a repository are not at rest."""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from jsonschema_tools import git
from jsonschema_tools.model import SchemaDirectory
from jsonschema_tools.repository.discovery import discover
from jsonschema_tools.repository.history import touched_below, touched_below_each
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
    # For the tips of the release branches, nobody needs to know what is in them.
    releases.narrow(())
    uncommitted, changed = _changed(config, releases.tips())
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


def _changed(config: Config, tips: Sequence[str]) -> tuple[Set[Path], Set[Path] | None]:
    """The folders with something that the last commit has not, or has otherwise, none outside of Git; and those with
    something that a tip of a release branch has not, too, ``None`` where Git cannot tell of any."""
    top = git.top_level(config.schema_base_path)
    if top is None:
        return set(), None
    head = git.head_commit(top)
    found = touched_below_each(config, {*tips, *([head] if head is not None else [])})
    uncommitted = touched_below(config, None) if head is None else found[head]
    return uncommitted, uncommitted.union(*found.values()) if tips else None
