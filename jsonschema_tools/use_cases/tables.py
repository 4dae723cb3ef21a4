"""The tables of the titles of a repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import UsageError
from jsonschema_tools.release.standing import State
from jsonschema_tools.repository.naming import title_meant
from jsonschema_tools.repository.partial import load_meant
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.settings import Config
from jsonschema_tools.tables.model import Note, Table, Types
from jsonschema_tools.tables.naming import check_table_names
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.use_cases.compare import named_versions

CURRENT = "current"
"""What stands for a version where the current file counts, too: ``shop/order@current``."""


@dataclass(frozen=True, slots=True)
class TitleTables:
    """The tables of a title, the last one in use; ``notes`` say which versions are no rows, and why.

    ``before`` are those of the versions up to the one that a migration starts from.
    """

    title: str
    tables: tuple[Table, ...]
    notes: tuple[Note, ...] = ()
    before: tuple[Table, ...] = ()


def title_tables(
    config: Config,
    names: Sequence[str] = (),
    *,
    since: str | None = None,
    drafts: bool = False,
    types: Types | None = None,
    offline: bool = False,
) -> list[TitleTables]:
    """The tables of the titles with these names, or of all, by title.

    Args:
        config: the settings of the repository.
        names: titles, ``title@1.2.0`` for the versions up to one, ``title@current`` with the current file.
        since: a version to start from: ``before`` has the tables of the versions up to it.
        drafts: whether versions that are not released count.
        types: how types are chosen.
        offline: fetch nothing.

    Raises `UsageError` for a title or version that is not there, `SchemaToolsError` for two titles with one table.
    """
    releases = Releases(config, offline=offline)
    collection = load_meant(config, names, releases)
    wanted = [title_meant(name, collection, config) for name in names] or [(title, None) for title in collection.titles]
    check_table_names(title.name for title, _ in wanted)
    found = []
    for title, version in wanted:
        versions = _versions(title, config, None if drafts or version == CURRENT else releases)
        if version == CURRENT:
            versions = [(each.name, each.document) for each in named_versions(title, config, offline=offline)]
        elif version is not None:
            versions = _up_to(version, versions, title)
        tables, notes = tables_of(title.name, versions, types)
        before = tables_of(title.name, _up_to(since, versions, title), types)[0] if since is not None else ()
        found.append(TitleTables(title.name, tables, notes, before))
    return found


def _versions(title: Title, config: Config, releases: Releases | None) -> list[tuple[str, Document]]:
    """The versions of a title from the lowest on, without drafts where Git knows of them."""
    return [
        (file.version, file.document)
        for file in title.released(config.content_types[0])
        if releases is None or releases.state(file.path) != State.DRAFT
    ]


def _up_to(version: str, versions: Sequence[tuple[str, Document]], title: Title) -> list[tuple[str, Document]]:
    numbers = [number for number, _ in versions]
    if version not in numbers:
        known = ", ".join(numbers) or "none"
        raise UsageError(f"{title.name} has no released version {version!r}", remedy=f"Its versions: {known}.")
    return list(versions[: numbers.index(version) + 1])
