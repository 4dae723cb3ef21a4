"""The pre-commit hook: what a commit gets, what it is refused for, and what becomes of hooks that were there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jsonschema_tools.use_cases import hook as git_hook
from tests.conftest import Scratch

HOOK = ".git/hooks/pre-commit"
SCHEMA = """title: a
description: An event.
$id: /a/{version}
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  x: {{type: string}}
"""
MORE = "  y: {type: integer}\n"


def put(scratch: Scratch, version: str, more: str = "") -> None:
    scratch.write("jsonschema/a/current.yaml", SCHEMA.format(version=version) + more)


def commit(scratch: Scratch, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    command = ["git", *identity, "commit", "--message", "change", *arguments]
    return subprocess.run(command, cwd=scratch.root, capture_output=True, text=True, check=False)


def committed(scratch: Scratch) -> set[str]:
    return set(scratch.git("ls-tree", "-r", "--name-only", "HEAD").split())


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Scratch(tmp_path_factory.mktemp("made"))
    made.git("init", "--quiet")
    made.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    assert made.jst("install-git-hook").exit_code == 0
    put(made, "1.0.0")
    made.git("add", "--all")
    done = commit(made)
    assert done.returncode == 0, done.stderr
    assert {"jsonschema/a/1.0.0", "jsonschema/a/latest"} <= committed(made)
    return made.root


@pytest.fixture
def hooked(_made: Path, tmp_path: Path) -> Scratch:
    """A repository with the hook, and 1.0.0 of a schema committed through it."""
    shutil.copytree(_made, tmp_path / "hooked", symlinks=True)
    return Scratch(tmp_path / "hooked")


@pytest.mark.sampled(3)
@pytest.mark.parametrize("how", [["--all"], ["jsonschema/a/current.yaml"], ["--include", "jsonschema/a/current.yaml"]])
def test_a_commit_gets_the_version_files_however_it_is_made(hooked: Scratch, how: list[str]) -> None:
    put(hooked, "1.1.0", MORE)
    done = commit(hooked, *how)
    assert done.returncode == 0, done.stderr
    assert {f"jsonschema/a/{name}" for name in ("1.0.0.yaml", "1.1.0", "1.1.0.json", "latest")} <= committed(hooked)
    assert hooked.git("status", "--porcelain") == ""


def test_what_is_staged_is_judged_and_not_the_working_tree(hooked: Scratch) -> None:
    put(hooked, "1.1.0", MORE)
    hooked.git("add", "--all")
    put(hooked, "1.1.0", "  x: twice\n")
    done = commit(hooked)
    assert done.returncode == 0, done.stderr
    put(hooked, "1.2.0")
    hooked.git("add", "--all")
    put(hooked, "1.2.0", MORE)
    done = commit(hooked)
    assert done.returncode == 1
    assert (
        "jsonschema/a/current.yaml:6:1: error schema-version-compatibility /properties: 'y' was removed" in done.stderr
    )


def test_other_schemas_are_not_judged(hooked: Scratch) -> None:
    hooked.write("jsonschema/b/current.yaml", "title: wrong\n$id: /b/1.0.0\n")
    put(hooked, "1.1.0", MORE)
    done = commit(hooked, "--all")
    assert done.returncode == 0, done.stderr


def test_a_released_version_cannot_be_removed(hooked: Scratch) -> None:
    hooked.write("jsonschema/README", "not empty")
    hooked.git("add", "--all")
    hooked.git("rm", "-r", "--quiet", "jsonschema/a")
    done = commit(hooked)
    assert done.returncode == 1
    assert "released-versions-are-kept" in done.stderr


def test_an_invalid_current_file_is_refused_with_its_place(hooked: Scratch) -> None:
    put(hooked, "1.1.0", "\tbad\n")
    done = commit(hooked, "--all")
    assert done.returncode == 1
    assert "jsonschema/a/current.yaml:8:1: error:" in done.stderr
    assert not (hooked.root / "jsonschema/a/1.1.0.yaml").exists()


def test_worktrees_use_the_same_hook(hooked: Scratch, tmp_path: Path) -> None:
    hooked.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    other = Scratch(tmp_path / "other")
    put(other, "1.1.0", MORE)
    done = commit(other, "--all")
    assert done.returncode == 0, done.stderr
    assert "jsonschema/a/1.1.0.yaml" in committed(other)
    assert other.git("status", "--porcelain") == hooked.git("status", "--porcelain") == ""
    assert "replaced" not in other.jst("install-git-hook").stderr


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "how", [[], ["--all"], ["jsonschema/a/current.yaml"], ["--include", "jsonschema/a/current.yaml"]]
)
@pytest.mark.parametrize("more", ["  Bad: {type: integer}\n", "\tbad\n"])
def test_what_is_refused_is_not_staged(hooked: Scratch, how: list[str], more: str) -> None:
    put(hooked, "1.1.0", more)
    if not how:
        hooked.git("add", "--all")
    before = hooked.git("ls-files", "--stage")
    done = commit(hooked, *how)
    assert done.returncode == 1, done.stderr
    assert hooked.git("ls-files", "--stage") == before
    assert (hooked.root / "jsonschema/a/1.1.0.yaml").exists() == ("Bad" in more)
    put(hooked, "1.1.0", MORE)
    done = commit(hooked, *(how or ["--all"]))
    assert done.returncode == 0, done.stderr
    assert "jsonschema/a/1.1.0.yaml" in committed(hooked)
    assert hooked.git("status", "--porcelain") == ""


def test_what_was_staged_before_stays_staged_when_refused(hooked: Scratch) -> None:
    put(hooked, "1.1.0", "  Bad: {type: integer}\n")
    hooked.jst("materialize")
    hooked.git("add", "jsonschema/a/current.yaml", "jsonschema/a/1.1.0.yaml")
    hooked.write("jsonschema/a/1.1.0.yaml", "draft\n")
    hooked.git("add", "jsonschema/a/1.1.0.yaml")
    before = hooked.git("ls-files", "--stage")
    assert commit(hooked).returncode == 1
    assert hooked.git("ls-files", "--stage") == before


@pytest.fixture
def two(tmp_path: Path) -> Scratch:
    """Two schema repositories in one Git repository, with the hook for both."""
    scratch = Scratch(tmp_path / "two")
    scratch.root.mkdir()
    scratch.git("init", "--quiet")
    for base in ("it's one", "deep/two"):
        scratch.write(f"{base}/.jsonschema-tools.yaml", "schemaBasePath: schemas\n")
        assert Scratch(scratch.root / base).jst("install-git-hook").exit_code == 0
    return scratch


def put_both(scratch: Scratch, *bad: str) -> None:
    for base in ("it's one", "deep/two"):
        more = "  Bad: {type: integer}\n" if base in bad else ""
        scratch.write(f"{base}/schemas/a/current.yaml", SCHEMA.format(version="1.0.0") + more)
    scratch.git("add", "--all")


@pytest.mark.sampled(4)
@pytest.mark.parametrize("bad", [(), ("it's one",), ("deep/two",), ("it's one", "deep/two")])
def test_one_hook_serves_several_schema_repositories(two: Scratch, bad: tuple[str, ...]) -> None:
    put_both(two, *bad)
    before = two.git("ls-files", "--stage")
    done = commit(two)
    assert done.returncode == bool(bad), done.stderr
    assert {base for base in ("it's one", "deep/two") if f"{base}/schemas/a/current.yaml:8" in done.stderr} == set(bad)
    if bad:
        assert two.git("ls-files", "--stage") == before
    else:
        files = two.git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")
        assert {"it's one/schemas/a/1.0.0.yaml", "deep/two/schemas/a/1.0.0.yaml"} <= set(files)


def test_a_schema_repository_with_a_broken_configuration_hides_no_other(two: Scratch) -> None:
    two.write("deep/two/.jsonschema-tools.yaml", "nonsense: 1\n")
    put_both(two, "it's one")
    done = commit(two)
    assert done.returncode == 1
    assert "deep/two/.jsonschema-tools.yaml:1:11: error: unknown key 'nonsense'" in done.stderr
    assert "it's one/schemas/a/current.yaml:8:3: error schema-snake-case-properties" in done.stderr


def test_a_schema_repository_that_a_branch_has_not_is_left_out(two: Scratch) -> None:
    put_both(two)
    assert commit(two).returncode == 0
    two.git("rm", "-r", "--quiet", "deep")
    done = commit(two)
    assert done.returncode == 0, done.stderr


def test_installing_again_changes_nothing_and_uninstalling_is_for_each(two: Scratch) -> None:
    one, other = Scratch(two.root / "it's one"), Scratch(two.root / "deep/two")
    before = two.read(HOOK)
    assert "installed; it goes on serving deep/two\n" in one.jst("install-git-hook").stderr
    assert two.read(HOOK) == before
    assert "would be left out; it would go on" in one.jst("install-git-hook", "--uninstall", "--dry-run").stderr
    assert two.read(HOOK) == before
    assert "left out; it goes on serving deep/two\n" in one.jst("install-git-hook", "--uninstall").stderr
    said = one.jst("install-git-hook", "--uninstall").stderr
    assert "there is no hook of jst for this folder, only for deep/two\n" in said
    put_both(two, "it's one")
    assert commit(two).returncode == 0
    assert "removed" in other.jst("install-git-hook", "--uninstall").stderr
    assert not (two.root / HOOK).exists()


def test_uninstalling_in_the_root_is_for_all(two: Scratch) -> None:
    assert "removed" in two.jst("install-git-hook", "--uninstall").stderr
    assert not (two.root / HOOK).exists()


def test_the_repository_of_an_earlier_hook_is_still_served(two: Scratch) -> None:
    foreign(two, f"# {git_hook.MARKER}0.1.0. To remove it\nbase='it'\"'\"'s one'\nexit 1")
    assert "serving it's one\n" in Scratch(two.root / "deep/two").jst("install-git-hook").stderr
    put_both(two, "it's one")
    assert "it's one/schemas/a/current.yaml:8" in commit(two).stderr


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["a\nb", "$HOME `x`", "\udcff", "-x", '"', "[a]"])
def test_folders_of_any_name(tmp_path: Path, name: str) -> None:
    scratch = Scratch(tmp_path / "two")
    scratch.root.mkdir()
    scratch.git("init", "--quiet")
    scratch.write(f"{name}/.jsonschema-tools.yaml", "{}\n")
    scratch.write("other/.jsonschema-tools.yaml", "{}\n")
    for base in (name, "other"):
        assert Scratch(scratch.root / base).jst("install-git-hook").exit_code == 0
    scratch.write(f"{name}/a/current.yaml", SCHEMA.format(version="1.0.0"))
    scratch.git("add", "--all")
    done = commit(scratch)
    assert done.returncode == 0, done.stderr
    assert scratch.git("cat-file", "-p", f"HEAD:{name}/a/1.0.0.yaml")


def foreign(scratch: Scratch, script: str, path: str = HOOK) -> Path:
    hook = scratch.write(path, f"#!/bin/sh\n{script}\n")
    hook.chmod(0o750)
    return hook


def test_a_foreign_hook_runs_first_and_may_refuse(scratch: Scratch) -> None:
    hook = foreign(scratch, "echo foreign; [ ! -e refuse ] || exit 7")
    assert scratch.jst("install-git-hook").exit_code == 0
    put(scratch, "1.0.0")
    refuse = scratch.write("refuse", "")
    scratch.git("add", "--all")
    done = commit(scratch)
    assert (done.returncode, done.stderr) == (1, "foreign\n")
    refuse.unlink()
    done = commit(scratch)
    assert done.returncode == 0
    assert done.stderr.startswith("foreign\nwrite ")
    assert hook.with_name(git_hook.EARLIER).exists()


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        ("echo foreign", git_hook.EARLIER),
        (
            "# of the Node.js tool\nunset GIT_DIR\n\n$(npm bin)/jsonschema-tools materialize-modified --staged",
            git_hook.REPLACED,
        ),
        ("$(npm bin)/jsonschema-tools materialize-modified --staged\necho more", git_hook.EARLIER),
    ],
)
def test_installing_and_uninstalling_leaves_everything_as_it_was(scratch: Scratch, script: str, kept: str) -> None:
    hook = foreign(scratch, script)
    before = (hook.read_bytes(), hook.stat().st_mode)
    names = set(hook.parent.iterdir())
    for _ in range(2):
        assert scratch.jst("install-git-hook").exit_code == 0
    assert set(hook.parent.iterdir()) - names == {hook.with_name(kept)}
    assert f"kept as {kept}" not in scratch.jst("install-git-hook").stderr
    assert f"{kept} put back" in scratch.jst("install-git-hook", "--uninstall").stderr
    assert (hook.read_bytes(), hook.stat().st_mode, set(hook.parent.iterdir())) == (*before, names)


def test_uninstalling_where_no_hook_was_leaves_none(scratch: Scratch) -> None:
    assert scratch.jst("install-git-hook").exit_code == 0
    assert scratch.jst("install-git-hook", "--uninstall").exit_code == 0
    assert not (scratch.root / HOOK).exists()
    foreign(scratch, "true")
    assert "there is no hook of jst" in scratch.jst("install-git-hook", "--uninstall").stderr
    assert (scratch.root / HOOK).exists()


def test_our_older_hook_is_replaced(scratch: Scratch) -> None:
    foreign(scratch, f"# {git_hook.MARKER}0.0.1.\nexit 1")
    assert scratch.jst("install-git-hook").exit_code == 0
    assert "exit $?" in scratch.read(HOOK)
    assert not (scratch.root / HOOK).with_name(git_hook.EARLIER).exists()


def test_a_linked_hook_stays_a_link(scratch: Scratch) -> None:
    target = foreign(scratch, "true", "tools/hook")
    (scratch.root / HOOK).symlink_to("../../tools/hook")
    assert scratch.jst("install-git-hook").exit_code == 0
    assert target.read_text() == "#!/bin/sh\ntrue\n"
    assert scratch.jst("install-git-hook", "--uninstall").exit_code == 0
    assert (scratch.root / HOOK).is_symlink()


def test_two_foreign_hooks_are_not_mixed_up(scratch: Scratch) -> None:
    foreign(scratch, "true")
    foreign(scratch, "false", f".git/hooks/{git_hook.EARLIER}")
    before = scratch.read(HOOK)
    done = scratch.jst("install-git-hook")
    assert (done.exit_code, scratch.read(HOOK)) == (2, before)
    assert "Make one of the two" in done.stderr


def test_dry_run_changes_nothing(scratch: Scratch) -> None:
    foreign(scratch, "true")
    before = sorted((scratch.root / ".git/hooks").iterdir())
    done = scratch.jst("install-git-hook", "--dry-run")
    assert "would be installed; the hook that was there would be kept as pre-commit.before-jst" in done.stderr
    assert sorted((scratch.root / ".git/hooks").iterdir()) == before


def test_hooks_elsewhere_in_the_repository(scratch: Scratch) -> None:
    scratch.git("config", "core.hooksPath", "our hooks")
    inside = Scratch(scratch.root / "jsonschema")
    assert inside.jst("install-git-hook").exit_code == 0
    assert (scratch.root / "our hooks/pre-commit").exists()


def test_hooks_of_all_repositories_are_left_alone(scratch: Scratch, tmp_path: Path) -> None:
    scratch.git("config", "core.hooksPath", str(tmp_path / "hooks"))
    done = scratch.jst("install-git-hook")
    assert done.exit_code == 2
    assert "core.hooksPath leads to hooks that other repositories may use too" in done.stderr
    assert not (tmp_path / "hooks").exists()


def test_outside_of_git(tmp_path: Path) -> None:
    done = Scratch(tmp_path).jst("install-git-hook")
    assert done.exit_code == 2
    assert "Run `git init` first" in done.stderr


def test_a_repository_in_a_folder_and_an_interpreter_with_spaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = Scratch(tmp_path / "it's all")
    scratch.root.mkdir()
    scratch.git("init", "--quiet")
    scratch.write("the schemas/.jsonschema-tools.yaml", "{}\n")
    python = foreign(scratch, f'echo by hand\nexec {sys.executable} "$@"', "../my python/it's")
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert scratch.jst("install-git-hook", "the schemas").exit_code == 0
    scratch.write("the schemas/a/current.yaml", SCHEMA.format(version="1.0.0"))
    scratch.git("add", "--all")
    done = commit(scratch)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("by hand") == 1
    assert "the schemas/a/1.0.0.yaml" in scratch.git("-c", "core.quotePath=no", "ls-tree", "-r", "--name-only", "HEAD")
    python.unlink()
    scratch.write("unrelated", "")
    scratch.git("add", "--all")
    done = commit(scratch)
    assert done.returncode == 1
    assert "needs jst, which is not installed" in done.stderr
