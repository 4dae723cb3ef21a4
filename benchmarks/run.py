"""Ours and upstream's wall time side by side, alternating, on the same repository.

    python benchmarks/run.py [REPOSITORY]

REPOSITORY is a schema repository (default: example-repo); it is copied first, and the copies are what is worked on.
Needs Node.js and npm; the Node.js tool is installed below tests/upstream on first use. Prints medians and ratios.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.upstream.oracle import HERE as UPSTREAM  # noqa: E402
from tests.upstream.oracle import installed  # noqa: E402

RUNS = 9
JST = [sys.executable, "-m", "jsonschema_tools"]
NODE = ["node", str(UPSTREAM / "node_modules/@wikimedia/jsonschema-tools/scripts/jsonschema-tools.js")]


def main() -> None:
    """Measure each job and print one line for it."""
    reason = installed()
    if reason is not None:
        sys.exit(f"no comparison: {reason}")
    source = Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "example-repo").resolve()
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = (copied(source, Path(folder) / name) for name in ("ours", "theirs"))
        current = sorted(path.relative_to(ours) for path in ours.rglob("current.yaml"))[-1]
        print(f"{len(list(ours.rglob('current.yaml')))} current schemas, medians of {RUNS} alternating runs")
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        everything, upstream = [*JST, "materialize-all", "--dry-run"], ["node", str(HERE / "upstream.js")]
        compare("materialize-all --dry-run --no-cache", [*everything, "--no-cache"], upstream, ours, theirs)
        compare("materialize-all --dry-run, nothing changed", everything, upstream, ours, theirs)
        compare(
            f"materialize {current}",
            [*JST, "materialize", str(current)],
            [*NODE, "materialize", str(current)],
            ours,
            theirs,
            current,
        )
        mocha = str(UPSTREAM / "node_modules/.bin/mocha")
        tests = [mocha, "--no-config", str(UPSTREAM / "repository_tests.js")]
        compare("check --no-cache", [*JST, "check", "--no-cache"], tests, ours, theirs)
        compare("check, nothing changed", [*JST, "check"], tests, ours, theirs)
        compare("--help", [*JST, "--help"], [*NODE, "--help"], ours, theirs)


def copied(source: Path, target: Path) -> Path:
    """A copy in a Git repository of its own, with links where a checkout without symbolic links has text files."""
    shutil.copytree(source, target, symlinks=True)
    for path in list(target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644) if not path.is_symlink() else None
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 64:
            text = path.read_text("utf-8")
            if "\n" not in text and (path.parent / text).is_file():
                path.unlink()
                path.symlink_to(text)
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for command in (["init", "--quiet"], ["add", "--all"], [*identity, "commit", "--quiet", "-m", "all"]):
        subprocess.run(["git", *command], cwd=target, check=True)
    return target


def compare(
    name: str, ours: list[str], theirs: list[str], our_folder: Path, their_folder: Path, fresh: Path | None = None
) -> None:
    """Run both in turn, once to warm up, and print the medians; what ``fresh`` releases is deleted before each run."""
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(RUNS + 1):
        for index, (command, folder) in enumerate(((ours, our_folder), (theirs, their_folder))):
            if fresh:
                delete_newest(folder / fresh.parent)
            seconds = timed(command, folder)
            if run:
                times[index].append(seconds)
    our_median, their_median = map(statistics.median, times)
    ratio = statistics.median(a / b for a, b in zip(*times, strict=True))
    print(f"{name:60} ours {our_median:6.3f} s   upstream {their_median:6.3f} s   ratio {ratio:5.2f}")


def delete_newest(folder: Path) -> None:
    """Remove what the newest version consists of: both tools then have the same to write."""
    newest = (folder / "latest").readlink().stem if (folder / "latest").is_symlink() else "latest"
    for path in folder.iterdir():
        if path.name.startswith((newest, "latest")):
            path.unlink()


def timed(command: list[str], folder: Path) -> float:
    # Compiled modules are kept, as in any installed program, whatever the shell says.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "NODE_PATH": str(UPSTREAM / "node_modules"), "PYTHONPATH": str(HERE.parent)}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed: {done.stderr.decode()[-2000:]}")
    return seconds


if __name__ == "__main__":
    main()
