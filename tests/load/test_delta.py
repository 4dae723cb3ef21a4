"""`jst load --to delta:`: what the tests of all targets do not ask."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import RowMaker
from jsonschema_tools.tables.stored import as_data
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.targets.model import TableRows, TableTarget, TargetError
from jsonschema_tools.targets.opening import target_of
from tests.load.reading import rows_of, word

pytestmark = pytest.mark.engines

INTEGER = {"type": "integer", "description": "A number."}
TEXT = {"type": "string", "description": "A text."}


def table(*versions: dict[str, Any]) -> Table:
    """The table of versions with these properties."""
    schemas = [
        (f"1.{minor}.0", {"type": "object", "properties": each})
        for minor, each in enumerate(versions or ({"n": INTEGER},))
    ]
    [found], _ = tables_of("a/b", schemas)
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    word("delta", tmp_path)
    return tmp_path / "lake"


def opened(place: Path) -> TableTarget:
    target = target_of(f"delta:{place}")
    target.open()
    return target


def put(place: Path, wanted: Table, *events: Any, progress: str = "1") -> None:
    with closing(opened(place)) as target:
        ready = target.prepare(wanted)
        target.commit([TableRows(ready, [RowMaker(ready.columns).row(event)[0] for event in events])], {"at": progress})


def numbers(place: Path) -> list[int]:
    return sorted(row["n"] for row in rows_of("delta", place, "a_b"))


def schema_of(place: Path) -> Any:
    from deltalake import DeltaTable

    return json.loads(DeltaTable(place / "a_b").schema().to_json())


def killed_between(place: Path, number: int) -> None:
    """A run that is killed when its commit counts, and no table has the rows yet."""
    program = f"""
import os
from jsonschema_tools.tables.stored import from_data
from jsonschema_tools.targets.delta import DeltaTarget
from jsonschema_tools.targets.model import TableRows
from jsonschema_tools.targets.opening import target_of
target = target_of("delta:{place}")
target.open()
ready = target.prepare(from_data({as_data(table())!r}))
DeltaTarget._finish = lambda self, files: os._exit(9)
target.commit([TableRows(ready, [({number},)])], {{"at": "{number}"}})
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 9, done


@pytest.mark.parametrize("before", [0, 1], ids=["the first commit", "a later one"])
def test_a_run_that_is_killed_between(before: int, place: Path) -> None:
    if before:
        put(place, table(), {"n": 1})
    killed_between(place, 2)
    target = target_of(f"delta:{place}")
    assert target.open().progress == {"at": "2"}
    target.close()
    assert numbers(place) == [1, 2][1 - before :]
    opened(place).close()
    assert numbers(place) == [1, 2][1 - before :]
    assert list((place / "a_b").glob(".jst-*")) == []


def test_a_run_that_is_killed_behind_the_commit_of_the_table(place: Path) -> None:
    """The rows are there, and so is the file that they were to come from."""
    killed_between(place, 1)
    hidden = place / "a_b" / ".jst-00000001.parquet"
    rows = hidden.read_bytes()
    opened(place).close()
    hidden.write_bytes(rows)
    opened(place).close()
    assert numbers(place) == [1]
    assert not hidden.exists()


def test_a_change_that_is_killed(place: Path) -> None:
    """The table has new columns that nobody knows of: whatever version comes next, it grows on."""
    first, second = {"n": INTEGER, "o": {"type": "object", "properties": {"x": TEXT}}}, {"new": TEXT}
    second = {**first, "o": {"type": "object", "properties": {"x": TEXT, "y": TEXT}}, **second}
    put(place, table(first), {"n": 1, "o": {"x": "a"}})
    with closing(opened(place)) as target:
        target.prepare(table(first, second))
    put(place, table(first), {"n": 2})
    put(place, table(first, second, {**second, "newer": TEXT}), {"n": 3, "o": {"y": "b"}, "new": "c", "newer": "d"})
    put(place, table(first, second), {"n": 4})
    rows = sorted(rows_of("delta", place, "a_b"), key=lambda row: row["n"])
    assert rows == [
        {"n": 1, "o": {"x": "a"}},
        {"n": 2},
        {"n": 3, "o": {"y": "b"}, "new": "c", "newer": "d"},
        {"n": 4},
    ]


def test_descriptions(place: Path) -> None:
    """New columns bring theirs, at any depth; those that change stay as they were."""
    first = {"n": INTEGER, "l": {"type": "array", "items": {"type": "object", "properties": {"x": TEXT}}}}
    inner = {"x": {**TEXT, "description": "Other."}, "y": TEXT}
    second = {
        "n": {**INTEGER, "description": "Other."},
        "l": {"type": "array", "items": {"type": "object", "properties": inner}},
        "new": {"type": "object", "additionalProperties": {"type": "object", "properties": {"z": TEXT}}},
    }
    put(place, table(first), {"n": 1})
    put(place, table(first, second), {"n": 2, "l": [{"y": "a"}]})
    put(place, table(first, second), {"n": 3})
    found = {each["name"]: each for each in schema_of(place)["fields"]}
    assert found["n"]["metadata"] == {"comment": "A number."}
    x, y = found["l"]["type"]["elementType"]["fields"]
    assert (x["metadata"], y["metadata"]) == ({"comment": "A text."}, {"comment": "A text."})
    [z] = found["new"]["type"]["valueType"]["fields"]
    assert z["metadata"] == {"comment": "A text."}
    assert numbers(place) == [1, 2, 3]


def test_columns_of_people(place: Path) -> None:
    from deltalake import DeltaTable, Field
    from deltalake.schema import PrimitiveType

    put(place, table(), {"n": 1})
    DeltaTable(place / "a_b").alter.add_columns(Field("mine", PrimitiveType("string")))
    put(place, table(), {"n": 2})
    put(place, table({"n": INTEGER}, {"n": INTEGER, "new": TEXT}), {"n": 3})
    assert DeltaTable(place / "a_b").to_pyarrow_table()["mine"].to_pylist() == [None, None, None]
    assert numbers(place) == [1, 2, 3]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"o": {"x": "a"}}, "the column n is missing"),
        ({"n": "text", "o": {"x": "a"}}, "the column n is string, not long"),
        ({"n": 1, "o": {"z": 1}}, "the column o is struct<>, not struct<x: string>"),
    ],
)
def test_columns_that_were_changed(columns: dict[str, Any], said: str, place: Path) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    wanted = table({"n": INTEGER, "o": {"type": "object", "properties": {"x": TEXT}}})
    put(place, wanted, {"n": 1})
    write_deltalake(place / "a_b", pa.Table.from_pylist([columns]), mode="overwrite", schema_mode="overwrite")
    with closing(opened(place)) as target, pytest.raises(TargetError, match="a_b was changed") as error:
        target.prepare(wanted)
    assert said in error.value.message


def test_a_table_of_others(place: Path) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    write_deltalake(place / "a_b", pa.table({"n": [1]}))
    with closing(opened(place)) as target, pytest.raises(TargetError, match="has not made"):
        target.prepare(table())


def test_a_table_that_goes(place: Path) -> None:
    """Who removes a table removes its rows; it is made anew with the next ones."""
    put(place, table(), {"n": 1})
    killed_between(place, 2)
    shutil.rmtree(place / "a_b")
    put(place, table(), {"n": 3})
    assert numbers(place) == [3]


def test_a_type_that_becomes_wider(place: Path) -> None:
    """As the remedy says: with its folder away, there is a new table."""
    put(place, table(), {"n": 1})
    wider = table({"n": INTEGER}, {"n": {"type": "number"}})
    with closing(opened(place)) as target, pytest.raises(SchemaToolsError, match="cannot change n of a_b") as error:
        target.prepare(wider)
    assert "Move the folder" in str(error.value.remedy)
    (place / "a_b").rename(place.parent / "old")
    put(place, wider, {"n": 1.5})
    assert [row["n"] for row in rows_of("delta", place, "a_b")] == [1.5]


def test_a_table_whose_making_was_killed(place: Path) -> None:
    program = f"""
import os
from jsonschema_tools.tables.stored import from_data
from jsonschema_tools.targets import delta
from jsonschema_tools.targets.opening import target_of
target = target_of("delta:{place}")
target.open()
delta._create = lambda place, table: os._exit(9)
target.prepare(from_data({as_data(table())!r}))
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 9, done
    put(place, table(), {"n": 1})
    assert numbers(place) == [1]


@pytest.mark.parametrize("name", ["a b", "a#b", "a?b", "a:b", "ü", "a%20b", "a[b", "a\\b", "a^b", "a|b", "a\nb"])
def test_names_of_folders(name: str, place: Path) -> None:
    """What deltalake takes, and what it does not: there it would panic, or write elsewhere."""
    odd = place / name / "lake"
    odd.parent.mkdir(parents=True)
    try:
        put(odd, table(), {"n": 1})
    except TargetError as error:
        assert "in the name of a folder" in error.message
        assert list(odd.parent.iterdir()) == []
    else:
        put(odd, table(), {"n": 2})
        assert numbers(odd) == [1, 2]
        assert sorted(path.name for path in (odd / "a_b").glob("_*")) == ["_delta_log"]


def test_a_log_that_cannot_be_read(place: Path) -> None:
    put(place, table(), {"n": 1})
    (place / "a_b" / "_delta_log" / f"{0:020}.json").write_text("{")
    with closing(opened(place)) as target, pytest.raises(TargetError, match="cannot be used"):
        target.prepare(table())
