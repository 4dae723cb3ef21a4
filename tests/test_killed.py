"""Killed at any moment, every path holds its old or its new content, and no link dangles."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jsonschema_tools.model import Symlink, WriteFile
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.use_cases.materialize import plan_all

TITLES = 12
KILLS = 200
WHOLE_PROGRAM_KILLS = 20


def write_currents(root: Path, version: str) -> None:
    for number in range(TITLES):
        folder = root / f"title{number}"
        folder.mkdir(parents=True, exist_ok=True)
        properties = "".join(f"  p{index}: {{type: string, description: '{version}'}}\n" for index in range(60))
        (folder / "current.yaml").write_text(
            f"title: title{number}\n$id: /title{number}/{version}\ntype: object\nproperties:\n{properties}", "utf-8"
        )


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A repository with version 1.0.0 released, and 2.0.0 still to be."""
    root = tmp_path / "repository"
    write_currents(root, "1.0.0")
    (root / ".jsonschema-tools.yaml").write_text("contentTypes: [yaml, json]\n", "utf-8")
    config = load_config(root)
    apply(plan_all(config).actions, root)
    write_currents(root, "2.0.0")
    return root


def check(root: Path, contents: dict[Path, bytes], targets: dict[Path, set[str]]) -> None:
    for path in root.rglob("*"):
        if ".jst-tmp" in path.parts:
            continue
        if path.is_symlink():
            assert path.exists(), f"{path} dangles"
            assert str(path.readlink()) in targets[path]
        elif path.suffix in (".yaml", ".json") and path in contents:
            assert path.read_bytes() == contents[path], f"{path} is torn"
    for path in targets:
        if path.name.startswith("latest"):
            assert path.is_symlink(), f"{path} is missing"


@pytest.mark.search
def test_killed_while_writing(released: Path) -> None:
    planned = plan_all(load_config(released))
    contents = {path: path.read_bytes() for path in released.rglob("1.0.0.*") if not path.is_symlink()}
    contents |= {action.path: action.content for action in planned.actions if isinstance(action, WriteFile)}
    targets = {path: {str(path.readlink())} for path in released.rglob("*") if path.is_symlink()}
    for action in planned.actions:
        if isinstance(action, Symlink):
            targets.setdefault(action.path, set()).add(action.target)
    pristine = released.with_name("pristine")
    shutil.copytree(released, pristine, symlinks=True)
    start = time.perf_counter()
    apply(planned.actions, released)
    duration = time.perf_counter() - start
    chance = random.Random(7)
    stages = set()
    for _ in range(KILLS):
        shutil.rmtree(released)
        shutil.copytree(pristine, released, symlinks=True)
        child = os.fork()
        if child == 0:
            try:
                apply(planned.actions, released)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0, duration * 1.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        check(released, contents, targets)
        stages.add(tuple(len(list(released.rglob(names))) for names in (".jst-tmp/*", "2.0.0*")))
    assert len(stages) > 10, "the kills came all at the same stage"
    apply(planned.actions, released)
    assert not list(released.rglob("*.jst-tmp"))
    assert {action.path.read_bytes() for action in planned.actions if isinstance(action, WriteFile)} <= set(
        contents.values()
    )


@pytest.mark.search
def test_the_whole_program_killed(released: Path) -> None:
    contents = {path: path.read_bytes() for path in released.rglob("1.0.0.*") if not path.is_symlink()}
    config = load_config(released)
    planned = plan_all(config)
    contents |= {action.path: action.content for action in planned.actions if isinstance(action, WriteFile)}
    targets = {path: {str(path.readlink())} for path in released.rglob("*") if path.is_symlink()}
    for action in planned.actions:
        if isinstance(action, Symlink):
            targets.setdefault(action.path, set()).add(action.target)
    chance = random.Random(11)
    for _ in range(WHOLE_PROGRAM_KILLS):
        program = subprocess.Popen(
            [sys.executable, "-m", "jsonschema_tools", "materialize-all"],
            cwd=released,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.05, 0.4))
        program.kill()
        program.wait()
        check(released, contents, targets)
    subprocess.run(
        [sys.executable, "-m", "jsonschema_tools", "materialize-all"], cwd=released, check=True, capture_output=True
    )
    assert plan_all(config).actions == ()
