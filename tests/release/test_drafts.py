"""Drafts come and go; what is released, taken or spent is told with its branch and commit, and a cure that works."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from jsonschema_tools.git import process as git_process
from tests.conftest import Scratch
from tests.release import states
from tests.release.states import CURRENT, SETTINGS, World, schema


@pytest.fixture
def world(tmp_path: Path) -> World:
    git_process._asked.cache_clear()
    return World(tmp_path)


def names(there: Scratch) -> set[str]:
    return {path.name for path in (there.root / "jsonschema/a").iterdir()}


def of(version: str) -> set[str]:
    return {version, f"{version}.yaml", f"{version}.json"}


def warnings(there: Scratch, rule: str) -> list[tuple[str, str]]:
    report = json.loads(there.jst("check", "--select", rule, "--format", "json").stdout)
    return [(f["message"], f["remedy"]) for r in report["results"] for f in r["findings"]]


def run(there: Scratch, command: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@y.z", *shlex.split(command)[1:]],
        cwd=there.root,
        check=True,
        capture_output=True,
    )


def test_a_draft_that_another_one_replaces_is_removed(world: World) -> None:
    work = world.start()
    world.draft(work, "1.1.0", "y")
    work.write(CURRENT, schema("2.0.0", "z"))
    dry = work.jst("materialize", "--dry-run")
    assert of("1.1.0") <= names(work)
    done = work.jst("materialize")
    assert done.stdout == dry.stdout
    assert {line for line in done.stdout.splitlines() if line.startswith("remove")} == {
        f"remove jsonschema/a/{name}" for name in of("1.1.0")
    }
    assert names(work) == of("1.0.0") | of("2.0.0") | {"current.yaml", "latest", "latest.yaml", "latest.json"}
    assert (work.root / "jsonschema/a/latest").readlink() == Path("2.0.0.yaml")


def test_a_draft_that_was_given_up_is_removed_and_latest_goes_back(world: World) -> None:
    work = world.start()
    world.draft(work, "1.1.0", "y")
    work.write(CURRENT, schema("1.0.0"))
    assert work.jst("materialize").exit_code == 0
    assert names(work) & of("1.1.0") == set()
    assert (work.root / "jsonschema/a/latest").readlink() == Path("1.0.0.yaml")
    assert work.git("status", "--porcelain") == ""


def test_what_is_staged_of_it_is_unstaged_with_it(world: World) -> None:
    work = world.start()
    world.draft(work, "1.1.0", "y")
    work.git("add", "--all")
    work.write(CURRENT, schema("2.0.0", "z"))
    work.git("add", CURRENT)
    assert work.jst("materialize-modified", "--staged").exit_code == 0
    staged = work.git("diff", "--cached", "--name-only").split()
    assert {Path(name).name for name in staged} & of("1.1.0") == set()
    assert {Path(name).name for name in staged} >= of("2.0.0")


@pytest.mark.parametrize("build", [states.committed_on_a_branch, states.maintenance_release, states.reverted_release])
def test_what_is_not_superseded_stays(world: World, build: object) -> None:
    """A committed draft, a maintenance release below the greatest, a withdrawn version that is back in the tree."""
    work = build(world)  # type: ignore[operator]
    if build is states.reverted_release:
        world.draft(work, "1.1.0", "y")
    before = names(work)
    work.write(CURRENT, schema("3.0.0", "three"))
    assert work.jst("materialize").exit_code == 0
    assert before <= names(work)


def test_where_nothing_is_released_nothing_is_removed(world: World) -> None:
    """Versions that were copied from elsewhere are to be released together."""
    work = world.start()
    folder = work.root / "jsonschema/b"
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        work.write("jsonschema/b/current.yaml", schema(version, f"p{version[0]}", title="b"))
        work.jst("materialize")
    assert {f"{version}.yaml" for version in ("1.0.0", "1.1.0", "2.0.0")} <= {p.name for p in folder.iterdir()}


def test_a_committed_one_is_a_warning_and_clean_is_the_cure(world: World) -> None:
    work = states.committed_on_a_branch(world)
    world.release(work, "2.0.0", "z")
    ((message, remedy),) = warnings(work, "superseded-draft")
    assert message == "version 1.1.0 is a draft that current.yaml is no longer of: it says 2.0.0"
    command = re.findall("`([^`]+)`", remedy)[0]
    assert command == "jst clean a@1.1.0"
    assert work.jst("clean", "a@1.1.0", "--dry-run").stdout.count("remove") == 3
    assert work.jst(*command.split()[1:]).exit_code == 0
    assert names(work) & of("1.1.0") == set()
    assert warnings(work, "superseded-draft") == []
    assert work.jst("check", "--profile", "upstream").exit_code == 0


def test_clean_of_a_title_is_clean_of_all_that_is_superseded(world: World) -> None:
    work = states.committed_on_a_branch(world)
    world.release(work, "2.0.0", "z")
    assert work.jst("clean", "a").exit_code == 0
    assert names(work) & of("1.1.0") == set()
    assert names(work) >= of("1.0.0") | of("2.0.0")


def test_clean_of_the_latest_draft_sets_the_links_back(world: World) -> None:
    work = world.start()
    world.draft(work, "1.1.0", "y")
    assert work.jst("clean", "a@1.1.0").exit_code == 0
    assert (work.root / "jsonschema/a/latest.json").readlink() == Path("1.0.0.json")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a@1.0.0", "version 1.0.0 is no draft: it is released on origin/main"),
        ("a@9.0.0", "there is no version '9.0.0' of a"),
        ("b", "there is no schema with the title 'b'"),
        ("a@../x", "there is no version '../x' of a"),
    ],
)
@pytest.mark.parametrize("flags", [[], ["--force"]])
def test_clean_refuses(world: World, name: str, said: str, flags: list[str]) -> None:
    work = world.start()
    before = work.snapshot()
    result = work.jst("clean", name, *flags)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
    assert work.snapshot() == before


@pytest.mark.parametrize("build", [states.outside_of_git, states.ignored_folder, states.below_a_foreign_top])
def test_outside_of_git_force_is_the_way_out(world: World, build: object) -> None:
    work = build(world)  # type: ignore[operator]
    work.write(CURRENT, schema("1.0.0", "changed"))
    refused = work.jst("materialize")
    assert refused.exit_code == 1
    assert "Git does not keep what is here" in refused.stderr
    assert "--force" in refused.stderr
    assert work.jst("clean", "a@1.0.0").exit_code == 2
    assert work.jst("materialize", "--force").exit_code == 0
    assert work.jst("clean", "a@1.0.0", "--force").exit_code == 0
    assert names(work) == {"current.yaml"}


def test_version_files_that_git_is_told_to_ignore_count_as_released(world: World) -> None:
    work = world.start()
    work.write(".gitignore", "/jsonschema/b/[0-9]*\n")
    work.write("jsonschema/b/current.yaml", schema("1.0.0", title="b"))
    assert work.jst("materialize").exit_code == 0
    work.commit()
    work.write("jsonschema/b/current.yaml", schema("1.0.0", "y", title="b"))
    before = work.snapshot()
    assert work.jst("materialize").exit_code == 1
    assert work.snapshot() == before


def test_a_branch_with_two_contents_of_a_draft_is_told_to_squash(world: World) -> None:
    work = states.committed_on_a_branch(world)
    assert warnings(work, "rewritten-draft") == []
    world.release(work, "1.1.0", "corrected")
    found = warnings(work, "rewritten-draft")
    assert len(found) == 2
    message, remedy = found[0]
    assert re.match(r"the draft 1\.1\.0\.(yaml|json) has 2 contents in the commits of this branch: \w+, \w+$", message)
    assert f"`git rebase -i {message.rpartition(': ')[2].partition(',')[0]}~1`" in remedy
    work.git("reset", "--quiet", "--soft", "origin/main")
    work.commit()
    assert warnings(work, "rewritten-draft") == []


def test_another_layout_of_a_draft_is_the_same_content(world: World) -> None:
    work = states.committed_on_a_branch(world)
    work.write("jsonschema/a/1.1.0.yaml", "# a comment\n" + work.read("jsonschema/a/1.1.0.yaml"))
    work.commit()
    assert warnings(work, "rewritten-draft") == []


def test_a_withdrawn_version_may_return_as_it_was(world: World) -> None:
    work = states.reverted_release(world)
    first = work.git("show", "HEAD~1:jsonschema/a/1.1.0.yaml")
    assert work.jst("materialize").exit_code == 0
    assert (work.root / "jsonschema/a/latest").readlink() == Path("1.0.0.yaml")
    work.write(CURRENT, schema("1.1.0", "y"))
    assert "1.1.0 stays" in work.jst("bump", CURRENT).output
    assert work.jst("materialize").exit_code == 0
    assert work.read("jsonschema/a/1.1.0.yaml") == first
    assert work.jst("check", "--select", "released-*").exit_code == 0


def test_a_withdrawn_number_is_spent(world: World) -> None:
    work = states.reverted_release(world)
    commit = work.git("rev-parse", "--short=10", "HEAD~1").strip()
    work.write(CURRENT, schema("1.1.0", "other"))
    result = work.jst("materialize")
    assert f"version 1.1.0 is spent: it was released on origin/main in {commit} and removed later" in result.stderr
    assert f"git checkout {commit} -- jsonschema/a/1.1.0.yaml" in result.stderr
    assert "1.1.0 -> 1.2.0" in work.jst("bump", CURRENT).output
    assert work.jst("materialize").exit_code == 0


@pytest.mark.parametrize("state", [states.on_main, states.removed_on_the_branch, states.renamed_default_branch])
def test_the_cure_restores_from_the_branch_that_has_it(world: World, state: object) -> None:
    work = state(world)  # type: ignore[operator]
    text = work.git("show", "HEAD:jsonschema/a/1.0.0.yaml")
    work.write("jsonschema/a/1.0.0.yaml", text.replace("string", "integer"))
    work.commit()
    refused = work.jst("materialize", CURRENT) if state is states.on_main else None
    checked = work.jst("check", "--select", "released-versions-are-immutable", "--format", "json")
    remedies = [f["remedy"] for r in json.loads(checked.stdout)["results"] for f in r["findings"]]
    commands = {re.search(r"`(git checkout .*?)`", remedy)[1] for remedy in remedies}  # type: ignore[index]
    if refused is not None:
        assert commands <= set(re.findall(r"`(git checkout .*?)`", refused.stderr))
    assert len(commands) == 1
    run(work, commands.pop())
    assert work.read("jsonschema/a/1.0.0.yaml") == text


def test_a_release_that_was_changed_later_is_restored_from_its_commit(world: World) -> None:
    work = world.start()
    text = work.read("jsonschema/a/1.0.0.yaml")
    first = work.git("rev-parse", "--short=10", "HEAD").strip()
    work.write("jsonschema/a/1.0.0.yaml", text.replace("string", "integer"))
    work.commit()
    work.git("push", "--quiet")
    result = work.jst("check", "--select", "released-versions-are-immutable")
    assert f"git checkout {first} -- jsonschema/a/1.0.0.yaml" in result.output


@pytest.mark.parametrize("state", [states.shallow, states.pull_request_checkout])
def test_the_cure_of_what_is_unknown_works(world: World, state: object) -> None:
    work = state(world)  # type: ignore[operator]
    work.write(CURRENT, schema("1.1.0", "y", "z"))
    refused = work.jst("materialize")
    assert refused.exit_code == 1
    for command in re.findall("`(git fetch [^`]+)`", refused.stderr):
        run(work, command)
    assert work.jst("materialize").exit_code == 0, work.jst("materialize").stderr


def test_what_needs_no_history_works_without(world: World) -> None:
    for state in (states.shallow, states.pull_request_checkout):
        work = state(World(world.root / state.__name__)) if (world.root / state.__name__).mkdir() is None else None
        assert work is not None
        result = work.jst("materialize")
        assert (result.exit_code, result.stderr.endswith("nothing to do\n")) == (0, True), result.stderr
        assert work.jst("check", "--profile", "upstream").exit_code == 0


def test_the_number_of_main_is_taken_and_merging_cures(world: World) -> None:
    work = states.behind_main(world)
    work.write(CURRENT, schema("1.1.0", "mine"))
    refused = work.jst("materialize")
    assert re.search(
        r"version 1\.1\.0 is taken: it is released on origin/main in \w{10}, which this branch has not merged",
        refused.stderr,
    )
    work.git("checkout", "--quiet", "--", ".")
    run(work, re.search(r"`(git merge .*?)`", refused.stderr)[1])  # type: ignore[index]
    work.write(CURRENT, schema("1.1.0", "theirs", "mine"))
    assert "1.1.0 -> 1.2.0" in work.jst("bump", CURRENT).output
    assert work.jst("materialize").exit_code == 0


def test_a_draft_whose_number_was_taken(world: World) -> None:
    work = states.taken_while_a_draft(world)
    result = work.jst("check", "--select", "released-versions-are-immutable")
    assert "Merge it: `git merge origin/main`" in result.output
    assert "git checkout" not in result.output


def test_a_release_ref_counts_for_one_call(world: World) -> None:
    work = states.gitflow(world)
    work.write(CURRENT, schema("1.1.0", "probe"))
    assert work.jst("materialize", "--dry-run").exit_code == 0
    refused = work.jst("materialize", "--dry-run", "--release-ref", "origin/develop")
    assert "released already, on origin/develop" in refused.stderr
    nowhere = work.jst("materialize", "--release-ref", "nowhere")
    assert (nowhere.exit_code, "Git knows no commit by the name of 'nowhere'" in nowhere.stderr) == (2, True)


@pytest.mark.parametrize("value", ["[]", "main", "['-x']", "['a b']", "['refs/heads/main']", "['']"])
def test_release_branches_that_cannot_be(world: World, value: str) -> None:
    work = world.start()
    work.write(".jsonschema-tools.yaml", f"{SETTINGS}releaseBranches: {value}\n")
    result = work.jst("ls")
    assert result.exit_code == 2
    assert ".jsonschema-tools.yaml:2:" in result.stderr


def test_release_branches_that_nobody_has(world: World) -> None:
    work = world.start()
    work.write(".jsonschema-tools.yaml", f"{SETTINGS}releaseBranches: [origin/main]\n")
    work.write(CURRENT, schema("1.0.0", "z"))
    result = work.jst("materialize")
    assert "no branch that is here is a release branch (releaseBranches: origin/main)" in result.stderr
    assert "git fetch origin" in result.stderr


def test_a_partial_clone_downloads_nothing_when_it_is_offline(world: World) -> None:
    work = states.partial(world)
    work.git("checkout", "--quiet", "--", ".")
    for path in (work.root / "jsonschema/a").glob("1.0.0*"):
        path.unlink()
    # Nothing here has the content any more: what was checked out is gone from the store of objects, too.
    world.colleague("1.2.0", "far")
    work.git("fetch", "--quiet")
    missing = work.git("rev-list", "--objects", "--all", "--missing=print").count("\n?")
    assert missing
    (world.root / "shared").rename(world.root / "gone")
    work.write(CURRENT, schema("1.2.0", "far"))
    result = work.jst("materialize", "--offline")
    assert result.exit_code != 0
    assert "remedy: " in result.stderr
    assert work.git("rev-list", "--objects", "--all", "--missing=print").count("\n?") == missing


def test_git_is_asked_as_often_for_many_titles_as_for_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    work = world.start()
    calls: list[list[str]] = []
    real = subprocess.run

    def counting(command: list[str], *arguments: object, **options: object) -> object:
        calls.append(command)
        return real(command, *arguments, **options)  # type: ignore[call-overload]

    counts = []
    for number in (1, 30):
        for index in range(number):
            title = f"t{number}_{index}"
            work.write(f"jsonschema/{title}/current.yaml", schema("1.0.0", title=title))
        monkeypatch.setattr(subprocess, "run", counting)
        calls.clear()
        assert work.jst("materialize").exit_code == 0
        counts.append(len(calls))
        monkeypatch.undo()
        work.commit()
    assert counts[1] <= counts[0]
    assert sum("--raw" in call for call in calls) == 1
