"""`jst load` to Parquet beside others that read the same file: processor time, one thread each, start-up counted.

`python benchmarks/loading.py SCHEMAS [EVENTS] [--dlt PYTHON] [--spark PYTHON]` makes events of mediawiki/page/change
out of its example, in the folder of Wikimedia's schemas SCHEMAS, and loads them. Neither DuckDB, whose columns are
those that `jst table` prints, nor Spark nor dlt validates anything. Each PYTHON is one that has dlt (with duckdb), or
PySpark; without, that one is left out.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

TITLE, VERSION = "mediawiki/page/change", "1.2.0"

_TYPED_READ = """
import sys
import duckdb
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.tables.dialects.duckdb import type_text
from jsonschema_tools.use_cases.tables import title_tables

file, target, title = sys.argv[1:]
[found] = title_tables(load_config(), [title])
columns = {each.name: type_text(each.type) for each in found.tables[-1].columns.fields}
connection = duckdb.connect()
connection.execute("SET threads = 1")
pairs = ", ".join(f"'{column}': '{type_}'" for column, type_ in columns.items())
read = f"read_json('{file}', format = 'newline_delimited', columns = {{{pairs}}})"
connection.execute(f"COPY (SELECT * FROM {read}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
"""

_DLT = """
import os
import sys

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "NORMALIZE__WORKERS": "1", "LOAD__WORKERS": "1"}
import dlt
from dlt.common.json import json

file, folder = sys.argv[1:]


@dlt.resource(name="events", max_table_nesting=0)
def events():
    with open(file, "rb") as lines:
        for line in lines:
            yield json.loadb(line)


where = dlt.destinations.duckdb(f"{folder}/events.duckdb")
dlt.pipeline("jst_benchmark", pipelines_dir=folder, destination=where, dataset_name="d").run(events())
"""

_SPARK = """
import sys

from pyspark.sql import SparkSession

file, target, table = sys.argv[1:]
places = {"spark.ui.enabled": "false", "spark.sql.warehouse.dir": f"{target}.warehouse"}
spark = SparkSession.builder.master("local[1]").config(map=places).getOrCreate()
spark.sql(table)
types = spark.table(spark.catalog.listTables()[0].name).schema
spark.read.schema(types).json(file).write.option("compression", "zstd").parquet(target)
gateway = spark.sparkContext._gateway
spark.stop()
gateway.shutdown()
# The time of the JVM counts only once it has ended, which it does at the end of its input.
gateway.proc.stdin.close()
gateway.proc.wait()
"""


def write_events(schemas: Path, count: int, file: Path) -> None:
    """Events that differ in what differs in real ones: ids, titles, sizes, times, comments."""
    schema = yaml.safe_load((schemas / "jsonschema" / TITLE / f"{VERSION}.yaml").read_bytes())
    base = schema["examples"][0]
    with file.open("wb") as stream:
        for number in range(count):
            base["meta"]["id"] = f"{number:08x}-0000-4000-8000-000000000000"
            base["dt"] = f"2026-01-01T{number % 24:02}:{number % 60:02}:{number % 59:02}.{number % 1000:03}Z"
            base["page"]["page_id"] = number + 1
            base["page"]["page_title"] = f"Page_{number}"
            base["revision"]["rev_id"] = 10**9 + number
            base["revision"]["comment"] = f"comment number {number} " * (number % 5)
            stream.write(json.dumps(base).encode() + b"\n")


def seconds(*command: str, folder: Path) -> tuple[float, int]:
    """The processor time of a command, and the most memory that any took so far, in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, after.ru_maxrss // 1024


def spark_table(schemas: Path) -> str:
    """What makes the table in Spark."""
    command = [sys.executable, "-m", "jsonschema_tools", "table", TITLE, "--as", "spark"]
    return subprocess.run(command, cwd=schemas, check=True, capture_output=True, text=True).stdout.rstrip(";\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("schemas", type=Path)
    parser.add_argument("events", type=int, nargs="?", default=300_000)
    parser.add_argument("--dlt", metavar="PYTHON")
    parser.add_argument("--spark", metavar="PYTHON")
    options = parser.parse_args()
    schemas, count = options.schemas.absolute(), options.events
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "events.jsonl"
        write_events(schemas, count, file)
        print(f"{count} events, {file.stat().st_size // 2**20} MB")
        ours: float | None = None
        for kind, *more in (("parquet",), ("parquet", "--jobs", "2"), ("jsonl",), ("duckdb",), ("sqlite",)):
            load = ["-m", "jsonschema_tools", "load", str(file), "--to", f"{kind}:{name}/{kind}.rows", *more]
            start = time.perf_counter()
            used, memory = seconds(sys.executable, *load, folder=schemas)
            clock = time.perf_counter() - start
            ours = ours or used
            told = " ".join(["jst load --to", kind, *more])
            rate = f"{used:.1f} s ({clock:.1f} s on the clock), {count / used:.0f} events/s"
            print(f"{told}: {rate}, {memory} MB at most so far", flush=True)
            rows = Path(name) / f"{kind}.rows"
            shutil.rmtree(rows) if rows.is_dir() else rows.unlink()
        others = {"DuckDB's typed read to Parquet": [sys.executable, "-c", _TYPED_READ, f"{name}/typed.parquet", TITLE]}
        if options.spark:
            others["Spark, local[1], to Parquet"] = [options.spark, "-c", _SPARK, f"{name}/spark", spark_table(schemas)]
        if options.dlt:
            others["dlt to DuckDB"] = [options.dlt, "-c", _DLT, name]
        for told, (python, dash, program, *arguments) in others.items():
            used, _ = seconds(python, dash, program, str(file), *arguments, folder=schemas)
            print(f"{told}: {used:.1f} s, {used / (ours or used):.2f} times jst to Parquet")


if __name__ == "__main__":
    main()
