"""The table of an event: the fold of the released versions of its title, from every base that can be listed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.lookup.documents import ABSOLUTE
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.release.standing import State
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.schemas.dialects import metaschema_at
from jsonschema_tools.schemas.reference_list import located_references
from jsonschema_tools.schemas.references import dereference
from jsonschema_tools.settings import Config
from jsonschema_tools.tables.model import Table, Types
from jsonschema_tools.tables.naming import table_name
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.versions import is_version, schema_version, sort_versions

_HOST = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/]*")
_EXTENSION = re.compile(r"\.(?:json|yaml|yml)$")

Named: TypeAlias = tuple[str, str | None]
"""By what events have their table: the URI of their schema, and their stream where that counts."""


def title_of(uri: str) -> str:
    """The title of a version at a URI, whatever its host."""
    return _HOST.sub("", uri.rpartition("/")[0]).strip("/")


def version_file(name: str) -> str:
    """The name of a file without the extension of a schema."""
    return _EXTENSION.sub("", name)


class NoTable(Exception):
    """Why an event has no table, and the cure."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy


class TableBook:
    """The tables of events, by the URIs of the schemas that they were judged by.

    Args:
        store: the look-up of schemas.
        config: the settings of the repository whose drafts Git knows.
        drafts: whether versions that are not released count.
        types: how types are chosen.
    """

    def __init__(self, store: SchemaStore, config: Config, *, drafts: bool = False, types: Types | None = None) -> None:
        self._store = store
        self._config = config
        self._drafts = drafts
        self._types = types
        self._releases = Releases(config)
        self._versions: dict[str, dict[str, str]] = {}
        self._by_uri: dict[str, Table | NoTable] = {}
        self._owners: dict[str, str] = {}
        self.notes: list[str] = []
        """What is to be told: bases that cannot be listed, versions that cannot be read."""

    def keep(self, tables: Iterable[Table]) -> None:
        """Leave tables that a store has to the titles that they are of."""
        for table in tables:
            self._owners[table.name.casefold()] = table.title

    def table(self, uri: str) -> Table:
        """The table for the events of a schema. Raises `NoTable`."""
        found = self._by_uri.get(uri)
        if found is None:
            try:
                found = self._table(uri)
            except NoTable as error:
                found = error
            self._by_uri[uri] = found
        if isinstance(found, NoTable):
            raise found
        return found

    def _table(self, uri: str) -> Table:
        document = self._store.retrieve(uri)
        base, _, last = uri.rpartition("/")
        version = last if is_version(last) else schema_version(document, self._config.schema_version_field)
        title = title_of(uri)
        owner = self._owners.setdefault(table_name(title).casefold(), title)
        if owner != title:
            raise NoTable(
                f"the table {table_name(title)} is that of the title {owner}, and {title} would have it, too",
                "Load the events of one of them into another target.",
            )
        versions = self._listed(base, title)
        if version not in versions:
            if self._is_draft(f"{base}/{version}"):
                raise NoTable(
                    f"{base}/{version} is a draft, whose columns no table has yet",
                    "Release the version, or load with --drafts.",
                )
            versions[version] = f"{base}/{version}" if is_version(last) else uri
            # The table grows by a version: what was found before has it, too.
            self._by_uri = {known: table for known, table in self._by_uri.items() if known.rpartition("/")[0] != base}
        tables, notes = tables_of(title, self._documents(versions), self._types)
        for table in tables:
            if version in table.versions:
                return table
        why = next((note for note in notes if note.message.startswith(f"{version}: ")), None)
        reason = f": {why.message.removeprefix(f'{version}: ')}" if why is not None else ""
        cure = why.cure if why is not None else "Look at the schema with `jst table --notes`."
        raise NoTable(f"events of {uri} are no rows{reason}", cure)

    def _documents(self, versions: dict[str, str]) -> Iterable[tuple[str, Document]]:
        for version in sort_versions(versions):
            yield version, self._whole(versions[version])

    def _whole(self, uri: str) -> Document:
        """The schema at a URI, without references to other documents."""
        document = self._store.retrieve(uri)
        references = {reference for _, reference in located_references(document, uri)}
        if all(metaschema_at(reference) is not None for reference in references):
            return document
        return dereference(document, self._store.retrieve, base_uri=uri)

    def _listed(self, base: str, title: str) -> dict[str, str]:
        """The released versions of a title that bases list, each with its URI."""
        if base in self._versions:
            return self._versions[base]
        names: set[str] = set()
        for each in self._store.bases:
            # Every base may have the document at a path, and one only that at an absolute URI.
            found = each.names(base) if not ABSOLUTE.match(base) or each.covers(f"{base}/1.0.0") else []
            if found is None:
                self.notes.append(f"{title}: a base cannot be listed: its table has the versions that events name")
            names.update(version_file(name) for name in found or ())
        versions = {}
        for version in names:
            uri = f"{base}/{version}"
            if is_version(version) and (self._drafts or not self._is_draft(uri)) and self._is_readable(uri):
                versions[version] = uri
        self._versions[base] = versions
        return versions

    def _is_readable(self, uri: str) -> bool:
        try:
            self._whole(uri)
        except SchemaToolsError as error:
            self.notes.append(f"{uri} cannot be read, and its table lacks its columns: {error.message}")
            return False
        return True

    def _is_draft(self, uri: str) -> bool:
        if self._drafts:
            return False
        with suppress(SchemaToolsError):
            path = Path(self._store.location(uri))
            if path.is_relative_to(self._config.schema_base_path):
                return self._releases.state(path) == State.DRAFT
        return False


def by_stream(table: Table, stream: str) -> Table:
    """The table of a title under the name of a stream, whose events it holds with those of other titles."""
    return replace(table, name=table_name(stream))
