"""What commands cost in repositories of more and more titles: processor time and memory, whole processes.

``python benchmarks/scale.py [--titles 10 1000 10000] [--versions 5] [--runs 3] [--only check ...] [--keep FOLDER]``

The repositories have titles made from one template with fragments, maps and an enum that grows, a commit for each
version; on a branch one title is ahead of ``main``, of another one a version is staged, of a third one the current
file is changed. What is kept between runs is kept apart, and only the first run has nothing of it. Prints medians, and
the ratio to the smallest repository. With --keep, repositories are kept in FOLDER and found there the next time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

JST = [sys.executable, "-m", "jsonschema_tools"]
NAME = "area/title"
AHEAD, STAGED, CHANGED, QUIET = 0, 1, 2, 3
"""Titles by what is done to them on the branch."""

CONFIG = "schemaBasePath: jsonschema\nschemaBaseUris: [jsonschema]\ncontentTypes: [yaml]\n"
FRAGMENT = """\
title: fragment/common
description: What every event has
$id: /fragment/common/1.{minor}.0
$schema: https://json-schema.org/draft-07/schema#
type: object
additionalProperties: false
properties:
  $schema:
    type: string
    description: The URI of the schema of the event
  meta:
    type: object
    description: About the event
    properties:
      dt:
        type: string
        format: date-time
        maxLength: 128
        description: When it happened
      stream:
        type: string
        minLength: 1
        description: Where it belongs{more}
required: [$schema, meta]
"""
TITLE = """\
title: {name}
description: A user did something
$id: /{name}/1.{minor}.0
$schema: https://json-schema.org/draft-07/schema#
type: object
additionalProperties: false
allOf:
  - $ref: /fragment/common/1.{fragment}.0
properties:
  user:
    $ref: /fragment/user/1.0.0#/properties/user
  action:
    type: string
    description: What was done
    enum: [{actions}]
  labels:
    type: object
    description: Any labels
    additionalProperties:
      type: string
{fields}required: [user]
"""
USER = FRAGMENT.replace("fragment/common", "fragment/user").replace("  meta:", "  user:").replace(", meta]", "]")


def jst(repository: Path, *arguments: str) -> None:
    subprocess.run([*JST, *arguments], cwd=repository, check=True, capture_output=True)


def currents(name: str, minor: int) -> str:
    fields = "".join(
        f"  field_{n}:\n    type: integer\n    minimum: 0\n    maximum: {100 + n}\n    description: Number {n}\n"
        for n in range(4 + minor)
    )
    actions = ", ".join(f"action_{n}" for n in range(3 + minor))
    return TITLE.format(name=name, minor=minor, fragment=min(minor, 1), actions=actions, fields=fields)


def templates(versions: int, folder: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The files of the fragments, and those of each version of a title: links begin with ``link:``."""
    schemas = folder / "jsonschema"
    (folder / ".jsonschema-tools.yaml").write_text(CONFIG)
    more = "\n      id:\n        type: string\n        description: Which one"
    for text in (FRAGMENT.format(minor=0, more=""), FRAGMENT.format(minor=1, more=more), USER.format(minor=0, more="")):
        name = text.partition("\n")[0].removeprefix("title: ")
        (schemas / name).mkdir(parents=True, exist_ok=True)
        (schemas / name / "current.yaml").write_text(text)
        jst(folder, "materialize")
    fragments = _files(schemas)
    (schemas / NAME).mkdir(parents=True)
    made = []
    for minor in range(versions + 1):
        before = _files(schemas / NAME)
        (schemas / NAME / "current.yaml").write_text(currents(NAME, minor))
        jst(folder, "materialize")
        made.append({k: v for k, v in _files(schemas / NAME).items() if before.get(k) != v})
    return fragments, made


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): f"link:{path.readlink()}" if path.is_symlink() else path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def name_of(number: int) -> str:
    return f"area_{number % 100:02}/title_{number:05}"


def _entries(files: Mapping[str, str]) -> Iterator[bytes]:
    for path, text in files.items():
        mode = "120000" if text.startswith("link:") else "100644"
        content = text.removeprefix("link:").encode()
        yield f"M {mode} inline {path}\ndata {len(content)}\n".encode() + content + b"\n"


def _commit(branch: str, number: int, files: Mapping[str, str]) -> Iterator[bytes]:
    yield f"commit refs/heads/{branch}\ncommitter A <a@example.org> {1_600_000_000 + number} +0000\n".encode()
    yield b"data 1\n.\n"
    yield from _entries(files)
    yield b"\n"


def of_title(number: int, files: Mapping[str, str]) -> dict[str, str]:
    name = name_of(number)
    return {f"jsonschema/{name}/{path}": text.replace(NAME, name) for path, text in files.items()}


def generate(repository: Path, titles: int, versions: int) -> None:
    """A repository on the branch ``work``."""
    with tempfile.TemporaryDirectory() as name:
        fragments, made = templates(versions, Path(name))
    repository.mkdir(parents=True)
    git = ["git", "-C", str(repository)]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    for key, value in (("user.name", "A"), ("user.email", "a@example.org"), ("gc.auto", "0")):
        subprocess.run([*git, "config", key, value], check=True)
    importing = subprocess.Popen([*git, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    assert importing.stdin is not None
    first = {".jsonschema-tools.yaml": CONFIG, **{f"jsonschema/{path}": text for path, text in fragments.items()}}
    importing.stdin.writelines(_commit("main", 0, first))
    for minor in range(versions):
        for number in range(titles):
            importing.stdin.writelines(_commit("main", 1 + minor * titles + number, of_title(number, made[minor])))
    importing.stdin.close()
    if importing.wait():
        raise SystemExit("git fast-import failed")
    subprocess.run([*git, "checkout", "-q", "-b", "work", "main"], check=True)
    _write(repository, of_title(AHEAD, made[versions]))
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "a version more"], check=True)
    _write(repository, of_title(STAGED, made[versions]))
    subprocess.run([*git, "add", "-A"], check=True)
    _write(repository, {k: v for k, v in of_title(CHANGED, made[versions]).items() if k.endswith("current.yaml")})


def _write(repository: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        target = repository / path
        target.unlink(missing_ok=True)
        if text.startswith("link:"):
            target.symlink_to(text.removeprefix("link:"))
        else:
            target.write_text(text, "utf-8")


COMMANDS = {
    "git status": ["git", "status", "--porcelain"],
    "git diff --cached": ["git", "diff", "--cached", "--name-only"],
    "check --no-cache": [*JST, "check", "--no-cache"],
    "check, nothing changed": [*JST, "check"],
    "materialize-all, nothing to do": [*JST, "materialize-all", "--dry-run"],
    "check TITLE": [*JST, "check", name_of(QUIET)],
    "check PATH": [*JST, "check", f"jsonschema/{name_of(QUIET)}/current.yaml"],
    "check --profile recommended TITLE": [*JST, "check", "--profile", "recommended", name_of(QUIET)],
    "check --staged": [*JST, "check", "--staged"],
    "check --against main": [*JST, "check", "--against", "main"],
    "compat TITLE": [*JST, "compat", name_of(QUIET)],
    "changelog TITLE": [*JST, "changelog", name_of(QUIET)],
    "status": [*JST, "status"],
    "ls": [*JST, "ls"],
    "ls TITLE": [*JST, "ls", name_of(QUIET)],
    "materialize PATH": [*JST, "materialize", "--dry-run", f"jsonschema/{name_of(CHANGED)}/current.yaml"],
}


def cost(command: list[str], repository: Path) -> tuple[float, float]:
    """Processor seconds and peak MiB of a process with its children."""
    process = subprocess.Popen(command, cwd=repository, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, nargs="+", default=[10, 1000, 10_000])
    parser.add_argument("--versions", type=int, default=5)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=list(COMMANDS), choices=list(COMMANDS))
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        os.environ["XDG_CACHE_HOME"] = f"{name}/cache"
        repositories = {n: folder / f"{n}x{options.versions}" for n in options.titles}
        for titles, repository in repositories.items():
            if not repository.exists():
                generate(repository, titles, options.versions)
        print(f"{'':36}" + "".join(f"{n:>12,} titles       " for n in repositories))
        for label in options.only:
            found: dict[int, list[tuple[float, float]]] = {n: [] for n in repositories}
            for _ in range(options.runs):
                for titles, repository in repositories.items():
                    found[titles].append(cost(COMMANDS[label], repository))
            least = None
            line = f"{label:36}"
            for each in found.values():
                seconds, memory = (median(values) for values in zip(*each, strict=True))
                least = seconds if least is None else least
                line += f"{seconds:9.2f} s {seconds / least:6.2f} x {memory:5.0f} MiB"
            print(line, flush=True)


if __name__ == "__main__":
    main()
