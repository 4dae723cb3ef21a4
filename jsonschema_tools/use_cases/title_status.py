"""What a title waits for, and the next command."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.model import GitAdd, Plan, ReleasedVersionChanged, SchemaDirectory
from jsonschema_tools.release.standing import State
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.retiring import deprecation_in
from jsonschema_tools.repository.schema_tests import holds_tests, tested_by, tests_of
from jsonschema_tools.rules.model import Family, Result, Severity, Status
from jsonschema_tools.rules.selection import Selection
from jsonschema_tools.schemas.deprecation import Deprecation
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.bump import plan_bumps
from jsonschema_tools.use_cases.check import check
from jsonschema_tools.use_cases.list import versions_ahead
from jsonschema_tools.use_cases.materialize import plan_paths
from jsonschema_tools.versions import sort_versions


class Due(StrEnum):
    """What a title waits for."""

    CORRECTION = "correction"
    """It cannot be materialized, or a check fails."""
    BUMP = "bump"
    """Its current file was changed, and its version is released, or says less than what changed."""
    MATERIALIZING = "materializing"
    """Its current file is of a version that is not written yet, or was written before it was changed."""
    CLEANING = "cleaning"
    """It has a draft that its current file is no longer of."""
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


def _failures(folders: Sequence[SchemaDirectory], config: Config, offline: bool) -> dict[Path, list[Result]]:
    """The failed checks of titles, by folder."""
    # Where all is at rest, nothing is checked, and the engine is not loaded.

    found: dict[Path, list[Result]] = {}
    report = check(config, Selection(titles=tuple(str(folder.path) for folder in folders), offline=offline))
    for result in report.results:
        if result.status is Status.FAILED:
            place = result.check.subject.path.parent
            found.setdefault(tested_by(place, config) or place, []).append(result)
    return found


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of the repository when a title is looked at."""

    config: Config
    releases: Releases
    planned: Plan
    failures: Mapping[Path, Sequence[Result]]
    uncommitted: Set[Path]

    @classmethod
    def at_repository(
        cls,
        folders: Sequence[SchemaDirectory],
        config: Config,
        releases: Releases,
        uncommitted: Set[Path],
        *,
        offline: bool = False,
    ) -> Look:
        """What there is to know to look at these folders; ``uncommitted`` are those that the last commit lacks."""
        currents = [folder.current for folder in folders if folder.current]
        planned = plan_paths(currents, config, offline=offline)
        return cls(config, releases, planned, _failures(folders, config, offline), uncommitted)

    def at(self, folder: SchemaDirectory) -> TitleStatus | None:
        """What a title waits for first; ``None`` where it is at rest."""
        title = folder.path.relative_to(self.config.schema_base_path).as_posix()
        for step in (self._refused, self._bump, self._pending, self._failed, self._git):
            found = step(folder, title)
            if found is not None:
                due, message, command = found
                retired = deprecation_in(folder.current, self.config)
                return TitleStatus(title, folder.path, due, message, command, retired)
        return None

    def _refused(self, folder: SchemaDirectory, title: str) -> _Step:
        for error in self.planned.errors:
            if not _is_in(error, folder):
                continue
            command = _command(error.remedy)
            if isinstance(error, ReleasedVersionChanged) and not command.startswith("git"):
                return Due.BUMP, f"changed, and {error.next_version} is due", shlex.join(["jst", "bump", title])
            return Due.CORRECTION, str(error), command or shlex.join(["jst", "check", title])
        return None

    def _bump(self, folder: SchemaDirectory, title: str) -> _Step:
        failed = self.failures.get(folder.path, ())
        if folder.current is None or all(each.check.rule.family is not Family.COMPATIBILITY for each in failed):
            return None
        (bump,) = plan_bumps([folder.current], self.config)
        if bump.new == bump.old:
            return None
        message = f"{bump.old} is not enough, {bump.new} is due: {bump.reason}"
        return Due.BUMP, message, shlex.join(["jst", "bump", title])

    def _pending(self, folder: SchemaDirectory, title: str) -> _Step:
        actions = [each for each in self.planned.actions if not isinstance(each, GitAdd)]
        release = next((each for each in self.planned.releases if each.directory == folder.path), None)
        pending = [each.path for each in actions if each.path.parent == folder.path]
        if not pending or release is None:
            return None
        others = {each.path.parent for each in actions} - {folder.path}
        # Schemas may refer to one another.
        command = ["jst", "materialize"] if others else ["jst", "materialize", title]
        if release.version in folder.versions and not any(map(os.path.lexists, pending)):
            names = ", ".join(sorted(path.name for path in pending))
            return Due.MATERIALIZING, f"{names} {'is' if len(pending) == 1 else 'are'} missing", shlex.join(command)
        return Due.MATERIALIZING, f"{release.version} is not materialized yet", shlex.join(command)

    def _failed(self, folder: SchemaDirectory, title: str) -> _Step:
        failed = self.failures.get(folder.path, ())
        left = [each for each in failed if each.check.rule.id == "superseded-draft"]
        if left:
            return Due.CLEANING, left[0].findings[0].message, shlex.join(["jst", "clean", title])
        for result in failed:
            finding = result.findings[0]
            if result.check.severity is Severity.ERROR:
                return Due.CORRECTION, finding.message, _command(finding.remedy) or shlex.join(["jst", "check", title])
        return None

    def _git(self, folder: SchemaDirectory, title: str) -> _Step:
        config, releases = self.config, self.releases
        ahead = versions_ahead(folder, config, releases)
        if ahead:
            path = folder.path / f"{ahead[-1]}.{config.content_types[0]}"
            branch = releases.standing(path, history=False).branch
            message = f"{', '.join(ahead)} is released and not merged here"
            return Due.MERGE, message, shlex.join(["git", "merge", branch])
        newest = sort_versions(folder.versions)[-1:]
        if folder.path in self.uncommitted:
            message = f"{newest[0] if newest else 'the current file'} is not committed"
            return Due.COMMIT, message, self._add(folder.path)
        tests = tests_of(folder.path, config)
        if tests in self.uncommitted and holds_tests(tests, config):
            return Due.COMMIT, "its tests are not committed", self._add(tests)
        if newest and releases.state(next(iter(folder.versions[newest[0]].values()))) == State.DRAFT:
            return Due.RELEASE, f"{newest[0]} is a draft: it is released once a release branch has it", ""
        return None

    def _add(self, folder: Path) -> str:
        place = folder.relative_to(self.config.root) if folder.is_relative_to(self.config.root) else folder
        return shlex.join(["git", "add", "--all", str(place)])


_Step = tuple[Due, str, str] | None
_COMMAND = re.compile("`((?:git|jst) [^`]+)`")


def _command(remedy: str | None) -> str:
    """The first command in a remedy; empty where there is none."""
    found = _COMMAND.search(remedy or "")
    return found[1] if found else ""


def _is_in(error: SchemaToolsError, folder: SchemaDirectory) -> bool:
    places = (error.referrer, error.source)
    return any(place and Path(place).parent == folder.path for place in places)
