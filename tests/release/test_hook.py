"""The Git hook has the same notion: a draft may be committed again and again, a released version may not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Scratch
from tests.release.states import CURRENT, World, behind_main, schema, taken_while_a_draft

FILE = "jsonschema/a/1.1.0.yaml"


def commit(there: Scratch, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    command = ["git", *identity, "commit", "--all", "--message", "change", *arguments]
    return subprocess.run(command, cwd=there.root, capture_output=True, text=True, check=False)


def hooked(there: Scratch) -> Scratch:
    assert there.jst("install-git-hook").exit_code == 0
    return there


def put(there: Scratch, version: str, *properties: str) -> None:
    there.write(CURRENT, schema(version, *properties))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("how", [(), ("--amend",)], ids=["one more commit", "amended"])
def test_a_committed_draft_may_be_committed_again(tmp_path: Path, how: tuple[str, ...]) -> None:
    there = hooked(World(tmp_path).start())
    there.git("checkout", "--quiet", "-b", "topic")
    for number, name in enumerate(("one", "two")):
        put(there, "1.1.0", name)
        done = commit(there, *(how if number else ()))
        assert done.returncode == 0, done.stderr
        assert f"{name}:" in there.git("show", f"HEAD:{FILE}")


def test_a_released_version_may_not(tmp_path: Path) -> None:
    there = hooked(World(tmp_path).start())
    put(there, "1.0.0", "y")
    done = commit(there)
    assert done.returncode != 0
    assert "released already, on origin/main" in done.stderr
    assert there.git("diff", "--cached") == ""


def test_a_clone_that_cannot_tell_what_is_released_takes_commits(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    world.colleague("1.1.0", "y", branch="topic")
    there = hooked(world.clone("alone", "--single-branch", "--branch=topic"))
    put(there, "1.2.0", "y", "z")
    done = commit(there)
    assert done.returncode == 0, done.stderr


def _merge(there: Scratch) -> None:
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    subprocess.run(
        ["git", *identity, "merge", "--quiet", "origin/main"], cwd=there.root, capture_output=True, check=False
    )
    assert there.git("rev-parse", "MERGE_HEAD")


def test_a_merge_that_took_the_number_goes_on_with_the_next(tmp_path: Path) -> None:
    """Both sides made 1.1.0: after the conflict theirs is the release, and ours gets another number."""
    there = hooked(taken_while_a_draft(World(tmp_path)))
    _merge(there)
    put(there, "1.1.0", "theirs", "mine")
    there.git("add", CURRENT)
    refused = commit(there)
    assert refused.returncode != 0

    for name in there.git("diff", "--name-only", "--diff-filter=U").split():
        there.git("checkout", "origin/main", "--", name)
    bumped = there.jst("bump", CURRENT)
    assert "1.1.0 -> " in bumped.output, bumped.output
    done = commit(there)
    assert done.returncode == 0, done.stderr
    assert there.git("diff", "origin/main", "HEAD", "--", FILE) == ""
    assert there.git("rev-list", "--parents", "--max-count=1", "HEAD").count(" ") == 2


def test_a_merge_brings_in_what_is_released(tmp_path: Path) -> None:
    """A merge that stopped (here: on purpose) has what it merges: nothing is ahead any more, nothing is missing."""
    there = hooked(behind_main(World(tmp_path)))
    there.write("note", "x")
    there.git("add", "note")
    there.git("commit", "--quiet", "--no-verify", "--message", "note")
    there.git("merge", "--quiet", "--no-commit", "origin/main")
    assert "not merged yet" not in there.jst("ls").output
    put(there, "1.2.0", "theirs", "z")
    bumped = there.jst("bump", "--dry-run", CURRENT)
    assert "merge" not in bumped.output, bumped.output
    done = commit(there)
    assert done.returncode == 0, done.stderr
