"""From starting `jst serve` to its first 201, and `jst --help`: how long it takes, and how much of the processor.

``python benchmarks/start.py [--runs 9] [--repository FOLDER]``

FOLDER is a schema repository (default: example-repo); the first example of its first released version is sent. Prints
medians.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import yaml

ROOT = Path(__file__).parents[1]
JST = [sys.executable, "-m", "jsonschema_tools"]
GOAL_SECONDS = 1.5


def example(repository: Path) -> bytes:
    """An event that the repository has as an example."""
    for path in sorted(repository.rglob("[0-9]*.yaml")):
        schema = yaml.safe_load(path.read_text("utf-8"))
        if schema.get("examples"):
            return json.dumps({**schema["examples"][0], "$schema": schema["$id"]}, default=str).encode()
    raise SystemExit(f"no schema in {repository} has an example")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def processor_seconds() -> float:
    """Of all processes that have ended and were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def until_first_201(repository: Path, event: bytes, folder: Path) -> tuple[float, float]:
    """Seconds, and seconds of the processor, from the start of the process to its first 201."""
    port, before = free_port(), processor_seconds()
    start = time.perf_counter()
    command = [*JST, "serve", str(repository), "--port", str(port), "--output", str(folder / "events.jsonl")]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _is_accepted(port, event):
            if process.poll() is not None or time.perf_counter() > start + 60:
                raise SystemExit("it does not start")
            time.sleep(0.002)
        seconds = time.perf_counter() - start
    finally:
        process.kill()
        process.wait()
    return seconds, processor_seconds() - before


def _is_accepted(port: int, event: bytes) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/v1/events", event, {"content-type": "application/json"})
        reply = connection.getresponse()
        if reply.status != 201:
            raise SystemExit(f"answered {reply.status}: {reply.read().decode()}")
    except OSError:
        return False
    finally:
        connection.close()
    return True


def help_shown() -> tuple[float, float]:
    """The same for `jst --help`."""
    before, start = processor_seconds(), time.perf_counter()
    subprocess.run([*JST, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, processor_seconds() - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--repository", type=Path, default=ROOT / "example-repo")
    options = parser.parse_args()
    # Compiled modules are kept, as in any installed program, whatever the shell says.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    repository = options.repository.resolve()
    event = example(repository)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        until_first_201(repository, event, folder)
        measured = [until_first_201(repository, event, folder) for _ in range(options.runs)]
    print(f"{'':28}{'seconds':>9}{'least':>9}{'most':>9}{'CPU s':>9}")
    show(f"first 201 (goal {GOAL_SECONDS})", measured)
    help_shown()
    show("jst --help", [help_shown() for _ in range(options.runs)])


def show(name: str, measured: list[tuple[float, float]]) -> None:
    wall = [seconds for seconds, _ in measured]
    print(f"{name:28}{median(wall):9.2f}{min(wall):9.2f}{max(wall):9.2f}{median(cpu for _, cpu in measured):9.2f}")


if __name__ == "__main__":
    main()
