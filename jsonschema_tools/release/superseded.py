"""Drafts that another draft has taken the place of: a commit of everything would release them unseen."""

from __future__ import annotations

from collections.abc import Iterable, Set

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
