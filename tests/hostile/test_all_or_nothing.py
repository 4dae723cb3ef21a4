"""Whatever write fails: all is old, or all is new; and nothing is written through links that lead out."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from jsonschema_tools import load_config
from jsonschema_tools.errors import UsageError
from jsonschema_tools.model import Remove, Symlink, WriteFile
from jsonschema_tools.repository import locking
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.use_cases import materialize
from jsonschema_tools.use_cases.new import new
from tests.conftest import Scratch

pytestmark = pytest.mark.search

SCHEMA = "title: {0}\ndescription: d\n$id: /{0}/{1}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  x: {{type: string}}\n"
TITLES = ("a", "b/c", "d")


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
                materialize.carry_out(materialize.plan_all(config), config)
            except UsageError as error:
                failed += 1
                assert "No space left" in error.message
                assert "nothing was changed" in error.message
                assert error.remedy == "Make room on the disk, and run it again."
                assert state(due) == before, place
            else:
                break
    # A link that cannot be made is a copy.
    assert failed > 0 or call in ("link", "fchmod", "rename"), failed
    assert state(due) != before
    assert due.jst("materialize-all", "--check").exit_code == 0
    assert not list(due.root.rglob("*.jst-tmp"))


@pytest.mark.parametrize("place", range(3))
def test_folders_that_were_made_go_again(due: Scratch, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    real, count = os.mkdir, iter(range(1000))

    def fail(*arguments: Any, **named: Any) -> None:
        if next(count) == place:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        real(*arguments, **named)

    before = state(due)
    config = load_config(due.root)
    planned = new("shop/order/placed", config)
    monkeypatch.setattr(os, "mkdir", fail)
    with pytest.raises(UsageError, match="Permission denied; nothing was changed") as told:
        materialize.carry_out(planned, config)
    assert told.value.remedy == "Make the folder writable, or remove what is in the way."
    assert state(due) == before
    assert not (due.root / "jsonschema/shop").exists()


@pytest.mark.parametrize("limit", [100, 400, 700, 50_000])
def test_a_full_disk(due: Scratch, limit: int) -> None:
    """No file may grow beyond a limit: what is written until then is taken back."""
    due.write(
        "jsonschema/d/current.yaml", SCHEMA.format("d", "1.1.0") + "".join(f"  x{n}: {{}}\n" for n in range(9000))
    )
    before = state(due)
    program = f"import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); from jsonschema_tools.cli import main; sys.argv = ['jst', 'materialize-all']; main()"
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=due.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "File too large; nothing was changed" in done.stderr
    assert "remedy: Make room on the disk" in done.stderr
    assert state(due) == before
    assert os.listdir(due.root / ".git/jst") == ["lock"]


def test_what_cannot_be_taken_back_is_named(due: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails for good in the middle: old and new stand beside each other, each whole, and are told apart."""
    config = load_config(due.root)
    before, planned = state(due), materialize.plan_all(config)
    real, calls = os.replace, iter(range(1000))

    def fail(*arguments: Any, **named: Any) -> None:
        if next(calls) >= 7:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(*arguments, **named)

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr(os, "unlink", fail)
    with pytest.raises(UsageError, match="changed and not taken back: ") as told:
        materialize.carry_out(planned, config)
    monkeypatch.undo()
    after = state(due)
    named = set(told.value.message.partition("not taken back: ")[2].split(", "))
    differing = {str(due.root / name) for name in {*before, *after} if before.get(name) != after.get(name)}
    assert differing == named
    assert due.jst("materialize-all").exit_code == 0


def test_staging_that_fails(due: Scratch) -> None:
    before, index = state(due), due.git("ls-files", "-s")
    due.write(".git/index.lock", "")
    done = due.jst("materialize-modified")
    assert done.exit_code == 2
    assert "nothing was changed" in done.stderr
    assert state(due) == before
    (due.root / ".git/index.lock").unlink()
    assert due.git("ls-files", "-s") == index
    assert due.jst("materialize-modified").exit_code == 0


class TestLinks:
    """Nothing is written through a link that leads out of the schemas; what is inside is as it ever was."""

    @pytest.mark.parametrize("dry", [[], ["--dry-run"]])
    @pytest.mark.parametrize("target", ["../../outside", "../.git", "../.git/hooks"])
    def test_a_new_schema(self, due: Scratch, target: str, dry: list[str]) -> None:
        (due.root.parent / "outside").mkdir()
        (due.root / "jsonschema/linked").symlink_to(target)
        before = state(due)
        for title in ("linked/cart", "linked/shop/cart"):
            done = due.jst("new", title, *dry)
            assert done.exit_code == 2
            assert "linked: error: this stands in the way of" in done.stderr
        assert state(due) == before
        assert not list((due.root.parent / "outside").iterdir())

    @pytest.mark.parametrize(
        "command", [["materialize", "jsonschema/linked/current.yaml"], ["materialize-all"], ["bump"]], ids=" ".join
    )
    def test_a_linked_title(self, due: Scratch, command: list[str]) -> None:
        outside = due.root.parent / "outside"
        outside.mkdir()
        (outside / "current.yaml").write_text(SCHEMA.format("linked", "1.0.0"), "utf-8")
        (due.root / "jsonschema/linked").symlink_to(outside)
        due.jst(*command)
        assert os.listdir(outside) == ["current.yaml"]
        assert (outside / "current.yaml").read_text("utf-8") == SCHEMA.format("linked", "1.0.0")

    @pytest.mark.parametrize("name", ["latest", "latest.yaml", "1.1.0", "1.1.0.yaml"])
    @pytest.mark.parametrize("target", ["../../../outside/file", "../../../outside/none"])
    def test_a_link_in_the_place_of_an_output(self, due: Scratch, name: str, target: str) -> None:
        outside = due.root.parent / "outside"
        outside.mkdir()
        (outside / "file").write_text("mine", "utf-8")
        (due.root / "jsonschema/a" / name).unlink(missing_ok=True)
        (due.root / "jsonschema/a" / name).symlink_to(target)
        due.jst("materialize-all")
        assert os.listdir(outside) == ["file"]
        assert (outside / "file").read_text("utf-8") == "mine"

    def test_init(self, scratch: Scratch) -> None:
        (scratch.root.parent / "outside").mkdir()
        (scratch.root / "tests").symlink_to("../outside")
        before = state(scratch)
        done = scratch.jst("init")
        assert done.exit_code == 2
        assert "tests: error: this stands in the way of" in done.stderr
        assert state(scratch) == before

    def test_the_writer_itself(self, due: Scratch) -> None:
        """Whatever planned it."""
        (due.root.parent / "outside").mkdir()
        (due.root / "jsonschema/linked").symlink_to("../../outside")
        for action in (WriteFile, Remove, lambda path, _: Symlink(path, "x")):
            path = due.root / "jsonschema/linked/x/file"
            with pytest.raises(UsageError, match="leads out of"):
                apply([action(path, b"") if action is not Remove else Remove(path)], due.root / "jsonschema")
        assert not list((due.root.parent / "outside").iterdir())

    def test_a_link_inside(self, due: Scratch) -> None:
        (due.root / "jsonschema/linked").symlink_to("a")
        assert due.jst("new", "linked/cart").exit_code == 0
        assert (due.root / "jsonschema/a/cart/1.0.0.yaml").is_file()
        assert due.jst("materialize", "jsonschema/linked/current.yaml").exit_code == 0
        assert (due.root / "jsonschema/a/1.1.0.yaml").is_file()


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
            assert f"another run of jst (process {other.pid}) has been writing here" in done.stderr
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
