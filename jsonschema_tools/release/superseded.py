"""Drafts that a newer draft replaces: left lying, they would be released with the next commit."""

from __future__ import annotations

from collections.abc import Iterable, Set
from pathlib import Path

from jsonschema_tools.release.standing import State
from jsonschema_tools.release.tree import Tree
from jsonschema_tools.release.version_files import VersionFiles
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import is_plain_version, sort_versions


def superseded(present: Iterable[str], released: Iterable[str], wanted: Set[str]) -> list[str]:
    """The versions that stand above the greatest released one, without those that a current file is of.

    None where nothing of the title is released yet: which of its versions are to be, nobody can tell. Versions below a
    released one are maintenance releases.

    Args:
        present: the versions that are there.
        released: those that release branches have.
        wanted: those of the current files.
    """
    greatest = sort_versions({version for version in released if is_plain_version(version)})[-1:]
    if not greatest:
        return []
    above = {version for version in present if is_plain_version(version)} - set(wanted) - set(greatest)
    ordered = sort_versions(above | set(greatest))
    return ordered[ordered.index(greatest[0]) + 1 :]


def files_to_remove(
    folder: Path, version: str, planned: Set[str], wrote: bool, config: Config, tree: Tree, files: VersionFiles
) -> list[Path]:
    """The files and links of drafts that a version takes the place of, as far as no commit has them.

    Args:
        folder: the folder of the title.
        version: the version that is released.
        planned: the names that the plan will have in the folder.
        wrote: whether the version has anything to write.
        config: the settings of the repository.
        tree: the files that are there.
        files: how version files stand.
    """
    present = files.versions(tree.names(folder))
    if not wrote and sort_versions(present | {version})[-1] == version:
        return []
    released = {name.rpartition(".")[0] for name in tree.release_names(folder)}
    removals: list[Path] = []
    for draft in superseded(present, released, files.versions(planned)):
        paths = [folder / f"{draft}.{type_}" for type_ in config.content_types]
        if not any(tree.in_head(path) or files.standing(path).state is not State.DRAFT for path in paths):
            removals += [path for path in paths if tree.read(path) is not None]
            if tree.link(folder / draft) is not None:
                removals.append(folder / draft)
    return removals
