"""`jst load --to iceberg:` with the SQLite catalog of pyiceberg: what the tests of all targets do not ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import RowMaker
from jsonschema_tools.tables.stored import as_data
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.targets.model import TableRows, TableTarget, TargetError
from jsonschema_tools.targets.opening import target_of
from tests.load.reading import rows_of, word


def table(title: str = "a/b", **properties: Any) -> Table:
    schema = {"type": "object", "properties": properties or {"n": {"type": "integer"}}}
    [found], _ = tables_of(title, [("1.0.0", schema)])
    return found


def put(target: TableTarget, wanted: Table, *events: Any, progress: str = "") -> None:
    ready = target.prepare(wanted)
    rows = [RowMaker(ready.columns).row(event)[0] for event in events]
    target.commit([TableRows(ready, rows)], {"at": progress} if progress else {})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def catalog(place: Path) -> Iterator[Any]:
    word("iceberg", place)
    from pyiceberg.catalog import load_catalog

    with closing(load_catalog("tests")) as found:
        yield found


def name_of(place: Path, table: str = "a_b") -> str:
    return f"{word('iceberg', place).partition('.')[2]}.{table}"


def killed_between(place: Path, number: int) -> None:
    """A run that is killed when its commit counts, and no table has the rows yet."""
    program = f"""
import os
from jsonschema_tools.tables.stored import from_data
from jsonschema_tools.targets.iceberg_commits import Ledger
from jsonschema_tools.targets.model import TableRows
from jsonschema_tools.targets.opening import target_of
target = target_of({word("iceberg", place)!r})
target.open()
ready = target.prepare(from_data({as_data(table())!r}))
Ledger.publish = lambda self: os._exit(9)
target.commit([TableRows(ready, [({number},)])], {{"at": "{number}"}})
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 9, done


def opened(place: Path) -> TableTarget:
    target = target_of(word("iceberg", place))
    target.open()
    return target


def numbers(place: Path, name: str = "a_b") -> list[int]:
    return sorted(row["n"] for row in rows_of("iceberg", place, name))


@pytest.mark.parametrize("rest", ["", "catalog", ".space", "catalog.", "catalog..a"])
def test_no_namespace(rest: str) -> None:
    with pytest.raises(UsageError) as error:
        target_of(f"iceberg:{rest}")
    assert error.value.remedy


@pytest.mark.engines
class TestCommits:
    def test_of_two_runs_the_later_commit_fails(self, place: Path) -> None:
        one, other = opened(place), opened(place)
        put(other, table(), {"n": 1}, progress="1")
        with pytest.raises(TargetError, match="another run of jst"):
            put(one, table(), {"n": 1}, progress="1")
        one.close()
        put(other, table(), {"n": 2}, progress="2")
        other.close()
        assert numbers(place) == [1, 2]

    def test_a_run_that_is_killed_between(self, place: Path, catalog: Any) -> None:
        with closing(opened(place)) as target:
            put(target, table(), {"n": 1}, progress="1")
        killed_between(place, 2)
        assert numbers(place) == [1]
        # Meanwhile somebody changes the table.
        with catalog.load_table(name_of(place)).update_schema() as update:
            from pyiceberg.types import StringType

            update.add_column("mine", StringType())
        target = target_of(word("iceberg", place))
        assert target.open().progress == {"at": "2"}
        assert numbers(place) == [1, 2]
        put(target, table(), {"n": 3})
        target.close()
        opened(place).close()
        assert numbers(place) == [1, 2, 3]
        assert catalog.load_table(name_of(place)).scan().to_arrow()["mine"].to_pylist() == [None, None, None]

    def test_two_runs_finish_one_commit(self, place: Path) -> None:
        """Both have read that a table lacks the rows; it gets them once."""
        killed_between(place, 1)
        program = (
            f"from jsonschema_tools.targets.opening import target_of; target_of({word('iceberg', place)!r}).open()"
        )
        runs = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(4)]
        for run in runs:
            _, said = run.communicate()
            assert run.returncode == 0, said
        assert numbers(place) == [1]

    def test_a_run_that_was_asleep(self, place: Path, catalog: Any) -> None:
        """Others have finished its commit, and loaded on, when it comes to give the tables their files."""
        from jsonschema_tools.targets.iceberg_commits import Ledger

        killed_between(place, 1)
        asleep = Ledger(catalog, (name_of(place).partition(".")[0],), "iceberg")
        manifest = Path(asleep.record.staged[0].manifest.removeprefix("file://"))
        kept = manifest.read_bytes()
        with closing(opened(place)) as target:
            put(target, table(), {"n": 2})
        asleep.publish()
        manifest.write_bytes(kept)
        asleep.publish()
        assert numbers(place) == [1, 2]

    def test_a_table_that_was_dropped_between(self, place: Path, catalog: Any) -> None:
        killed_between(place, 1)
        catalog.drop_table(name_of(place))
        with closing(opened(place)) as target:
            put(target, table(), {"n": 2})
        assert numbers(place) == [2]

    def test_partitions_that_change_between(self, place: Path, catalog: Any) -> None:
        killed_between(place, 1)
        with catalog.load_table(name_of(place)).update_spec() as update:
            update.add_identity("n")
        with closing(target_of(word("iceberg", place))) as target, pytest.raises(TargetError, match="partitions"):
            target.open()
        with catalog.load_table(name_of(place)).update_spec() as update:
            update.remove_field("n")
        opened(place).close()
        assert numbers(place) == [1]

    def test_files_that_maintenance_removed(self, place: Path, catalog: Any) -> None:
        killed_between(place, 1)
        folder = Path(catalog.load_table(name_of(place)).location().removeprefix("file://"))
        [manifest] = folder.glob("metadata/jst-*")
        manifest.unlink()
        with (
            closing(target_of(word("iceberg", place))) as target,
            pytest.raises(TargetError, match="are gone") as error,
        ):
            target.open()
        assert "_jst_progress" in str(error.value.remedy)

    def test_without_its_record_nothing_is_left_out(self, place: Path, catalog: Any) -> None:
        """Who drops the record loads again; what is loaded then counts, whatever its number was before."""
        for number in (1, 2):
            with closing(opened(place)) as target:
                put(target, table(), {"n": number})
        catalog.drop_table(name_of(place, "_jst_progress"))
        with closing(opened(place)) as target:
            put(target, table(), {"n": 3})
        assert numbers(place) == [1, 2, 3]

    def test_the_record_does_not_grow(self, place: Path, catalog: Any) -> None:
        with closing(opened(place)) as target:
            for number in range(12):
                put(target, table(), {"n": number}, progress=str(number))
        record = catalog.load_table(name_of(place, "_jst_progress"))
        assert len(record.snapshots()) == 1
        folder = Path(record.location().removeprefix("file://")) / "metadata"
        assert len(list(folder.glob("*.avro"))) == 1
        assert len(list(folder.iterdir())) < 10
        table_folder = Path(catalog.load_table(name_of(place)).location().removeprefix("file://"))
        assert not list(table_folder.glob("metadata/jst-*"))

    def test_a_commit_that_fails_leaves_no_files(self, place: Path, catalog: Any) -> None:
        with closing(opened(place)) as target:
            one, two = target.prepare(table()), target.prepare(table("b/c", x={"type": "string"}))
            with pytest.raises(TargetError, match="cannot be written"):
                target.commit([TableRows(one, [(1,)]), TableRows(two, [("\ud800",)])], {})
        folder = Path(catalog.load_table(name_of(place)).location().removeprefix("file://"))
        assert [path.name for path in folder.rglob("*") if path.suffix in (".parquet", ".avro")] == []

    def test_a_warehouse_that_goes(self, place: Path, catalog: Any) -> None:
        with closing(opened(place)) as target:
            put(target, table(), {"n": 1})
            shutil.rmtree(Path(catalog.load_table(name_of(place)).location().removeprefix("file://")).parent)
            with pytest.raises(TargetError, match="cannot be"):
                put(target, table(), {"n": 2})


@pytest.mark.engines
class TestTables:
    def test_partitions_of_people(self, place: Path, catalog: Any) -> None:
        meta = {"type": "object", "properties": {"dt": {"type": "string", "format": "date-time"}}}
        wanted = table(n={"type": "integer"}, meta=meta, s={"type": "string"})
        with closing(opened(place)) as target:
            target.prepare(wanted)
        with catalog.load_table(name_of(place)).update_spec() as update:
            update.add_field("meta.dt", "day")
            update.add_identity("s")
        with closing(opened(place)) as target:
            put(
                target,
                wanted,
                *({"n": n, "meta": {"dt": f"2026-01-0{n}T00:00:00Z"}, "s": "a"} for n in (1, 2)),
                {"n": 3},
            )
        files = list(catalog.load_table(name_of(place)).scan().plan_files())
        assert sorted(str(file.file.partition) for file in files) == sorted(
            ["Record[20454, a]", "Record[20455, a]", "Record[None, None]"]
        )
        assert numbers(place) == [1, 2, 3]
        assert catalog.load_table(name_of(place)).scan("meta.dt < '2026-01-02T00:00:00+00:00'").count() == 1

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda update: update.delete_column("n"), "the column n is missing"),
            (lambda update: update.rename_column("n", "m"), "the column n is missing"),
            (lambda update: update.delete_column(("o", "x")), "the column o is struct<>, not struct<x: "),
        ],
    )
    def test_columns_that_were_changed(self, place: Path, catalog: Any, change: Any, said: str) -> None:
        wanted = table(n={"type": "integer"}, o={"type": "object", "properties": {"x": {"type": "string"}}})
        with closing(opened(place)) as target:
            put(target, wanted, {"n": 1})
        with catalog.load_table(name_of(place)).update_schema() as update:
            change(update)
        with closing(opened(place)) as target, pytest.raises(TargetError, match="a_b was changed") as error:
            target.prepare(wanted)
        assert said in error.value.message

    def test_a_type_that_becomes_wider(self, place: Path, catalog: Any) -> None:
        """As the remedy says: under another name it is out of the way."""
        with closing(opened(place)) as target:
            put(target, table(), {"n": 1})
        wider = table(n={"type": "number"})
        with closing(opened(place)) as target, pytest.raises(SchemaToolsError, match="cannot change n of a_b") as error:
            target.prepare(wider)
        assert "Rename the table" in str(error.value.remedy)
        catalog.rename_table(name_of(place), name_of(place, "old"))
        with closing(opened(place)) as target:
            put(target, wider, {"n": 1.5})
        assert [row["n"] for row in rows_of("iceberg", place, "a_b")] == [1.5]

    def test_a_table_of_others(self, place: Path, catalog: Any) -> None:
        from pyiceberg.schema import Schema

        opened(place).close()
        catalog.create_table(name_of(place), Schema())
        with closing(opened(place)) as target, pytest.raises(TargetError, match="has not made"):
            target.prepare(table())

    def test_a_catalog_that_nobody_configured(self) -> None:
        pytest.importorskip("pyiceberg", reason="pyiceberg is not installed")
        with closing(target_of("iceberg:nowhere.a")) as target, pytest.raises(TargetError, match="opened") as error:
            target.open()
        assert "~/.pyiceberg.yaml" in str(error.value.remedy)

    def test_a_configuration_that_cannot_be_read(self, tmp_path: Path) -> None:
        """It is read when pyiceberg is imported."""
        word("iceberg", tmp_path)
        (tmp_path / ".pyiceberg.yaml").write_text("catalog: [")
        program = "from jsonschema_tools.targets.opening import target_of; target_of('iceberg:a.b').open()"
        environment = {**os.environ, "PYICEBERG_HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, check=False, capture_output=True, text=True
        )
        assert "TargetError: iceberg:a.b: the tables cannot be opened" in done.stderr
