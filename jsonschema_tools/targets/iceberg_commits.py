"""Commits over several tables of Iceberg, each of which has commits of its own.

The files of a batch are written first, and a manifest of those of each table; no table has them yet. Then one commit of
the table ``_jst_progress`` says how far the sources are, and which manifests go with that: this is the moment from
which on the batch is there. At last each table takes its files, and remembers the number of the batch. A run that is
killed before the second step leaves files that nothing knows; behind it, the next run gives the tables their files.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from jsonschema_tools.targets.model import TargetError

PROGRESS = "_jst_progress"
NUMBER = "jst.commit"
"""In the record: the number of its batch. In the properties of a table: the last batch that it has, behind the UUID of
the table ``_jst_progress`` that counts them."""

_ATTEMPTS = 20
_SECONDS = 0.1
_RECORD = "jst.record"
_REMEDY = "What was committed before is there. Mend it, and run the same command again."


@dataclass(frozen=True, slots=True)
class Staged:
    """Files that a table gets with a batch: their manifest, by its place and length."""

    table: str
    uuid: str
    manifest: str
    length: int
    spec: int

    def files(self, io: Any) -> list[Any]:
        """The files, as pyiceberg describes them."""
        from pyiceberg.manifest import ManifestContent, ManifestFile

        manifest = ManifestFile.from_args(
            manifest_path=self.manifest,
            manifest_length=self.length,
            partition_spec_id=self.spec,
            content=ManifestContent.DATA,
            sequence_number=0,
        )
        return [entry.data_file for entry in manifest.fetch_manifest_entry(io)]


@dataclass(frozen=True, slots=True)
class Record:
    """What the last commit says: its number, the progress, our tables, and the files that go with it."""

    number: int = 0
    progress: Mapping[str, str] = field(default_factory=dict)
    tables: Sequence[str] = ()
    staged: Sequence[Staged] = ()


class Ledger:
    """The table ``_jst_progress``: its only snapshot is the last commit, whose summary has the record."""

    def __init__(self, catalog: Any, namespace: tuple[str, ...], source: str) -> None:
        from pyiceberg.schema import Schema
        from pyiceberg.types import LongType, NestedField

        note = "There are no rows: how far `jst load` is, says the summary of the snapshot."
        # Each commit replaces the one before: neither the metadata nor its files grow.
        properties = {
            "comment": note,
            "write.metadata.delete-after-commit.enabled": "true",
            "write.metadata.previous-versions-max": "5",
        }
        schema = Schema(NestedField(1, "commit", LongType(), required=False, doc=note))
        self._catalog, self._namespace, self._source = catalog, namespace, source
        self._table = catalog.create_table_if_not_exists((*namespace, PROGRESS), schema, properties=properties)
        self.record = self._read()

    def publish(self) -> None:
        """Give the tables the files of the last commit, unless they have them."""
        for each in self.record.staged:
            _publish(self._catalog, (*self._namespace, each.table), each, self._mark, self._source)

    @property
    def _mark(self) -> str:
        return f"{self._table.metadata.table_uuid}/{self.record.number}"

    def commit(self, record: Record) -> None:
        """Replace the record. Raises `TargetError` where another run did that since it was read."""
        from pyiceberg.exceptions import CommitFailedException
        from pyiceberg.table.update import RemoveSnapshotsUpdate

        known = self._table.current_snapshot()
        # Also for credentials that a catalog gives for a while.
        self._table.refresh()
        before = self._table.current_snapshot()
        if (before and before.snapshot_id) != (known and known.snapshot_id):
            raise self._another_run()
        staged = [[each.table, each.uuid, each.manifest, each.length, each.spec] for each in record.staged]
        data = {"progress": dict(record.progress), "tables": list(record.tables), "staged": staged}
        summary = {NUMBER: str(record.number), _RECORD: json.dumps(data)}
        transaction = self._table.transaction()
        with transaction.update_snapshot(snapshot_properties=summary).fast_append():
            pass
        removed = (
            [RemoveSnapshotsUpdate.model_validate({"snapshot-ids": [before.snapshot_id]})] if before is not None else []
        )
        try:
            commit_once(self._table, transaction, *removed)
        except CommitFailedException as error:
            raise self._another_run() from error
        self.record = record
        if before is not None:
            remove(self._table.io, before.manifest_list)

    def _read(self) -> Record:
        snapshot = self._table.current_snapshot()
        if snapshot is None:
            return Record()
        try:
            summary = snapshot.summary.additional_properties
            data = json.loads(summary[_RECORD])
            staged = [Staged(*each) for each in data["staged"]]
            return Record(int(summary[NUMBER]), dict(data["progress"]), list(data["tables"]), staged)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise TargetError(
                f"its record cannot be read: {error}",
                source=self._source,
                remedy="Use the version of jst that wrote it, or load into another namespace.",
            ) from error

    def _another_run(self) -> TargetError:
        return TargetError(
            "another run of jst loads into it", source=self._source, remedy="Wait for its end, or end it."
        )


def commit_once(table: Any, transaction: Any, *updates: Any) -> None:
    """Commit a transaction, unless the table was changed since it was read.

    pyiceberg 0.12 would make an append anew where it meets another commit: that of another run which gave the table
    the same files would then be followed by a second one.
    """
    from pyiceberg.table.update import AssertCurrentSchemaId, AssertDefaultSpecId, AssertTableUUID

    metadata = table.metadata
    expected = (
        AssertTableUUID(uuid=metadata.table_uuid),
        AssertCurrentSchemaId.model_validate({"current-schema-id": metadata.current_schema_id}),
        AssertDefaultSpecId.model_validate({"default-spec-id": metadata.default_spec_id}),
    )
    known = {type(each) for each in expected}
    others = tuple(each for each in transaction._requirements if type(each) not in known)
    table._do_commit(updates=(*transaction._updates, *updates), requirements=(*expected, *others))


def stage(table: Any, files: Sequence[Any]) -> Staged:
    """Write a manifest of files that a table is to have."""
    from pyiceberg.manifest import ManifestEntry, ManifestEntryStatus, write_manifest

    place = table.location_provider().new_metadata_location(f"jst-{uuid4()}.avro")
    output = table.io.new_output(place)
    with write_manifest(2, table.spec(), table.schema(), output, 0, "deflate") as writer:
        for each in files:
            writer.add(ManifestEntry.from_args(status=ManifestEntryStatus.ADDED, snapshot_id=0, data_file=each))
    length = writer.to_manifest_file().manifest_length
    return Staged(table.name()[-1], str(table.metadata.table_uuid), place, length, table.spec().spec_id)


def _publish(catalog: Any, path: tuple[str, ...], staged: Staged, mark: str, source: str) -> None:
    """Give a table the files of a batch, unless it has them; a table that is gone, or was made anew, gets none."""
    from pyiceberg.exceptions import CommitFailedException, NoSuchTableError

    for _ in range(_ATTEMPTS):
        try:
            table = catalog.load_table(path)
        except NoSuchTableError:
            return
        if str(table.metadata.table_uuid) != staged.uuid or _has(table, mark):
            return
        if table.spec().spec_id != staged.spec:
            raise TargetError(
                f"the table {staged.table} got other partitions while rows were on their way",
                source=source,
                remedy="Partition it as before, load, and change the partitions when no load runs.",
            )
        try:
            files = staged.files(table.io)
        except FileNotFoundError as error:
            # Another run that finishes the same commit has removed it, or maintenance has, with the rows.
            if _has(catalog.load_table(path), mark):
                return
            raise TargetError(
                f"the files of the last batch are gone that the table {staged.table} was to have: {staged.manifest}",
                source=source,
                remedy=f"Restore them; or drop {PROGRESS}, and load from files what the tables do not have.",
            ) from error
        transaction = table.transaction().set_properties({NUMBER: mark})
        with transaction.update_snapshot(snapshot_properties={NUMBER: mark}).fast_append() as append:
            for each in files:
                append.append_data_file(each)
        try:
            commit_once(table, transaction)
        except CommitFailedException:
            # Somebody else changed the table: look at it again.
            time.sleep(_SECONDS)
        else:
            remove(table.io, staged.manifest)
            return
    raise TargetError(f"the table {staged.table} is changed by others all the time", source=source, remedy=_REMEDY)


def _has(table: Any, mark: str) -> bool:
    """Whether a table has a batch: the last one that it took is that one, or one behind it."""
    counted_by, _, number = table.properties.get(NUMBER, "/0").partition("/")
    by, _, wanted = mark.partition("/")
    return counted_by == by and int(number) >= int(wanted)


def discard(io: Any, staged: Staged) -> None:
    """Remove the files of a batch that was not committed."""
    for each in staged.files(io):
        remove(io, each.file_path)
    remove(io, staged.manifest)


def remove(io: Any, place: str) -> None:
    """Remove a file that nothing refers to; where that fails, it is one of those that maintenance removes."""
    with suppress(Exception):
        io.delete(place)
