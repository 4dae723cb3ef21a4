"""Several runs at once: one at a time writes, by what is there then; who only reads does not wait."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jsonschema_tools import load_config
from jsonschema_tools.errors import UsageError
from jsonschema_tools.repository import locking
from jsonschema_tools.use_cases import clean, materialize
from tests.conftest import Scratch
from tests.hostile.test_kills import due, everything, put, released

pytestmark = pytest.mark.search


@contextmanager
def held(folder: Path) -> Iterator[int]:
    """A process that has the lock of a folder; its id."""
    program = (
        "import sys; from pathlib import Path; from jsonschema_tools.repository.locking import exclusive\n"
        f"with exclusive(Path({str(folder)!r})):\n    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield other.pid
        other.kill()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "LONGEST_WAIT", 0.1)


def is_free(folder: Path) -> bool:
    try:
        with locking.exclusive(folder):
            return True
    except UsageError:
        return False


@pytest.mark.usefixtures("impatient")
class TestOneLock:
    def test_of_the_whole_working_tree(self, scratch: Scratch) -> None:
        (scratch.root / "inner/schemas").mkdir(parents=True)
        with held(scratch.root / "jsonschema"):
            for folder in ("", "jsonschema", "inner", "inner/schemas", "not/there/yet"):
                assert not is_free(scratch.root / folder), folder
        assert is_free(scratch.root)

    def test_another_working_tree_of_the_same_repository_has_its_own(self, scratch: Scratch) -> None:
        released(scratch)
        scratch.git("worktree", "add", "--quiet", "../other", "-b", "other")
        with held(scratch.root):
            assert is_free(scratch.root.parent / "other")

    def test_a_folder_outside_of_git_and_what_is_in_the_way_there(self, tmp_path: Path) -> None:
        precious = tmp_path / "precious"
        precious.mkdir()
        (precious / "1-1").write_text("mine", "utf-8")
        (tmp_path / "jsonschema").mkdir()
        (tmp_path / ".jst-tmp").symlink_to("precious")
        with held(tmp_path):
            assert not is_free(tmp_path)
        assert sorted(path.name for path in precious.iterdir()) == ["1-1"]
        (tmp_path / ".jst-tmp").unlink()
        with held(tmp_path):
            assert not is_free(tmp_path)
        assert is_free(tmp_path)
        assert not (tmp_path / ".jst-tmp").exists(), "the folder goes with the run"

    @pytest.mark.parametrize("kind", ["file", "link", "pipe"])
    def test_where_no_lock_file_can_be(self, scratch: Scratch, kind: str) -> None:
        due(scratch)
        shutil.rmtree(scratch.root / ".git/jst")
        room = scratch.root / ".git/jst"
        if kind == "file":
            room.write_text("mine", "utf-8")
        elif kind == "link":
            room.symlink_to("../jsonschema")
        else:
            room.mkdir()
            os.mkfifo(room / "lock")
        with held(scratch.root):
            assert not is_free(scratch.root / "jsonschema")
        if kind != "pipe":
            # Temporary files are beside their places then.
            scratch.write("jsonschema/a/.77-1.jst-tmp", "left by a run that was killed")
        assert scratch.jst("materialize-all").exit_code == 0
        assert not list(scratch.root.rglob("*jst-tmp"))

    def test_of_a_process_that_was_killed_is_free(self, scratch: Scratch) -> None:
        with held(scratch.root) as other:
            os.kill(other, signal.SIGKILL)
        assert is_free(scratch.root)

    def test_is_nothing_that_git_sees(self, scratch: Scratch) -> None:
        due(scratch)
        scratch.commit()
        with held(scratch.root):
            assert scratch.git("status", "--porcelain") == ""


READERS = [
    ["check"],
    ["ls"],
    ["diff"],
    ["review"],
    ["status"],
    ["fmt", "--check"],
    ["compat", "a"],
    ["changelog", "a"],
    ["resolve", "/a/1.0.0"],
    ["materialize-all", "--dry-run"],
    ["materialize-all", "--check"],
    ["materialize-modified", "--check"],
    ["materialize", "--stdout", "jsonschema/a/current.yaml"],
    ["dereference", "jsonschema/a/current.yaml"],
    ["bump", "--dry-run"],
    ["retire", "a", "--dry-run"],
    ["new", "x/y", "--dry-run"],
    ["vendor", "a", "--to", "vendored", "--dry-run"],
    ["vendor", "a", "--to", "vendored", "--check"],
    ["types", "a", "--to", "typeddict"],
    ["init", "--dry-run"],
    ["install-git-hook", "--dry-run"],
    ["site", "--output", "site", "--check"],
    ["check", "--output", "report.xml", "--format", "junit"],
]
WRITERS = [
    ["materialize-all"],
    ["materialize", "jsonschema/a/current.yaml"],
    ["materialize-all", "--output-dir", "out"],
    ["materialize-modified"],
    ["run-git-hook"],
    ["bump"],
    ["clean", "a"],
    ["retire", "a"],
    ["fmt"],
    ["site", "--output", "site"],
    ["new", "x/y"],
    ["vendor", "a", "--to", "vendored"],
    ["init"],
    ["install-git-hook"],
]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_who_reads_does_not_wait(scratch: Scratch, arguments: list[str]) -> None:
    due(scratch)
    with held(scratch.root):
        assert "another run" not in scratch.jst(*arguments).stderr


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("arguments", WRITERS, ids=" ".join)
def test_who_writes_waits_and_is_told_for_whom(scratch: Scratch, arguments: list[str]) -> None:
    due(scratch)
    before = everything(scratch)
    with held(scratch.root) as other:
        done = scratch.jst(*arguments)
        assert done.exit_code == 2
        assert f"another run of jst (process {other}) has been writing here" in done.stderr
        assert "remedy: Wait for it" in done.stderr
    assert everything(scratch) == before


def test_another_repository_as_output(scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "LONGEST_WAIT", 0.1)
    due(scratch)
    with held(tmp_path):
        done = scratch.jst("materialize", "jsonschema/a/current.yaml", "--output-dir", str(tmp_path / "out"))
    assert "another run of jst" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_wait_is_told_and_ends(scratch: Scratch) -> None:
    due(scratch)
    command = [sys.executable, "-m", "jsonschema_tools", "materialize-all"]
    with held(scratch.root) as other:
        waiting = subprocess.Popen(
            command, cwd=scratch.root, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        assert waiting.stderr is not None
        assert waiting.stderr.readline().startswith(
            f"waiting for another run of jst (process {other}), which writes to"
        )
    waiting.communicate()
    assert waiting.returncode == 0
    assert scratch.jst("materialize-all", "--check").exit_code == 0


def test_a_commit_waits(scratch: Scratch) -> None:
    """The Git hook runs in the middle of `git commit`."""
    due(scratch)
    assert scratch.jst("install-git-hook").exit_code == 0
    scratch.git("add", "jsonschema")
    with held(scratch.root):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-m", "change"]
        waiting = subprocess.Popen(
            command, cwd=scratch.root, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        assert waiting.stderr is not None
        assert "waiting for another run of jst" in waiting.stderr.readline()
    _, said = waiting.communicate()
    assert waiting.returncode == 0, said
    assert "jsonschema/a/1.1.0.yaml" in scratch.git("ls-files")


def write_other(scratch: Scratch) -> None:
    put(scratch, "a", "1.1.0", "  other: {type: string}\n")
    assert scratch.jst("materialize-all").exit_code == 0


def release_greater(scratch: Scratch) -> None:
    put(scratch, "a", "1.2.0", "  y: {type: string}\n  z: {type: string}\n")
    assert scratch.jst("materialize-all").exit_code == 0


def put_file(scratch: Scratch) -> None:
    scratch.write("jsonschema/new/d/1.0.0.yaml", "mine")


@pytest.mark.parametrize("change", [write_other, release_greater, put_file], ids=lambda change: change.__name__)
def test_a_plan_whose_basis_is_gone(scratch: Scratch, change: Callable[[Scratch], None]) -> None:
    due(scratch)
    config = load_config(scratch.root)
    planned = materialize.plan_all(config)
    change(scratch)
    before = everything(scratch)
    with pytest.raises(UsageError, match="has changed since it was decided what to write; nothing was written") as told:
        materialize.carry_out(planned, config)
    assert told.value.remedy
    assert everything(scratch) == before


def test_a_draft_that_is_committed_in_between(scratch: Scratch) -> None:
    """What was a draft when the plan was made is released when it is carried out."""
    due(scratch)
    assert scratch.jst("materialize-all").exit_code == 0
    put(scratch, "a", "1.1.0", "  other: {type: string}\n")
    config = load_config(scratch.root)
    overwriting, removing = materialize.plan_all(config), clean.plan_clean(["a@1.1.0"], config)
    assert overwriting.actions
    assert removing.actions
    scratch.commit()
    before = everything(scratch)
    for planned in (overwriting, removing):
        with pytest.raises(UsageError, match="what is committed has changed"):
            materialize.carry_out(planned, config)
    assert everything(scratch) == before


def test_a_plan_carried_out_twice(scratch: Scratch) -> None:
    due(scratch)
    config = load_config(scratch.root)
    planned = materialize.plan_all(config)
    for _ in range(2):
        materialize.carry_out(planned, config)
    assert scratch.jst("materialize-all", "--check").exit_code == 0


def test_runs_in_schema_repositories_in_one_another(scratch: Scratch) -> None:
    """Two configurations write into the same folders, again and again, each its own content of a new version."""
    scratch.write("jsonschema/.jsonschema-tools.yaml", "schemaBasePath: .\n")
    released(scratch)
    for number in range(1, 4):
        put(scratch, "a", f"1.{number}.0", "".join(f"  y{n}: {{type: string}}\n" for n in range(number)))
        runs = [
            subprocess.Popen(
                [sys.executable, "-m", "jsonschema_tools", "materialize-all"],
                cwd=folder,
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            )
            for folder in (scratch.root, scratch.root / "jsonschema") * 2
        ]
        said = [run.communicate()[1] for run in runs]
        assert [run.returncode for run in runs] == [0] * 4, said
        scratch.commit()
    assert scratch.jst("check").exit_code == 0
    assert os.listdir(scratch.root / ".git/jst") == ["lock"]
