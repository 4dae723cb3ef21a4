"""Spark reads the tables of Iceberg and Delta that `jst load` makes, and runs what `jst table --as spark` prints."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.tables.dialects import dialect
from jsonschema_tools.tables.folding import evolution
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.titles import tables_of
from tests.load.reading import of_objects, stored, word
from tests.load.test_read_back import examples, load, text
from tests.needs import NO_CORPUS, WMF_PRIMARY
from tests.processing.engines import lake_jars, missing_lake_spark, pyspark_of_lakes
from tests.tables.histories import histories

pytestmark = pytest.mark.spark


@pytest.fixture(autouse=True)
def _needs() -> None:
    if reason := missing_lake_spark():
        pytest.skip(reason)
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)


def run(folder: Path, **work: Any) -> Any:
    """What Spark makes of statements and tables."""
    job = folder / "spark"
    job.mkdir()
    told = {"jars": [str(jar) for jar in lake_jars() or ()], "warehouse": str(job / "warehouse"), **work}
    (job / "work.json").write_text(json.dumps(told), "utf-8")
    command = [str(pyspark_of_lakes()), str(Path(__file__).with_name("spark_tables.py")), "work.json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=job, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("kind", ["iceberg", "delta"])
def test_every_example_is_read_as_it_was(kind: str, tmp_path: Path) -> None:
    place = tmp_path / kind
    report = load(examples(WMF_PRIMARY / "jsonschema"), kind, WMF_PRIMARY, place)
    assert report.summary.refused == 0
    wanted = {table.name: (table, rows) for table, rows in stored(kind, place) if rows}
    found = run(tmp_path, tables=dict(places(kind, place, wanted)))["rows"]
    assert found.keys() == wanted.keys()
    for name, (table, rows) in wanted.items():
        read = [of_objects(table.columns, row) for row in found[name]]
        assert Counter(map(text, read)) == Counter(map(text, rows)), name


def places(kind: str, place: Path, names: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    """By the names of tables: the format, and what Spark reads the table by."""
    if kind == "delta":
        yield from ((name, ("delta", str(place / name))) for name in names)
        return
    from pyiceberg.catalog import load_catalog

    with closing(load_catalog("tests")) as catalog:
        for name in names:
            found = catalog.load_table(f"{word(kind, place).partition('.')[2]}.{name}")
            yield name, ("iceberg", found.metadata_location)


def test_statements_make_every_table_and_every_step(tmp_path: Path) -> None:
    """Tables are those of Iceberg, which Spark changes at any depth; in the end each is like a fresh one."""
    spark, statements, made = dialect("spark"), ["CREATE NAMESPACE ice.a", "CREATE NAMESPACE ice.b"], set[str]()
    for title, versions in histories(WMF_PRIMARY / "jsonschema").items():
        before: Table | None = None
        for count in range(1, len(versions) + 1):
            tables, _ = tables_of(title, versions[:count])
            if not tables:
                continue
            now = tables[-1]
            if before is None or before.name != now.name:
                statements += ["USE ice.a", *spark.create(now)]
                statements.append(f"INSERT INTO `{now.name}` VALUES ({', '.join('NULL' for _ in now.columns.fields)})")
            else:
                statements += ["USE ice.a", *spark.evolve(before, evolution(before.columns, now.columns))]
            before = now
        if before is not None:
            statements += ["USE ice.b", *spark.create(before)]
            made.add(before.name)
    answer = run(tmp_path, statements=statements, schemas=[f"ice.{each}.{name}" for each in "ab" for name in made])
    assert answer["failed"] == []
    assert len(made) > 50
    assert len(answer["columns"]) == 2 * len(made)
    for name in made:
        assert json.loads(answer["columns"][f"ice.a.{name}"]) == json.loads(answer["columns"][f"ice.b.{name}"])
