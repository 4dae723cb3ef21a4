"""A target that fails: one clear message, and the position is that of the last commit."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.targets.model import TableRows, TargetError
from jsonschema_tools.targets.opening import target_of
from tests.load.events import lines, order
from tests.load.reading import KINDS, PLACES, rows_of, word
from tests.needs import example_repository

EVENTS = 3000
FOLDERS = ("parquet", "jsonl")


def load(kind: str, place: Path, events: Path, most_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    """`jst load`, which can write so many bytes into one file at most, as on a disk that is full."""

    def limit() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    command = [sys.executable, "-m", "jsonschema_tools", "load", str(events), "--to", word(kind, place)]
    return subprocess.run(
        [*command, "--batch", "500"],
        cwd=example_repository(),
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.search
@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk(kind: str, tmp_path: Path) -> None:
    events, place = tmp_path / "events.jsonl", tmp_path / PLACES[kind]
    # The file of each commit is larger than the one before, so that folders are full in the middle, too.
    events.write_bytes(lines(*(order(number, note=os.urandom(number // 10).hex()) for number in range(1, EVENTS + 1))))
    failed = load(kind, place, events, 150_000)
    assert failed.returncode == 2, failed
    assert failed.stderr.count("error:") == 1, failed.stderr
    assert "Traceback" not in failed.stderr
    assert "run the same command again" in failed.stderr.replace("\n", " ")
    done = load(kind, place, events)
    assert done.returncode == 0, done
    assert sorted(row["order_id"] for row in rows_of(kind, place, "shop_order_placed")) == [*range(1, EVENTS + 1)]


def table() -> Table:
    [found], _ = tables_of("a/b", [("1.0.0", {"type": "object", "properties": {"n": {"type": "integer"}}})])
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_commit_that_fails_leaves_nothing(kind: str, tmp_path: Path) -> None:
    """A text that is not UTF-8 stands for whatever may go wrong in the middle of a commit."""
    place = tmp_path / PLACES[kind]
    target = target_of(word(kind, place))
    assert not target.open().progress
    ours = target.prepare(table())
    target.commit([TableRows(ours, [(1,)])], {"a": "1"})
    second = target.prepare(tables_of("b/c", [("1.0.0", {"type": "object", "properties": {"x": {}}})])[0][0])
    with pytest.raises((TargetError, UnicodeEncodeError)):
        target.commit([TableRows(ours, [(2,)]), TableRows(second, [("\ud800",)])], {"a": "2"})
    target.close()
    again = target_of(word(kind, place))
    assert again.open().progress == {"a": "1"}
    again.close()
    assert rows_of(kind, place, "a_b") == [{"n": 1}]


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_folder_that_goes(kind: str, tmp_path: Path) -> None:
    place = tmp_path / PLACES[kind]
    target = target_of(word(kind, place))
    target.open()
    ours = target.prepare(table())
    target.commit([TableRows(ours, [(1,)])], {"a": "1"})
    shutil.rmtree(place)
    with pytest.raises(TargetError, match="cannot be written"):
        target.commit([TableRows(ours, [(2,)])], {"a": "2"})
    target.close()


@pytest.mark.parametrize("kind", FOLDERS)
def test_what_a_killed_commit_left(kind: str, tmp_path: Path) -> None:
    """Files that the manifest names get their names; others of its commit go; those of people stay."""
    place = tmp_path / PLACES[kind]
    target = target_of(word(kind, place))
    target.open()
    ours = target.prepare(table())
    target.commit([TableRows(ours, [(1,)])], {})
    target.commit([TableRows(ours, [(2,)])], {"a": "2"})
    target.close()
    folder = place / "a_b"
    (folder / f"00000002.{kind}").rename(folder / f".jst-00000002.{kind}")
    (folder / f".jst-00000003.{kind}").write_bytes(b"half")
    (place / ".jst-_jst.json").write_bytes(b"{")
    (folder / ".mine").write_bytes(b"mine")
    again = target_of(word(kind, place))
    assert again.open().progress == {"a": "2"}
    again.close()
    assert sorted(path.name for path in folder.iterdir()) == [".mine", f"00000001.{kind}", f"00000002.{kind}"]
    assert [path.name for path in place.glob(".*")] == []
    assert rows_of(kind, place, "a_b") == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("kind", FOLDERS)
@pytest.mark.parametrize(
    "text", [b"", b"[]", b'{"commit": 1}', b'{"commit": 1, "progress": 3, "tables": {}, "files": []}']
)
def test_a_manifest_that_is_none(kind: str, text: bytes, tmp_path: Path) -> None:
    place = tmp_path / PLACES[kind]
    place.mkdir()
    (place / "_jst.json").write_bytes(text)
    target = target_of(word(kind, place))
    with pytest.raises(TargetError, match="manifest cannot be read"):
        target.open()
    target.close()


@pytest.mark.parametrize(
    ("kind", "package"),
    [("duckdb", "duckdb"), ("parquet", "pyarrow"), ("iceberg", "pyiceberg"), ("delta", "deltalake")],
)
def test_an_extra_that_is_not_installed(
    kind: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(TargetError, match="is not installed") as error:
        target_of("iceberg:a.b" if kind == "iceberg" else f"{kind}:{tmp_path / PLACES[kind]}").open()
    assert f"`pip install '{package}" in str(error.value.remedy)
    assert list(tmp_path.iterdir()) == []
