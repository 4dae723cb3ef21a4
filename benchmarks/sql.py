"""`jst sql` beside DuckDB's `read_json_auto`, counting one of many kinds of events: processor time, start-up counted.

`python benchmarks/sql.py SCHEMAS [EVENTS]` makes events of the titles in the folder of Wikimedia's schemas SCHEMAS out
of their examples, in turn, and counts those of one title, and those of one stream. DuckDB validates nothing, and makes
one column, ``json``, of so many kinds of events; both have one thread. The numbers are compared with those of a plain
count in Python.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from jsonschema_tools.versions import is_version, sort_versions

TITLE, STREAM = "mediawiki/page/change", "mediawiki.page_change"
RUNS = 3

_AUTO = """
import sys
import duckdb

file, condition = sys.argv[1:]
connection = duckdb.connect()
connection.execute("SET threads = 1")
print(connection.execute(f"SELECT count(*) FROM read_json_auto('{file}') WHERE {condition}").fetchone()[0])
"""


def examples(schemas: Path) -> list[dict[str, Any]]:
    """The first example of the newest version of each title that has one."""
    found = []
    for current in sorted(schemas.glob("jsonschema/**/current.yaml")):
        versions = sort_versions(path.stem for path in current.parent.glob("*.yaml") if is_version(path.stem))
        documents = [yaml.safe_load((current.parent / f"{version}.yaml").read_bytes()) for version in versions[-1:]]
        found += [each["examples"][0] for each in documents if each.get("examples")]
    return [json.loads(json.dumps(each, default=str)) for each in found if isinstance(each, dict) and "$schema" in each]


def write_events(kinds: Sequence[dict[str, Any]], count: int, file: Path) -> tuple[int, int]:
    """Write events, each kind in turn with ids of their own; how many are of the title, and of the stream."""
    titles = streams = 0
    with file.open("wb") as stream:
        for number, event in zip(range(count), itertools.cycle(kinds), strict=False):
            event.get("meta", {})["id"] = f"{number:08x}-0000-4000-8000-000000000000"
            titles += event["$schema"].startswith(f"/{TITLE}/")
            streams += event.get("meta", {}).get("stream") == STREAM
            stream.write(json.dumps(event).encode() + b"\n")
    return titles, streams


def counted(command: Sequence[str], folder: Path) -> tuple[float, int, int]:
    """The processor time of a command, the number that it prints, and its exit code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not done.stdout.strip():
        sys.exit(done.stderr)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, int(done.stdout.split()[-1]), done.returncode


def main() -> None:
    """Measure in turn, and print medians."""
    schemas, count = Path(sys.argv[1]).absolute(), int(sys.argv[2]) if len(sys.argv) > 2 else 300_000
    # Compiled modules are kept, as in any installed program, whatever the shell says.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "events.jsonl"
        kinds = examples(schemas)
        titles, streams = write_events(kinds, count, file)
        print(f"{count} events of {len(kinds)} titles, {file.stat().st_size // 2**20} MB; medians of {RUNS} runs")
        sql = [sys.executable, "-m", "jsonschema_tools", "sql", "--format", "csv"]
        table = TITLE.replace("/", "_")
        auto = [sys.executable, "-c", _AUTO, str(file)]
        jobs: dict[str, tuple[list[str], int]] = {
            "read_json_auto, of a title": ([*auto, f"""json->>'$."$schema"' LIKE '/{TITLE}/%'"""], titles),
            "jst sql, of a title": ([*sql, f"SELECT count(*) FROM {table}", str(file)], titles),
            "jst sql --trusted, of a title": ([*sql, "--trusted", f"SELECT count(*) FROM {table}", str(file)], titles),
            "read_json_auto, of a stream": ([*auto, f"json->>'$.meta.stream' = '{STREAM}'"], streams),
            "jst sql, of a stream": (
                [*sql, "--table-by", "stream", f'SELECT count(*) FROM "{STREAM}"', str(file)],
                streams,
            ),
        }
        times: dict[str, list[float]] = {job: [] for job in jobs}
        for _ in range(RUNS):
            for job, (command, wanted) in jobs.items():
                used, found, code = counted(command, schemas)
                if (found, code) != (wanted, 0):
                    sys.exit(f"{job}: {found} events and exit code {code}; a plain count gives {wanted}")
                times[job].append(used)
        for job, each in times.items():
            print(f"{job:30} {statistics.median(each):5.2f} s  ({jobs[job][1]} events, as a plain count)")


if __name__ == "__main__":
    main()
