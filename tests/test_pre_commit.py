"""Our hooks in the real pre-commit: what is refused, what the cure is, and that nothing is ever lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
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
    before = state(scratch)
    done = run(scratch, "pre-commit", "try-repo", str(published.root), "jst-materialize")
    assert done.returncode == 1, done.stdout
    assert "write jsonschema/a/1.0.0.yaml" in done.stdout
    assert state(scratch) == before
    cure(scratch, done.stdout)
    done = run(scratch, "pre-commit", "try-repo", str(published.root), "jst-materialize")
    assert done.returncode == 0, done.stdout


@pytest.mark.search
def test_commits(scratch: Scratch, published: Scratch, environment: None) -> None:
    hooks = [{"id": hook["id"]} for hook in yaml.safe_load(published.read(".pre-commit-hooks.yaml"))]
    repo = {"repo": str(published.root), "rev": published.git("rev-parse", "HEAD").strip(), "hooks": hooks}
    scratch.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [repo]}))
    put(scratch, "1.0.0")
    run(scratch, "pre-commit", "install")
    scratch.git("add", "--all")
    assert scratch.jst("materialize-modified", "--staged").exit_code == 0
    done = run(scratch, "git", "commit", "-m", "first")
    assert done.returncode == 0, done.stdout

    put(scratch, "1.1.0", BAD)
    done = run(scratch, "git", "commit", "-a", "-m", "bad")
    assert done.returncode == 1
    failed = re.findall(r"^- hook id: (\S+)\n- exit code: 1$", done.stdout, re.MULTILINE)
    assert failed == ["jst-materialize"], done.stdout
    scratch.jst("materialize-modified")
    done = run(scratch, "git", "commit", "-a", "-m", "bad")
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


def state(scratch: Scratch) -> dict[str, object]:
    """All that a commit could lose: every file, the index, the stash, a merge in progress, where the branch is."""
    git = scratch.root / ".git"
    return {
        "files": scratch.snapshot(),
        "modes": {path: path.lstat().st_mode for path in (scratch.root / "jsonschema").rglob("*")},
        "index": scratch.git("ls-files", "--stage"),
        "status": scratch.git("status", "--porcelain"),
        "stash": scratch.git("stash", "list"),
        "merge": (git / "MERGE_HEAD").read_text() if (git / "MERGE_HEAD").exists() else None,
        "head": (git / "HEAD").read_text() + scratch.git("for-each-ref"),
    }


def cure(scratch: Scratch, said: str) -> None:
    """Do what the remedy of `jst-materialize` says."""
    remedy = said.partition("    remedy: ")[2].partition("\n")[0]
    quoted = re.fullmatch("`(.*)`, and commit without -a or paths.", remedy)
    done = run(scratch, "sh", "-c", quoted[1] if quoted else remedy)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Scratch(tmp_path_factory.mktemp("made"))
    made.git("init", "--quiet")
    hooks = [hook | {"language": "system"} for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())]
    made.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    made.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    made.write("README.md", "Schemas.\n")
    put(made, "1.0.0")
    made.write("jsonschema/b/current.yaml", titled(made.read("jsonschema/a/current.yaml"), "b"))
    assert made.jst("materialize").exit_code == 0
    made.commit()
    run(made, str(Path(sys.executable).with_name("pre-commit")), "install")
    return made.root


@pytest.fixture
def installed(_made: Path, tmp_path: Path, environment: None) -> Scratch:
    """A repository with 1.0.0 of two schemas, in which our hooks run as they are published, from this environment."""
    shutil.copytree(_made, tmp_path / "installed", symlinks=True)
    return Scratch(tmp_path / "installed")


def titled(text: str, title: str) -> str:
    return text.replace("title: a", f"title: {title}").replace("/a/", f"/{title}/")


def bump(scratch: Scratch) -> None:
    """What is to be committed: 1.1.0 of a schema, its version files forgotten."""
    put(scratch, "1.1.0", MORE)
    scratch.git("add", "jsonschema/a/current.yaml")


def readme(scratch: Scratch) -> None:
    bump(scratch)
    scratch.write("README.md", "Schemas of events.\n")


def version_file(scratch: Scratch) -> None:
    bump(scratch)
    scratch.write("jsonschema/a/1.0.0.yaml", "edited: true\n")


def draft(scratch: Scratch) -> None:
    """A version file was staged, and then edited by hand, with more to come in the current file."""
    bump(scratch)
    scratch.jst("materialize-modified", "--staged")
    put(scratch, "1.1.0", MORE + "  z: {type: string}\n")
    scratch.git("add", "jsonschema/a/current.yaml")
    scratch.write("jsonschema/a/1.1.0.json", "{}\n")


def other_current(scratch: Scratch) -> None:
    bump(scratch)
    scratch.write("jsonschema/b/current.yaml", scratch.read("jsonschema/b/current.yaml") + MORE)


def configuration(scratch: Scratch) -> None:
    bump(scratch)
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nlogLevel: info\n")


def partially_staged(scratch: Scratch) -> None:
    bump(scratch)
    put(scratch, "1.1.0", MORE + "  later: {type: string}\n")


def untracked(scratch: Scratch) -> None:
    bump(scratch)
    scratch.jst("materialize")
    scratch.write("README.md", "Schemas of events.\n")


def deleted(scratch: Scratch) -> None:
    bump(scratch)
    (scratch.root / "jsonschema/a/1.0.0.yaml").unlink()
    (scratch.root / "jsonschema/b/latest").unlink()


def renamed(scratch: Scratch) -> None:
    scratch.git("mv", "jsonschema/a", "jsonschema/c")
    scratch.write("jsonschema/c/current.yaml", titled(SCHEMA.format(version="1.1.0"), "c"))
    scratch.git("add", "jsonschema/c/current.yaml")
    scratch.write("README.md", "Schemas of events.\n")


def merging(scratch: Scratch) -> None:
    scratch.git("checkout", "--quiet", "-b", "other")
    scratch.write("other", "")
    scratch.git("add", "--all")
    scratch.git("commit", "--quiet", "--no-verify", "--message", "other")
    scratch.git("checkout", "--quiet", "-")
    scratch.git("merge", "--no-commit", "--no-ff", "other")
    readme(scratch)


def initial(scratch: Scratch) -> None:
    scratch.git("update-ref", "-d", "HEAD")
    readme(scratch)


def everything(scratch: Scratch) -> None:
    put(scratch, "1.1.0", MORE)
    scratch.write("README.md", "Schemas of events.\n")


STATES = {
    "README edited": (readme, [], ["README.md"]),
    "a released version file edited": (version_file, [], ["jsonschema/a/1.0.0.yaml"]),
    "a draft edited": (draft, [], []),
    "another current file edited": (other_current, [], ["jsonschema/b/current.yaml"]),
    "the configuration edited": (configuration, [], [".jsonschema-tools.yaml"]),
    "the current file partially staged": (partially_staged, [], ["jsonschema/a/current.yaml"]),
    "version files not tracked": (untracked, [], ["README.md"]),
    "version files deleted": (deleted, [], ["jsonschema/a/1.0.0.yaml", "jsonschema/b/latest"]),
    "a merge in progress": (merging, [], ["README.md"]),
    "the initial commit": (initial, [], ["README.md"]),
    "commit --all": (everything, ["--all"], []),
    "commit PATH": (everything, ["jsonschema/a/current.yaml"], ["README.md"]),
}
"""What is there to be lost, how it is committed, and which files differ from the index when all is done."""


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("make", "how", "left"), STATES.values(), ids=STATES)
def test_nothing_is_lost(installed: Scratch, make: Callable[[Scratch], None], how: list[str], left: list[str]) -> None:
    make(installed)
    before = state(installed)
    edited = {name: text for name, text in installed.snapshot().items() if name in left}
    done = run(installed, "git", "commit", "-m", "refused", *how)
    assert done.returncode == 1, done.stdout
    assert state(installed) == before
    cure(installed, done.stdout)
    paths = how if how == ["--all"] else []
    done = run(installed, "git", "commit", "-m", "passes", *paths)
    assert done.returncode == 0, done.stdout
    assert "jsonschema/a/1.1.0.json" in installed.git("ls-tree", "-r", "--name-only", "HEAD")
    assert installed.git("diff", "--name-only").split() == left
    assert {name: text for name, text in installed.snapshot().items() if name in left} == edited


@pytest.mark.search
def test_nothing_is_lost_of_what_no_cure_makes_pass(installed: Scratch) -> None:
    renamed(installed)
    for rule in ("remedy: jst materialize-modified", "released-versions-are-kept"):
        before = state(installed)
        done = run(installed, "git", "commit", "-m", "refused")
        assert done.returncode == 1, done.stdout
        assert rule in done.stdout
        assert state(installed) == before
        installed.jst("materialize-modified", "--staged")


def test_a_hook_that_writes_only_checks(installed: Scratch) -> None:
    """As `jst init` once wrote it."""
    text = installed.read(".pre-commit-config.yaml")
    installed.write(".pre-commit-config.yaml", text.replace(" --staged --check", " --staged"))
    installed.commit()
    readme(installed)
    before = state(installed)
    done = run(installed, "git", "commit", "-m", "refused")
    assert done.returncode == 1, done.stdout
    assert state(installed) == before
    hook = {"id": "all", "name": "all", "entry": "jst run-git-hook", "language": "system", "pass_filenames": False}
    installed.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": [hook]}]}))
    installed.git("add", ".pre-commit-config.yaml")
    before = state(installed)
    done = run(installed, "git", "commit", "-m", "refused")
    assert "hooks of pre-commit must not change the index" in done.stdout
    assert state(installed) == before


@pytest.mark.search
def test_the_hooks_of_init_let_a_repository_with_old_findings_commit(scratch: Scratch, environment: None) -> None:
    put(scratch, "1.0.0", BAD)
    scratch.write("jsonschema/b/current.yaml", titled(SCHEMA.format(version="1.0.0"), "b"))
    assert scratch.jst("materialize").exit_code == 0
    assert scratch.jst("init").exit_code == 0
    scratch.commit()
    assert scratch.jst("check").exit_code == 1
    run(scratch, "pre-commit", "install")

    def commit_change(title: str) -> subprocess.CompletedProcess[str]:
        text = SCHEMA.format(version="1.1.0") + (BAD if title == "a" else "") + MORE
        scratch.write(f"jsonschema/{title}/current.yaml", titled(text, title))
        scratch.jst("materialize")
        scratch.git("add", "--all")
        return run(scratch, "git", "commit", "-m", title)

    scratch.write("README.md", "Of no schema.\n")
    scratch.git("add", "README.md")
    assert run(scratch, "git", "commit", "-m", "readme").returncode == 0
    assert commit_change("b").returncode == 0
    done = commit_change("a")
    assert done.returncode == 1
    assert "schema-snake-case-properties" in done.stdout
    scratch.jst("check", "--write-baseline", "known.json")
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nbaseline: known.json\n")
    scratch.git("add", "--all")
    done = run(scratch, "git", "commit", "-m", "a")
    assert done.returncode == 0, done.stdout
