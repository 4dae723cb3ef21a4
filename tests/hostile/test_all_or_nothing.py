"""Whatever write fails, and wherever the program is killed: all is old, or all is new."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from jsonschema_tools import api, load_config
from jsonschema_tools.errors import UsageError
from jsonschema_tools.repository import locking
from tests.conftest import Scratch

pytestmark = pytest.mark.search

SCHEMA = "title: {0}\ndescription: d\n$id: /{0}/{1}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  x: {{type: string}}\n"
TITLES = ("a", "b/c", "d")
KILLS = int(os.environ.get("JST_KILLS", "30"))


def put(scratch: Scratch, version: str, titles: tuple[str, ...] = TITLES) -> None:
    for title in titles:
        more = "".join(f"  y{number}: {{type: string}}\n" for number in range(int(version[2])))
        scratch.write(f"jsonschema/{title}/current.yaml", SCHEMA.format(title, version) + more)


def state(scratch: Scratch) -> dict[str, str]:
    """What is there, without what Git keeps."""
    return {name: text for name, text in scratch.snapshot().items() if not name.startswith(".git/")}


@pytest.fixture
def due(scratch: Scratch) -> Scratch:
    """1.0.0 of three titles is released, and 1.1.0 of them and 1.0.0 of a new one is due."""
    put(scratch, "1.0.0")
    assert scratch.jst("materialize-all").exit_code == 0
    scratch.commit()
    put(scratch, "1.1.0")
    put(scratch, "1.0.0", ("new/e/f",))
    return scratch


FAILURES: dict[str, Callable[..., Any]] = {
    name: getattr(os, name) for name in ("fsync", "link", "rename", "replace", "symlink", "fchmod")
}


@pytest.mark.parametrize("call", FAILURES)
def test_each_failed_call_leaves_all_as_it_was(due: Scratch, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    config = load_config(due.root)
    before = state(due)
    real, failed = FAILURES[call], 0
    for place in range(100):
        count = iter(range(1000))

        def fail(*arguments: Any, count: Any = count, place: int = place, **named: Any) -> Any:
            if next(count) == place:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*arguments, **named)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, fail)
            try:
                api.carry_out(api.plan_all(config), config)
            except UsageError as error:
                failed += 1
                assert "No space left" in error.message
                assert "nothing was changed" in error.message
                assert error.remedy
                assert state(due) == before, place
            else:
                break
    # A link that cannot be made is a copy.
    assert failed > 0 or call in ("link", "fchmod", "rename")
    assert state(due) != before
    assert due.jst("materialize-all", "--check").exit_code == 0
    assert not list(due.root.rglob(".*.jst-tmp"))


def test_a_full_disk(due: Scratch) -> None:
    """No file may grow beyond a limit: what is written until then is taken back."""
    due.write(
        "jsonschema/d/current.yaml", SCHEMA.format("d", "1.1.0") + "".join(f"  x{n}: {{}}\n" for n in range(9000))
    )
    before = state(due)
    limit = "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)); from jsonschema_tools.cli import main; sys.argv = ['jst', 'materialize-all']; main()"
    done = subprocess.run([sys.executable, "-c", limit], cwd=due.root, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "nothing was changed" in done.stderr
    assert state(due) == before


def test_killed_anywhere(due: Scratch) -> None:
    """Each path has its old or its new content, and the next run brings all to the end."""
    config = load_config(due.root)
    planned = {str(a.path.relative_to(due.root)) for a in api.plan_all(config).actions if hasattr(a, "path")}
    before = state(due)
    program = [sys.executable, "-m", "jsonschema_tools", "materialize-all"]
    pristine = shutil.copytree(due.root, due.root.with_name("pristine"), symlinks=True)
    chance = Random(5)
    for _ in range(KILLS):
        if chance.random() < 0.5:
            shutil.rmtree(due.root)
            shutil.copytree(pristine, due.root, symlinks=True)
        run = subprocess.Popen(program, cwd=due.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.1, 0.5))
        run.send_signal(signal.SIGKILL)
        run.wait()
        there = {name: text for name, text in state(due).items() if not name.endswith(".jst-tmp")}
        assert {name for name in there if there[name] != before.get(name)} <= planned
        assert before.keys() <= there.keys()
    assert due.jst("materialize-all").exit_code == 0
    assert due.jst("check").exit_code == 0
    assert not list(due.root.rglob(".*.jst-tmp"))


class TestTwoAtOnce:
    def test_the_second_plans_after_the_first_has_written(self, due: Scratch) -> None:
        """Several runs at once, each of another version: what is released by then stays as it is."""
        program = [sys.executable, "-m", "jsonschema_tools", "materialize-all"]
        for _ in range(3):
            runs = [subprocess.Popen(program, cwd=due.root, stderr=subprocess.PIPE, text=True) for _ in range(3)]
            for run in runs:
                _, said = run.communicate()
                assert run.returncode == 0, said
        assert due.jst("materialize-all", "--check").exit_code == 0

    def test_one_new_schema_wins(self, scratch: Scratch) -> None:
        program = [sys.executable, "-m", "jsonschema_tools", "new", "shop/cart", "--description"]
        runs = [
            subprocess.Popen(
                [*program, text], cwd=scratch.root, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL
            )
            for text in ("one", "two")
        ]
        said = [run.communicate()[1] for run in runs]
        assert sorted(run.returncode for run in runs) == [0, 2], said
        winner = "one" if runs[0].returncode == 0 else "two"
        assert f"description: {winner}" in scratch.read("jsonschema/shop/cart/current.yaml")
        assert scratch.jst("check").exit_code == 0

    def test_whoever_waits_too_long_is_told(self, due: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
        holder = f"import sys; from pathlib import Path; from jsonschema_tools.repository.locking import exclusive\nwith exclusive(Path({str(due.root / 'jsonschema')!r})):\n    print('held', flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"held\n"
            monkeypatch.setattr(locking, "LONGEST_WAIT", 0.1)
            before = state(due)
            done = due.jst("materialize-all")
            assert done.exit_code == 2
            assert "another run of jst has been writing here" in done.stderr
            assert state(due) == before
            assert due.jst("materialize-all", "--dry-run").exit_code == 0, "who only reads need not wait"
            other.communicate()


def test_mode_and_links_of_the_current_file_stay(due: Scratch) -> None:
    current = due.root / "jsonschema/a/current.yaml"
    real = current.rename(due.root / "jsonschema/a/source.yml")
    current.symlink_to("source.yml")
    real.chmod(0o640)
    real.write_text(real.read_text("utf-8").replace("1.1.0", "1.0.0"), "utf-8")
    done = due.jst("bump", "jsonschema/a/current.yaml")
    assert done.exit_code == 0, done.stderr
    assert current.is_symlink()
    assert "$id: /a/1.1.0" in real.read_text("utf-8")
    assert real.stat().st_mode & 0o777 == 0o640
