"""The links beside the version files of a title: each version without extension, and the latest one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jsonschema_tools.release.tree import Tree
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import is_plain_version, sort_versions


def latest_links(names: Iterable[str], config: Config, version: str | None = None) -> dict[str, str]:
    """The ``latest`` links of a folder with these names, and of a ``version`` whose files are still to be written.

    None where there is no version. Only plain versions count: no ``$id`` can name another, so nothing else is ever
    released.
    """
    if not config.should_symlink_latest:
        return {}
    known, types, wanted = set(names), config.content_types, {}
    for type_ in types:
        stems = {name.removesuffix(f".{type_}") for name in known if name.endswith(f".{type_}")}
        greatest = sort_versions({stem for stem in stems if is_plain_version(stem)} | ({version} if version else set()))
        if greatest:
            wanted[f"latest.{type_}"] = f"{greatest[-1]}.{type_}"
    if config.should_symlink_extensionless and f"latest.{types[0]}" in wanted:
        wanted["latest"] = wanted[f"latest.{types[0]}"]
    return wanted


def links_to_make(folder: Path, version: str, names: Iterable[str], config: Config, tree: Tree) -> dict[Path, str]:
    """The links of a version that are not there yet, each with its target; ``names`` are those the folder will have."""
    wanted: dict[str, str] = {}
    if config.should_symlink_extensionless:
        wanted[version] = f"{version}.{config.content_types[0]}"
    wanted |= latest_links(names, config, version)
    links = {}
    for name, target in wanted.items():
        found = tree.link(folder / name)
        if found != target and not (found is not None and _is_missing(folder / found, target, tree)):
            links[folder / name] = target
    return links


def _is_missing(linked: Path, target: str, tree: Tree) -> bool:
    """Whether a link leads to a greater, released version whose file is missing here: it is still the latest."""
    stem, ours = linked.name.rpartition(".")[0], target.rpartition(".")[0]
    greater = is_plain_version(stem) and stem != ours and sort_versions([stem, ours])[-1] == stem
    return greater and tree.standing(linked, history=False).is_released
