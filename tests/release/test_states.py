"""Every command has the same answer to what is released, in every state of a repository."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from jsonschema_tools.git import process as git_process
from tests.conftest import Scratch
from tests.release.states import CURRENT, STATES, RepositoryState, World, schema

MAY_BE_WRITTEN = {"draft", "conflict", "free"}
IS_THERE = {"released", "draft", "taken", "conflict"}


@pytest.mark.sampled(8)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.build.__name__)
def test_every_command_has_the_same_answer(state: RepositoryState, tmp_path: Path) -> None:
    git_process._asked.cache_clear()
    there = state.build(World(tmp_path))
    git_process._asked.cache_clear()
    before = there.snapshot()
    current = there.read(CURRENT)
    for ask in (
        ask_ls,
        ask_materialize,
        ask_bump,
        ask_check,
        ask_kept,
        ask_changelog_and_diff,
        ask_clean,
        ask_profile_upstream,
    ):
        ask(state, there)
        there.write(CURRENT, current)
        assert there.snapshot() == before, ask.__name__


def listed(there: Scratch) -> dict[str, str]:
    (entry,) = [entry for entry in json.loads(there.jst("ls", "--format", "json").stdout) if entry["title"] == "a"]
    return {**entry["states"], **dict.fromkeys(entry["ahead"], "ahead")}


def ask_ls(state: RepositoryState, there: Scratch) -> None:
    names = {"conflict": "draft"}
    absent = {"missing", "withdrawn", "free"}
    found = listed(there)
    for version, standing in state.versions.items():
        shown = (version in found) and found[version]
        expected = False if standing in absent else names.get(standing, standing)
        if standing == "unknown" and version not in found:
            continue
        assert shown == expected, version


def ask_materialize(state: RepositoryState, there: Scratch) -> None:
    """Only a draft becomes another; what is refused leaves every file as it was, with the cure. The hook, too."""
    commands = [["materialize"]]
    if (there.root / ".git").exists():
        commands += [["materialize-modified"], ["materialize-modified", "--staged"]]
    for version, standing in state.versions.items():
        there.write(CURRENT, schema(version, "probe"))
        for command in commands:
            if "--staged" in command:
                index = there.root / there.git("rev-parse", "--git-path", "index").strip()
                kept = index.read_bytes() if index.exists() else None
                there.git("add", CURRENT)
            result = there.jst(*command, "--dry-run")
            assert (result.exit_code == 0) == (standing in MAY_BE_WRITTEN), (version, standing, result.output)
            if result.exit_code != 0:
                assert state.words.get(version, "") in result.stderr
                assert "remedy: " in result.stderr
            if "--staged" in command:
                index.unlink() if kept is None else index.write_bytes(kept)


def ask_bump(state: RepositoryState, there: Scratch) -> None:
    """A draft keeps its number, a released one gets the next, a taken one is told what to merge."""
    for version, standing in state.versions.items():
        if standing == "free" or state.build.__name__ in ("no_commit", "maintenance_release", "stacked_branches"):
            continue
        there.write(CURRENT, schema(version, "probe"))
        result = there.jst("bump", "--dry-run", CURRENT)
        if standing in ("draft", "conflict"):
            assert f"{version} stays" in result.output, (version, result.output)
        elif standing in ("released", "withdrawn"):
            refused = "ahead" in state.versions.values() or "unknown" in state.versions.values()
            assert (f"{version} -> " in result.output) or (refused and result.exit_code != 0), (version, result.output)
        elif standing in ("taken", "ahead"):
            assert "git merge" in result.output or "->" in result.output, (version, result.output)
        elif standing == "unknown":
            assert result.exit_code != 0, (version, result.output)
            assert "remedy: " in result.output


def ask_check(state: RepositoryState, there: Scratch) -> None:
    """`released-versions-are-immutable` judges the released, and only them."""
    for version, standing in state.versions.items():
        path = there.root / f"jsonschema/a/{version}.yaml"
        if standing not in IS_THERE - {"taken", "conflict"} or not path.is_file():
            continue
        before = path.read_text()
        if "<<<<<<<" in before:
            # Another rule says that it cannot be read.
            continue
        path.write_text(before.replace("type: string", "type: integer"))
        result = there.jst("check", "--select", "released-versions-are-immutable", "--format", "json")
        failed = [r for r in json.loads(result.stdout)["results"] if r["status"] == "failed"]
        path.write_text(before)
        if "unknown" in state.versions.values():
            assert [finding["remedy"] for r in failed for finding in r["findings"]]
        elif not _in_git(there):
            assert failed == []
        else:
            assert {Path(r["path"]).name for r in failed} == (set() if standing == "draft" else {path.name}), version


def ask_kept(state: RepositoryState, there: Scratch) -> None:
    """What a branch has not merged is not missing; what is withdrawn is, until it is back."""
    result = there.jst("check", "--select", "released-versions-are-kept", "--format", "json")
    failed = [r for r in json.loads(result.stdout)["results"] if r["status"] == "failed"]
    missing = {Path(r["path"]).stem for r in failed}
    expected = {v for v, standing in state.versions.items() if standing in ("missing", "withdrawn")}
    if "unknown" in state.versions.values():
        assert failed and "remedy" in failed[0]["findings"][0]
    elif state.build.__name__ == "sparse":
        assert failed == []
    else:
        assert missing == expected


def ask_changelog_and_diff(state: RepositoryState, there: Scratch) -> None:
    """Both say of a version that it is a draft exactly where it is one."""
    if "conflict" in state.build.__name__:
        return
    changelog = there.jst("changelog", "a").stdout
    diff = there.jst("diff", "-T", "HEAD").stdout if (there.root / ".git").exists() else ""
    for version, standing in state.versions.items():
        if (there.root / f"jsonschema/a/{version}.yaml").is_file():
            assert (f"## {version} (draft)\n" in changelog) == (standing == "draft"), (version, changelog)
            assert (f"## {version} (taken)\n" in changelog) == (standing == "taken"), (version, changelog)
            assert f"## {version}" in changelog
            if f"{version}.yaml (" in diff:
                assert (f"{version}.yaml (draft)" in diff) == (standing == "draft"), (version, diff)
                assert ("not yet merged here)" in diff) == (standing == "taken"), (version, diff)


def ask_clean(state: RepositoryState, there: Scratch) -> None:
    """Only drafts can be removed."""
    for version, standing in state.versions.items():
        if standing == "ahead":
            result = there.jst("clean", f"a@{version}", "--dry-run")
            assert result.exit_code != 0
            assert "not yet merged here" in result.stderr
        if (
            standing in ("missing", "withdrawn", "ahead", "free")
            or not (there.root / f"jsonschema/a/{version}.yaml").exists()
        ):
            continue
        result = there.jst("clean", f"a@{version}", "--dry-run")
        assert (result.exit_code == 0) == (standing in ("draft", "conflict")), (version, result.output)


def ask_profile_upstream(state: RepositoryState, there: Scratch) -> None:
    """Its verdicts are those of a plain folder, whatever Git says."""
    if "conflict" in state.build.__name__:
        return
    here = there.jst("check", "--profile", "upstream", "--format", "json")
    plain = Scratch(there.root.with_name(f"copy of {there.root.name}"))
    shutil.copytree(there.root, plain.root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    copied = plain.jst("check", "--profile", "upstream", "--format", "json")

    def verdicts(text: str) -> list[tuple[str, str]]:
        return [(r["rule"], r["status"]) for r in json.loads(text)["results"]]

    assert verdicts(here.stdout) == verdicts(copied.stdout)


def _in_git(there: Scratch) -> bool:
    from jsonschema_tools.repository.configuration import load_config
    from jsonschema_tools.repository.releases import Releases

    config = load_config(there.root)
    return Releases(config).in_git(config.schema_base_path)
