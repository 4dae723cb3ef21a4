"""A repository from nothing to the refusal of a change that breaks compatibility: every door says the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jsonschema_tools.use_cases.check import check
from tests.conftest import Scratch

TITLE = "shop/order/placed"
CURRENT = f"jsonschema/{TITLE}/current.yaml"
FINDING = re.compile(r"^(\S+:\d+:\d+): error ([\w-]+) (.+)$", re.MULTILINE)

Found = set[tuple[str, str, str]]
"""Place, rule and message of each finding."""


def run(scratch: Scratch, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=scratch.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def add(scratch: Scratch, version: str, more: str) -> None:
    text = re.sub(r"^\$id: .*", f"$id: /{TITLE}/{version}", scratch.read(CURRENT), flags=re.MULTILINE)
    scratch.write(CURRENT, text + more)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scratch:
    """A repository whose last commit is good, on a branch with a staged change that is not."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "someone")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "someone@example.org")
    scratch = Scratch(tmp_path / "shop")
    scratch.root.mkdir()
    scratch.git("init", "--quiet", "--initial-branch=main")
    assert scratch.jst("init").exit_code == 0
    assert scratch.jst("new", TITLE, "--description", "A customer ordered.").exit_code == 0
    assert scratch.jst("install-git-hook").exit_code == 0
    add(scratch, "1.0.0", "  order_id:\n    description: The order.\n    type: string\n")
    scratch.git("add", "--all")
    first = run(scratch, "git", "commit", "-m", "first")
    assert first.returncode == 0, first.stdout
    assert "order_id" in scratch.git("show", f"HEAD:jsonschema/{TITLE}/1.0.0.yaml")
    scratch.git("checkout", "--quiet", "-b", "change")
    scratch.write(CURRENT, scratch.read(CURRENT).replace("order_id", "number"))
    add(scratch, "1.1.0", "")
    scratch.git("add", "--all")
    return scratch


def printed(done: subprocess.CompletedProcess[str]) -> Found:
    assert done.returncode == 1, done.stdout
    return set(FINDING.findall(done.stdout))


def hook(scratch: Scratch) -> Found:
    return printed(run(scratch, "git", "commit", "-m", "break"))


def against(scratch: Scratch) -> Found:
    scratch.git("commit", "--quiet", "--no-verify", "-m", "break")
    return printed(run(scratch, "jst", "check", "--against", "main"))


def library(scratch: Scratch) -> Found:
    found = check(scratch.root).results
    return {
        (
            f"{finding.file.relative_to(scratch.root)}:{finding.line}:{finding.column}",
            result.check.rule.id,
            finding.message,
        )
        for result in found
        for finding in result.findings
    }


def pytest_plugin(scratch: Scratch) -> Found:
    return printed(run(scratch, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"))


def pre_commit(scratch: Scratch) -> Found:
    assert "remedy: jst materialize-modified --staged\n" in run(scratch, "pre-commit", "run").stdout
    assert run(scratch, "jst", "materialize-modified", "--staged").returncode == 0
    return printed(run(scratch, "pre-commit", "run"))


DOORS = (hook, pre_commit, library, pytest_plugin, against)
"""In this order: the hook materializes for all of them, the next one stages that, the last one commits."""


def test_every_door_refuses_with_the_same_finding(shop: Scratch) -> None:
    removed = "the property 'order_id' was removed"
    due = f"1.1.0 is a minor version after 1.0.0, but what changed needs a major one: /properties/order_id: {removed}"
    findings = {
        (f"{CURRENT}:9:1", "schema-version-compatibility", f"/properties/order_id: {removed} since 1.0.0 (forward)"),
        (f"{CURRENT}:3:6", "version-bump", due),
    }
    assert {door.__name__: door(shop) for door in DOORS} == {door.__name__: findings for door in DOORS}
