"""Our hooks in the real pre-commit: which files get into the commit, and what is refused."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import Scratch

ROOT = Path(__file__).parents[1]
PACKAGE = ["pyproject.toml", "README.md", "LICENSE", "NOTICE", ".pre-commit-hooks.yaml", "jsonschema_tools"]
SCHEMA = """title: a
description: An event.
$id: /a/{version}
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  x: {{type: string}}
"""
MORE = "  y: {type: integer}\n"
BAD = "  Bad: {type: integer}\n"

pytestmark = pytest.mark.skipif(
    shutil.which("pre-commit", path=str(Path(sys.executable).parent)) is None, reason="no pre-commit"
)


def put(scratch: Scratch, version: str, more: str = "") -> None:
    scratch.write("jsonschema/a/current.yaml", SCHEMA.format(version=version) + more)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """A Git repository of this package as it is now, from which pre-commit installs."""
    scratch = Scratch(tmp_path_factory.mktemp("published"))
    for name in PACKAGE:
        source = ROOT / name
        ignore = shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, scratch.root / name, ignore=ignore)
        else:
            shutil.copy(source, scratch.root / name)
    scratch.git("init", "--quiet")
    scratch.commit()
    return scratch


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment that it builds, once for all tests."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(home))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "someone")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "someone@example.org")


def run(scratch: Scratch, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=scratch.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


@pytest.mark.search
def test_trying_a_hook(scratch: Scratch, published: Scratch, environment: None) -> None:
    put(scratch, "1.0.0")
    scratch.git("add", "--all")
    done = run(scratch, "pre-commit", "try-repo", str(published.root), "jst-materialize")
    assert done.returncode == 0, done.stdout
    assert "write jsonschema/a/1.0.0.yaml" in done.stdout
    assert "jsonschema/a/latest" in scratch.git("diff", "--cached", "--name-only")


@pytest.mark.search
def test_commits(scratch: Scratch, published: Scratch, environment: None) -> None:
    hooks = [{"id": hook["id"]} for hook in yaml.safe_load(published.read(".pre-commit-hooks.yaml"))]
    repo = {"repo": str(published.root), "rev": published.git("rev-parse", "HEAD").strip(), "hooks": hooks}
    scratch.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [repo]}))
    put(scratch, "1.0.0")
    run(scratch, "pre-commit", "install")
    scratch.git("add", "--all")
    done = run(scratch, "git", "commit", "-m", "first")
    assert done.returncode == 0, done.stdout

    put(scratch, "1.1.0", MORE)
    done = run(scratch, "git", "commit", "-m", "path", "jsonschema/a/current.yaml")
    assert done.returncode == 0, done.stdout
    put(scratch, "1.2.0", MORE + "  z: {type: string}\n")
    scratch.git("add", "--all")
    put(scratch, "1.2.0", "  not: staged\n")
    done = run(scratch, "git", "commit", "-m", "staged")
    assert done.returncode == 0, done.stdout
    files = scratch.git("ls-tree", "-r", "--name-only", "HEAD")
    assert all(f"jsonschema/a/{version}.yaml" in files for version in ("1.0.0", "1.1.0", "1.2.0"))
    assert scratch.git("status", "--porcelain") == " M jsonschema/a/current.yaml\n"

    put(scratch, "1.3.0", BAD)
    done = run(scratch, "git", "commit", "-a", "-m", "bad")
    assert done.returncode == 1
    failed = re.findall(r"^- hook id: (\S+)\n- exit code: 1$", done.stdout, re.MULTILINE)
    assert failed == ["jst-check", "jst-check-all"], done.stdout
    assert "jsonschema/a/current.yaml:8:3: error schema-snake-case-properties" in done.stdout
    scratch.write("notes.yaml", "- of no schema\n")
    done = run(scratch, "pre-commit", "run", "jst-check", "--verbose", "--files", "notes.yaml")
    assert done.returncode == 0, done.stdout
    assert "0 passed, 0 failed" in done.stdout

    scratch.git("reset", "--quiet", "--hard")
    scratch.git("rm", "--quiet", "jsonschema/a/1.0.0.yaml")
    done = run(scratch, "git", "commit", "-m", "removed")
    assert done.returncode == 1
    assert "released-versions-are-kept" in done.stdout
