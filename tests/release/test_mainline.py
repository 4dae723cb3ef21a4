"""Releases are followed along the branch itself, also where a merge has its parents the other way round."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Scratch
from tests.release.states import World

SAID = [
    "Merge remote-tracking branch 'origin/main' into topic",
    "Merge branch 'main' of example.org:schemas into topic",
    "Merge branch 'main' into topic",
]
INTO_TOPIC = [*SAID, "topic is ready"]
INTO_MAIN = ["Merge branch 'topic'", "Merge pull request #1 from somebody/topic", 'Merge "Add y"', "add y"]


def topic_of(world: World, *, has_release: bool = True) -> Scratch:
    """A branch that has a 1.1.0 of its own, perhaps, while another one was released on main."""
    work = world.start()
    work.git("checkout", "--quiet", "-b", "topic")
    world.release(work, "1.1.0" if has_release else "2.0.0", "mine")
    world.colleague("1.1.0", "theirs")
    work.git("fetch", "--quiet")
    return work


def merged(work: Scratch, name: str, message: str, *, keep: str) -> None:
    """Merge, with the version files of one side."""
    if keep == "ours":
        work.git("merge", "--quiet", "--no-ff", "-s", "ours", "-m", message, name)
    else:
        work.git("merge", "--quiet", "--no-ff", "-X", "theirs", "-m", message, name)


def findings(world: World) -> set[tuple[str, str]]:
    """The rules that find something in a new clone, with the file."""
    fresh = world.clone("fresh")
    report = fresh.jst("check", "--select", "released-versions-*", "--format", "json")
    results = json.loads(report.stdout)["results"]
    return {(result["rule"], Path(result["path"]).name) for result in results if result["status"] == "failed"}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("message", INTO_TOPIC)
def test_what_a_swapped_merge_changed_is_found(tmp_path: Path, message: str) -> None:
    world = World(tmp_path)
    work = topic_of(world)
    merged(work, "origin/main", message, keep="ours")
    work.git("push", "--quiet", "origin", "topic:main")
    assert findings(world) == {("released-versions-are-immutable", "1.1.0.yaml"),
                               ("released-versions-are-immutable", "1.1.0.json")}  # fmt: skip


@pytest.mark.sampled(2)
@pytest.mark.parametrize("message", INTO_TOPIC)
def test_what_a_swapped_merge_dropped_is_found(tmp_path: Path, message: str) -> None:
    world = World(tmp_path)
    work = topic_of(world, has_release=False)
    merged(work, "origin/main", message, keep="ours")
    work.git("push", "--quiet", "origin", "topic:main")
    assert findings(world) == {("released-versions-are-kept", "1.1.0.yaml"),
                               ("released-versions-are-kept", "1.1.0.json")}  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize("message", SAID)
def test_a_swapped_merge_that_takes_what_was_released_is_right(tmp_path: Path, message: str) -> None:
    world = World(tmp_path)
    work = topic_of(world)
    merged(work, "origin/main", message, keep="theirs")
    world.release(work, "1.2.0", "theirs", "mine")
    work.git("push", "--quiet", "origin", "topic:main")
    assert findings(world) == set()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("message", SAID)
def test_a_later_change_is_found_behind_a_swapped_merge(tmp_path: Path, message: str) -> None:
    world = World(tmp_path)
    work = topic_of(world)
    merged(work, "origin/main", message, keep="theirs")
    world.release(work, "1.1.0", "mine")
    work.git("push", "--quiet", "origin", "topic:main")
    assert ("released-versions-are-immutable", "1.1.0.yaml") in findings(world)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("message", INTO_MAIN)
def test_a_merge_into_main_that_refuses_the_other_release_is_right(tmp_path: Path, message: str) -> None:
    world = World(tmp_path)
    work = topic_of(world)
    work.git("checkout", "--quiet", "main")
    work.git("merge", "--quiet", "--ff-only", "origin/main")
    if message == INTO_MAIN[-1]:
        # Nothing says which side was the branch: a branch that takes over what was released is right either way.
        work.git("checkout", "--quiet", "topic")
        merged(work, "main", "Merge branch 'main' into topic", keep="theirs")
        work.git("checkout", "--quiet", "main")
    merged(work, "topic", message, keep="ours")
    work.git("push", "--quiet", "origin", "main")
    assert findings(world) == set()


def test_swapped_merges_one_after_the_other(tmp_path: Path) -> None:
    world = World(tmp_path)
    work = topic_of(world)
    merged(work, "origin/main", INTO_TOPIC[0], keep="ours")
    work.git("push", "--quiet", "origin", "topic:main")
    work.git("checkout", "--quiet", "-b", "second", "origin/main~1")
    world.release(work, "1.3.0", "more")
    work.git("fetch", "--quiet")
    merged(work, "origin/main", "Merge branch 'main' into second", keep="ours")
    work.git("push", "--quiet", "origin", "second:main")
    assert ("released-versions-are-immutable", "1.1.0.yaml") in findings(world)


def test_git_is_not_asked_more_often_for_many_swapped_merges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path)
    work = world.start()
    tip = work.git("rev-parse", "HEAD").strip()
    counts = []
    for number in (1, 8):
        for index in range(number):
            work.git("checkout", "--quiet", "-b", f"side{number}_{index}", f"{tip}")
            work.git("commit", "--quiet", "--allow-empty", "-m", "a")
            work.git("merge", "--quiet", "--no-ff", "-m", "Merge branch 'main'" if index % 2 else "pulled", "main")
            work.git("branch", "--quiet", "--force", "main", "HEAD")
        work.git("checkout", "--quiet", "main")
        calls: list[list[str]] = []
        real = subprocess.run

        def counting(command: list[str], *arguments: object, **options: object) -> object:
            calls.append(command)  # noqa: B023 (used at once)
            return real(command, *arguments, **options)  # type: ignore[call-overload]  # noqa: B023

        monkeypatch.setattr(subprocess, "run", counting)
        assert work.jst("check", "--select", "released-versions-*").exit_code == 0
        monkeypatch.undo()
        counts.append(len(calls))
    assert counts[1] <= counts[0]
