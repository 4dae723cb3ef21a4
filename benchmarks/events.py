"""Events per second of `jst validate` and of compiled AJV 6 validators, side by side, alternating, on the same file.

    python benchmarks/events.py REPOSITORY [EVENTS]

The examples of the released schemas of REPOSITORY that name their schema as their ``$schema`` (of schemas that stand
where their ``$id`` says), one after the other until there are EVENTS of them (default: 1,000,000), as JSON lines. Both
sides read and parse the file and count the valid events; times are those of the whole processes. Needs Node.js and
npm, as `run.py` does.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from jsonschema_tools import discover, load_config  # noqa: E402
from jsonschema_tools.documents.reading import parse  # noqa: E402
from tests.upstream.oracle import HERE as UPSTREAM  # noqa: E402
from tests.upstream.oracle import installed  # noqa: E402

RUNS = 5
JST = [sys.executable, "-m", "jsonschema_tools", "validate", "--format", "json"]


def main() -> None:
    """Measure AJV, one worker and two."""
    reason = installed()
    if reason is not None:
        sys.exit(f"no comparison: {reason}")
    repository = Path(sys.argv[1]).resolve()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events = prepare(repository, folder, count)
        base = str(load_config(repository).schema_base_path)
        commands = {
            "AJV 6": ["node", str(HERE / "events.js"), str(folder / "schemas.json"), str(events)],
            "jst --jobs 1": [*JST, "--jobs", "1", "-u", base, str(events)],
            "jst --jobs 2": [*JST, "--jobs", "2", "-u", base, str(events)],
        }
        times: dict[str, list[tuple[float, float]]] = {command: [] for command in commands}
        for _ in range(RUNS):
            for command, arguments in commands.items():
                times[command].append(timed(arguments, folder, count))
        for command, pairs in times.items():
            on_the_clock, of_processors = (told(count, pairs, times["AJV 6"], which) for which in (0, 1))
            print(f"{command:14} {on_the_clock}   by processor time: {of_processors}")
        print(f"memory of the largest process of ours: {largest(commands['jst --jobs 2'], folder):.0f} MB")


def told(count: int, pairs: list[tuple[float, float]], ajv: list[tuple[float, float]], which: int) -> str:
    """Events per second and the median of the ratios to the AJV runs beside them."""
    seconds = statistics.median(pair[which] for pair in pairs)
    ratio = statistics.median(theirs[which] / ours[which] for theirs, ours in zip(ajv, pairs, strict=True))
    return f"{count / seconds:9,.0f} events/s {ratio:5.2f} x AJV"


def largest(command: list[str], folder: Path) -> float:
    """The memory in MB of the largest process of a run."""
    program = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", program, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout) / 1024


def prepare(repository: Path, folder: Path, count: int) -> Path:
    """Write the schemas for AJV and the events; the path of these."""
    schemas: dict[str, Any] = {}
    lines: list[str] = []
    config = load_config(repository)
    for directory in discover(config).directories:
        for files in directory.versions.values():
            path = next(iter(files.values()))
            schema = parse(path.read_bytes(), source=str(path), content_type=path.suffix[1:])
            if f"{directory.path}/{path.stem}" != f"{config.schema_base_path}{schema.get('$id')}":
                continue
            for event in schema.get("examples", ()):
                if isinstance(event, dict) and event.get("$schema") == schema.get("$id"):
                    schemas[schema["$id"]] = schema
                    lines.append(json.dumps(event, ensure_ascii=False, separators=(",", ":")))
    if not lines:
        sys.exit(f"no example in {repository} names its schema")
    (folder / "schemas.json").write_text(json.dumps(schemas), "utf-8")
    with (folder / "events.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in islice(cycle(lines), count))
    size = (folder / "events.jsonl").stat().st_size
    print(f"{count:,} events ({size / 2**20:.0f} MiB) of {len(schemas)} schemas, medians of {RUNS} alternating runs")
    return folder / "events.jsonl"


def timed(command: list[str], folder: Path, count: int) -> tuple[float, float]:
    """Seconds of one run, on the clock and of all processors, which must find every event valid."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "NODE_PATH": str(UPSTREAM / "node_modules"), "PYTHONPATH": str(HERE.parent)}
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - start, os.times()
    of_processors = sum(after[2:4]) - sum(before[2:4])
    said = done.stdout if command[0] == "node" else str(json.loads(done.stdout or "{}").get("summary"))
    if done.returncode != 0 or not (f"{count} valid, 0 refused" in said or f"'valid': {count}, 'refused': 0" in said):
        sys.exit(f"{' '.join(command)} failed: {said} {done.stderr[-2000:]}")
    return seconds, of_processors


if __name__ == "__main__":
    main()
