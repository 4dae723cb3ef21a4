"""Titles that a repository had, and has no more: what Git knows of them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from pathlib import Path, PurePosixPath

from jsonschema_tools import git
from jsonschema_tools.settings import Config
from jsonschema_tools.site.model import Commit, GoneTitle
from jsonschema_tools.versions import is_version, sort_versions

_MOST = 500
_MOST_COMMITS = 50
"""Commits of which renames are asked for: each is a question of its own."""


def gone_titles(
    config: Config, top: Path, removed: Mapping[str, tuple[str, str, str]], places: Container[str]
) -> Iterator[GoneTitle]:
    """The titles of files that were removed, by their places; those that are among ``places`` are there."""
    base = config.schema_base_path.relative_to(top)
    gone: dict[str, dict[str, tuple[str, str, str]]] = {}
    for name, how in removed.items():
        path = PurePosixPath(name)
        version = path.name.removesuffix(path.suffix) if path.suffix in (".yaml", ".json") else path.name
        place = path.parent.relative_to(base.as_posix()).as_posix()
        if is_version(version) and place != "." and place not in places:
            gone.setdefault(place, {}).setdefault(version, how)
    renames: dict[str, dict[str, str]] = {}
    for place, versions in sorted(gone.items())[:_MOST]:
        date, author, commit = max(versions.values())
        if commit not in renames and len(renames) < _MOST_COMMITS:
            renames[commit] = git.renamed(top, commit, config.schema_base_path)
        moved = _moved(base / place, base, renames.get(commit, {}))
        to = moved if moved in places else ""
        yield GoneTitle(place, tuple(sort_versions(versions)), Commit(date, author), commit, to)


def _moved(folder: Path, base: Path, renames: Mapping[str, str]) -> str:
    """The place that the files of a folder were moved to, if one of them was."""
    for old, new in sorted(renames.items()):
        if PurePosixPath(old).parent == PurePosixPath(folder.as_posix()):
            return PurePosixPath(new).parent.relative_to(base.as_posix()).as_posix()
    return ""
