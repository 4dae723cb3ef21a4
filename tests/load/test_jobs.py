"""`jst load --jobs`: workers make the rows, and what is stored is what one process alone would have stored, in its order."""

from __future__ import annotations

import gzip
import json
import pickle
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools import EventSettings
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.sources.chunks import Chunk, FileChanged, Position
from jsonschema_tools.sources.positions import SourceFile
from jsonschema_tools.targets.opening import target_of
from jsonschema_tools.use_cases.load_routes import Routes
from jsonschema_tools.use_cases.load_rows import LoadSettings
from jsonschema_tools.use_cases.load_tables import TableBook
from jsonschema_tools.use_cases.load_workers import Work, Worker, come_back, make_there, row_making
from jsonschema_tools.use_cases.validate import store_opener
from tests.load.events import PLACED, lines, order
from tests.load.reading import KINDS, LAKES, PLACES, stored, word
from tests.needs import example_repository

EVENTS = 4000
WITH_WORKERS = [
    sys.executable, "-c",
    "import sys; from jsonschema_tools.use_cases import load; from jsonschema_tools.sources import positions; "
    "load.SHORT = 0; positions.CHUNK_SIZE = 20_000; "
    "from jsonschema_tools.cli import main; sys.argv[0] = 'jst'; main()",
    "load",
]  # fmt: skip
"""`jst load`, for which no file is too short for workers."""


def click(number: int, **more: Any) -> dict[str, Any]:
    event = order(number)
    return {
        "$schema": "/legacy/newsletter_click/1.0.0",
        "meta": event["meta"],
        "dt": event["dt"],
        "linkNumber": number,
        **more,
    }


def events() -> bytes:
    """Events of two titles, the second of which comes late; each seventh is refused, some have values without a column."""
    found = list[bytes]()
    for number in range(1, EVENTS + 1):
        late = number > EVENTS // 2 and number % 3 == 0
        event = click(number) if late else order(number, **({"more": {"a": 1}} if number % 50 == 0 else {}))
        if number % 7 == 0:
            event["dt"] = "no time"
        found.append(lines(event) + (b"\n" if number % 100 == 0 else b""))
    return b"".join([*found, b"no JSON\n", lines(order(0))[:-1]])


def load(folder: Path, source: str, kind: str, jobs: int, *more: str, stdin: bytes | None = None) -> dict[str, Any]:
    """The report of a load into a target in a folder."""
    folder.mkdir(exist_ok=True)
    options = ["--refused", str(folder / "refused.jsonl"), "--format", "json", "--jobs", str(jobs), "--batch", "700"]
    done = subprocess.run(
        [*WITH_WORKERS, source, "--to", word(kind, folder / PLACES[kind]), *options, *more],
        cwd=example_repository(), capture_output=True, check=False, input=stdin, timeout=120,
    )  # fmt: skip
    assert done.returncode in (0, 1), done
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def rows(folder: Path, kind: str) -> dict[str, list[dict[str, Any]]]:
    """The rows by their tables: in order, but for lakes, whose readers have none."""
    found = {table.name: rows for table, rows in stored(kind, folder / PLACES[kind])}
    return {name: sorted(rows, key=repr) for name, rows in found.items()} if kind in LAKES else found


@pytest.mark.search
@pytest.mark.parametrize("more", [(), ("--key", "dt", "--rest"), ("--table-by", "stream"), ("--again",)], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_rows_in_the_same_order(kind: str, more: tuple[str, ...], tmp_path: Path) -> None:
    source = tmp_path / "events.jsonl"
    source.write_bytes(events())
    found = []
    for jobs in (1, 3):
        folder = tmp_path / str(jobs)
        reports = [load(folder, str(source), kind, jobs, *more)]
        refused = (folder / "refused.jsonl").read_bytes()
        assert len(refused.splitlines()) == reports[0]["summary"]["refused"] == EVENTS // 7 + 1
        table_rows = rows(folder, kind)
        # The position is that of the end.
        reports.append(load(folder, str(source), kind, jobs))
        assert reports[1]["summary"]["events"] == 0
        found.append((reports, refused, table_rows))
    assert found[0] == found[1]


@pytest.mark.search
@pytest.mark.parametrize("name", ["events.jsonl.gz", "events.json", "-"])
def test_other_forms(name: str, tmp_path: Path) -> None:
    source = tmp_path / name
    if name.endswith("gz"):
        source.write_bytes(gzip.compress(events()))
    elif name != "-":
        source.write_text(json.dumps([order(number) for number in range(1, EVENTS)]))
    read, stdin = ("-", events()) if name == "-" else (str(source), None)
    found = []
    for jobs in (1, 2):
        report = load(tmp_path / str(jobs), read, "parquet", jobs, stdin=stdin)
        found.append(
            (report, rows(tmp_path / str(jobs), "parquet"), (tmp_path / str(jobs) / "refused.jsonl").read_bytes())
        )
    assert found[0] == found[1]
    assert found[0][0]["summary"]["valid"] > EVENTS // 2


@pytest.mark.search
def test_a_worker_that_is_killed(tmp_path: Path) -> None:
    """One message; the same command goes on."""
    source, place = tmp_path / "events.jsonl", tmp_path / PLACES["parquet"]
    source.write_bytes(lines(*(order(number) for number in range(1, 60_001))))
    command = [*WITH_WORKERS, str(source), "--to", f"parquet:{place}", "--batch", "100"]
    with subprocess.Popen(
        [*command, "--jobs", "2"], cwd=example_repository(), stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        deadline = time.monotonic() + 60
        while not place.exists() or len(list(place.rglob("*.parquet"))) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        [worker, *_] = children.read_text().split()
        subprocess.run(["kill", "-9", worker], check=True)
        _, said = run.communicate(timeout=60)
    assert run.returncode == 2, said
    assert b"a worker process was ended from outside" in said
    assert b"Traceback" not in said
    subprocess.run([*command, "--jobs", "2"], cwd=example_repository(), check=True, timeout=120, capture_output=True)
    [(_, found)] = stored("parquet", place)
    assert [row["order_id"] for row in found] == [*range(1, 60_001)]


@pytest.mark.search
def test_most_refused(tmp_path: Path) -> None:
    source = tmp_path / "events.jsonl"
    source.write_bytes(events())
    refused = tmp_path / "refused.jsonl"
    command = [*WITH_WORKERS, str(source), "--to", f"sqlite:{tmp_path / 'rows.db'}", "--refused", str(refused)]
    done = subprocess.run(
        [*command, "--jobs", "2", "--max-refused", "100"],
        cwd=example_repository(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, "more than 100 events were refused" in done.stderr) == (2, True), done
    assert len(refused.read_bytes().splitlines()) == 101


def work(data: bytes, changes: int = 0, **more: Any) -> Work:
    return Work("e.jsonl", None, Chunk(Position(), data=data), 0, changes, more.get("tables", {}), False)


def test_what_a_worker_knows(tmp_path: Path) -> None:
    """It asks for the tables that it does not know, keeps them, and forgets them once one was changed."""
    config = load_config(example_repository())
    store = store_opener(config, offline=True)()
    target = target_of(f"parquet:{tmp_path / 'rows'}")
    target.open()
    routes = Routes(target, TableBook(store, config), LoadSettings(), "meta.stream", lambda _name: None)
    worker = Worker(row_making(store, LoadSettings(), EventSettings(), arrow=True))
    text, named = lines(order(1), order(2, dt="no time"), order(3)), (f"{PLACED}/1.2.0", None)
    assert make_there(worker, work(text)).missing == (named,)
    routes.prepare([named])
    here = row_making(store, LoadSettings(), EventSettings(), arrow=True)
    here.tables = routes.tables
    wanted = here.make("e.jsonl", Chunk(Position(), data=text).events())
    for tables in (routes.tables, {}):
        made = come_back(make_there(worker, work(text, tables=tables)), routes.by_name)
        assert not made.missing
        assert made.parts["shop_order_placed"].arrow[0].equals(wanted.parts["shop_order_placed"].arrow[0])
        assert (made.refusals, made.counts) == (wanted.refusals, wanted.counts)
    assert make_there(worker, work(text, changes=1)).missing == (named,)
    target.close()


def test_a_target_that_refuses_a_row(tmp_path: Path) -> None:
    """Workers do not know of it: the chunk is made again beside the target."""
    from jsonschema_tools.tables.scalars import Misfit
    from jsonschema_tools.targets.sqlite import SqliteTarget
    from jsonschema_tools.use_cases import load as use_case

    class Picky(SqliteTarget):
        def misfit(self, table: Any, row: Any) -> Misfit | None:
            return Misfit("no such number here", "/order_id", "Count on.") if 13 in row else None

    source = tmp_path / "e.jsonl"
    source.write_bytes(lines(*(order(number) for number in range(1, 31))))
    refused = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(use_case, "SHORT", 0)
        patch.setattr(use_case, "CHUNK", 5)
        report = use_case.load_files(
            [str(source)],
            Picky(tmp_path / "rows.db"),
            load_config(example_repository()),
            jobs=2,
            refused=refused.append,
        )
    assert [refusal.line for refusal in refused] == [13]
    assert report.tables["shop_order_placed"].rows == 29
    shutil.rmtree(tmp_path)


def sent(chunk: Chunk) -> Chunk:
    """A chunk as it comes to a worker."""
    back: Chunk = pickle.loads(pickle.dumps(chunk.to_send()))
    return back


def test_workers_read_a_file_themselves(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"\n" + lines(*map(order, range(1, 8))))
    chunks = list(SourceFile(str(path)).chunks(3))
    assert len(chunks) > 2
    for chunk in chunks:
        assert chunk.data
        assert not sent(chunk).data
        assert sent(chunk).events() == chunk.events()
    compressed = tmp_path / "e.jsonl.gz"
    compressed.write_bytes(gzip.compress(path.read_bytes()))
    assert all(sent(chunk).data for chunk in SourceFile(str(compressed)).chunks(3))


@pytest.mark.parametrize("how", ["replaced", "cut", "gone"])
def test_what_a_worker_cannot_read_is_done_here(tmp_path: Path, how: str) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(lines(*map(order, range(1, 8))))
    [chunk] = SourceFile(str(path)).chunks(100)
    if how == "replaced":
        (tmp_path / "other").write_bytes(lines(*map(order, range(11, 18))))
        (tmp_path / "other").replace(path)
    elif how == "cut":
        path.write_bytes(path.read_bytes()[:-10])
    else:
        path.unlink()
    with pytest.raises((FileChanged, OSError)):
        sent(chunk).events()
    assert len(chunk.events().texts) == 7
    work = Work(str(path), None, sent(chunk), 0, 0, {}, here=False)
    config = load_config(example_repository())
    making = row_making(store_opener(config, offline=True)(), LoadSettings(), EventSettings(), arrow=False)
    assert make_there(Worker(making), work) is None
