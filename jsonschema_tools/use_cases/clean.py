"""Cleaning: which drafts of a title to remove."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.model import Action, Plan, Remove, SchemaDirectory, Symlink
from jsonschema_tools.release.links import latest_links
from jsonschema_tools.release.standing import Standing, State
from jsonschema_tools.release.superseded import superseded
from jsonschema_tools.repository.basis import basis_of
from jsonschema_tools.repository.discovery import discover, read_schema_file
from jsonschema_tools.repository.loading import load
from jsonschema_tools.repository.naming import title_meant
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.worktree import WorkTree
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import is_plain_version


def plan_clean(names: Iterable[str], config: Config, *, force: bool = False, offline: bool = False) -> Plan:
    """The drafts to remove: of ``title@1.1.0`` that version, of a title alone those that another one replaced.

    Committed drafts are removed from the working tree, too. With ``force`` also what only counts as released because
    Git does not keep it, or cannot tell. What refuses a name is in the errors of the plan: a version that is released
    stays, always.
    """
    releases = Releases(config, offline=offline)
    tree = WorkTree(releases, base=config.schema_base_path)
    actions: list[Action] = []
    errors: list[SchemaToolsError] = []
    folders: dict[Path, set[str]] = {}
    for name in names:
        try:
            folder, version = _folder(name, config)
            title = name.rpartition("@")[0] or name
            versions = (
                [_there(folder, version, title, config, releases)] if version else _superseded(folder, config, releases)
            )
            for each in versions:
                _check(folder, each, config, releases, force=force)
            folders.setdefault(folder.path, set()).update(versions)
        except SchemaToolsError as error:
            errors.append(error)
    for path, chosen in folders.items():
        actions += _removal(path, chosen, config, tree)
    ordered = tuple(sorted(actions, key=lambda action: isinstance(action, Remove)))
    return Plan(ordered, errors=tuple(errors), basis=basis_of(ordered, tree.seen, releases.commits()))


def _folder(name: str, config: Config) -> tuple[SchemaDirectory, str | None]:
    """The folder that a word means, and the version if it names one. A folder without a title can be named, too."""
    folders = {folder.path: folder for folder in discover(config).directories}
    collection = load(config)
    titles = {title.name for title in collection.titles}
    place, _, version = name.partition("@")
    below = Path(os.path.realpath(config.schema_base_path / place))
    if below in folders and place not in titles:
        return folders[below], version or None
    known = replace(collection, titles=tuple(each for each in collection.titles if each.directory in folders))
    title, named = title_meant(name, known, config)
    return folders[title.directory], named


def _there(folder: SchemaDirectory, version: str, title: str, config: Config, releases: Releases) -> str:
    if version in folder.versions and is_plain_version(version):
        return version
    for type_ in config.content_types if is_plain_version(version) else ():
        path = folder.path / f"{version}.{type_}"
        if (found := releases.standing(path, history=False)).state is State.AHEAD:
            raise UsageError(f"version {version} is no draft: it is {found}", source=str(path), remedy=_FOR_EVER)
    known = ", ".join(folder.versions) or "none"
    raise UsageError(f"there is no version {version!r} of {title}", remedy=f"Its versions: {known}.")


def _superseded(folder: SchemaDirectory, config: Config, releases: Releases) -> list[str]:
    present = [version for version in folder.versions if is_plain_version(version)]
    current = read_schema_file(folder.current, config).version if folder.current else None
    released = {name.rpartition(".")[0] for name in releases.names(folder.path)}
    if released or not releases.in_git(folder.path):
        return superseded(present, released, {current} if current else set())
    return [version for version in present if version != current]


def _check(folder: SchemaDirectory, version: str, config: Config, releases: Releases, *, force: bool) -> None:
    """Raise `UsageError` when the version is no draft."""
    releases.prepare(folder.versions[version].values())
    for path in folder.versions[version].values():
        found = releases.standing(path)
        doubtful = found.state is State.UNKNOWN or (found.state is State.RELEASED and not found.branch)
        if found.state is not State.DRAFT and not (force and doubtful):
            raise UsageError(
                f"version {version} is no draft: {_state(found)}",
                source=str(path),
                remedy=f"Remove it with --force. {found.remedy}" if doubtful else _FOR_EVER,
            )


_FOR_EVER = "A released version stays for ever."


def _state(found: Standing) -> str:
    return found.reason if found.reason else f"it is {found}"


def _removal(folder: Path, versions: set[str], config: Config, tree: WorkTree) -> list[Action]:
    present = set(tree.names(folder))
    gone = {name for name in present if any(name in _names(version, config) for version in versions)}
    actions: list[Action] = [Remove(folder / name) for name in sorted(gone)]
    latest = latest_links(present - gone, config)
    for name in ("latest", *(f"latest.{type_}" for type_ in config.content_types)):
        target = tree.link(folder / name)
        if target is not None and name not in latest and target in gone:
            actions.append(Remove(folder / name))
        elif target is not None and name in latest and target != latest[name] and target in gone:
            actions.append(Symlink(folder / name, latest[name]))
    return actions


def _names(version: str, config: Config) -> set[str]:
    return {version, *(f"{version}.{type_}" for type_ in config.content_types)}
