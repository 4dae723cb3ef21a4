"""The titles of a repository with their versions, and what is not materialized yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jsonschema_tools.model import GitAdd, Listing, Plan, Release, SchemaDirectory, SchemaListing
from jsonschema_tools.release.standing import State
from jsonschema_tools.repository.discovery import discover
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.retiring import deprecation_in
from jsonschema_tools.repository.words import folders_meant
from jsonschema_tools.schemas.deprecation import Deprecation, deprecation_of
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.materialize import plan_all, plan_paths
from jsonschema_tools.versions import is_version, sort_versions


def list_schemas(config: Config, names: Sequence[str] = (), *, offline: bool = False) -> Listing:
    """The titles of the repository with their versions and what is not materialized yet, sorted by title.

    With ``names``, titles or paths, only those.

    Schemas that cannot be read or materialized are in the listing as far as they are known, their errors beside it.
    """
    directories = folders_meant(names, config)
    releases = Releases(config, offline=offline)
    planned = _planned(directories, config, releases, offline) if names else None
    planned = planned or plan_all(config, offline=offline, releases=releases)
    pending: dict[Path, list[Path]] = {}
    for action in planned.actions:
        if not isinstance(action, GitAdd):
            pending.setdefault(action.path.parent, []).append(action.path)
    by_folder = {release.directory: release for release in planned.releases}
    entries = []
    for folder in directories:
        release = by_folder.get(folder.path)
        versions = tuple(sort_versions(folder.versions))
        title = release.title if release else None
        entries.append(
            SchemaListing(
                title=title or folder.path.relative_to(config.schema_base_path).as_posix(),
                path=folder.path,
                current=release.version if release else None,
                versions=versions,
                latest=_version_of(folder.links.get("latest")),
                pending=tuple(pending.get(folder.path, ())),
                states={version: _state(folder, version, releases) for version in versions},
                ahead=versions_ahead(folder, config, releases),
                deprecation=_deprecation(folder, release, config),
            )
        )
    return Listing(tuple(sorted(entries, key=lambda entry: entry.title)), planned.errors, planned.misnamed)


def _planned(folders: Sequence[SchemaDirectory], config: Config, releases: Releases, offline: bool) -> Plan | None:
    """What materializing the schemas in some folders would do; ``None`` where that cannot be told by them alone: they
    may refer to versions that others are about to become."""
    releases.narrow(folder.path for folder in folders)
    currents = [folder.current for folder in folders if folder.current]
    planned = plan_paths(currents, config, offline=offline, releases=releases)
    found = discover(config, only=[folder.path for folder in folders])
    return None if planned.errors else replace(planned, misnamed=found.misnamed)


def _deprecation(folder: SchemaDirectory, release: Release | None, config: Config) -> Deprecation | None:
    """What the current file says itself: a fragment that is merged into it may be retired, too."""
    if release is not None and deprecation_of(release.document) is None:
        return None
    return deprecation_in(folder.current, config)


def _state(folder: SchemaDirectory, version: str, releases: Releases) -> str:
    """How a version stands: as the first of its files does."""
    path = next(iter(folder.versions[version].values()))
    return releases.state(path)


def versions_ahead(folder: SchemaDirectory, config: Config, releases: Releases) -> tuple[str, ...]:
    """The versions that a release branch has and this branch has not merged."""
    files = [name.rpartition(".") for name in releases.names(folder.path)]
    absent = {stem: f"{stem}.{type_}" for stem, _, type_ in files if type_ in config.content_types and is_version(stem)}
    return tuple(
        version
        for version in sort_versions(set(absent) - set(folder.versions))
        if releases.standing(folder.path / absent[version], history=False).state is State.AHEAD
    )


def _version_of(target: str | None) -> str | None:
    name = target or ""
    return next((name.removesuffix(end) for end in (".yaml", ".json") if name.endswith(end)), target)
