"""`jst load` to Parquet beside DuckDB's own typed read of the same file: processor time, one thread, start-up counted.

`python benchmarks/loading.py SCHEMAS [EVENTS]` makes events of mediawiki/page/change out of its example, in the folder
of Wikimedia's schemas SCHEMAS, and loads them. DuckDB validates nothing; its columns are those that `jst table` prints.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
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


def main() -> None:
    schemas, count = Path(sys.argv[1]).absolute(), int(sys.argv[2]) if len(sys.argv) > 2 else 300_000
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "events.jsonl"
        write_events(schemas, count, file)
        print(f"{count} events, {file.stat().st_size // 2**20} MB")
        for kind in ("parquet", "jsonl", "duckdb", "sqlite"):
            load = ["-m", "jsonschema_tools", "load", str(file), "--to", f"{kind}:{name}/{kind}.rows"]
            used, memory = seconds(sys.executable, *load, folder=schemas)
            print(f"jst load --to {kind}: {used:.1f} s, {count / used:.0f} events/s, {memory} MB at most so far")
            rows = Path(name) / f"{kind}.rows"
            shutil.rmtree(rows) if rows.is_dir() else rows.unlink()
        typed = [sys.executable, "-c", _TYPED_READ, str(file), f"{name}/typed.parquet", TITLE]
        used, _ = seconds(*typed, folder=schemas)
        print(f"DuckDB's typed read to Parquet: {used:.1f} s, {count / used:.0f} events/s")


if __name__ == "__main__":
    main()
