"""`jst check --staged` judges what is staged, and nothing of the repository changes by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jsonschema_tools.repository.staged import StagedTree
from jsonschema_tools.rules.model import Report
from tests.conftest import Scratch

SCHEMA = "title: {title}\n$id: /{title}/{version}\n$schema: https://json-schema.org/draft-07/schema#\n{rest}"
BAD, GOOD = "type: object\nproperties:\n  Bad: {type: string}\n", "type: object\nproperties:\n  x: {type: string}\n"


def put(scratch: Scratch, title: str, rest: str = GOOD, version: str = "1.0.0") -> None:
    scratch.write(f"jsonschema/{title}/current.yaml", SCHEMA.format(title=title, version=version, rest=rest))


@pytest.fixture
def staged(scratch: Scratch) -> Scratch:
    """A bad schema is staged, and corrected in the working tree."""
    put(scratch, "a", BAD)
    scratch.jst("materialize")
    scratch.git("add", "--all")
    put(scratch, "a")
    return scratch


@pytest.mark.parametrize("committed", [True, False])
def test_what_is_staged_is_judged(staged: Scratch, committed: bool) -> None:
    if committed:
        staged.git("commit", "--quiet", "--allow-empty", "--message", "empty", "--only")
    done = staged.jst("check", "--staged", "--select", "schema-snake-case-properties")
    assert done.exit_code == 1
    assert done.stdout.startswith("jsonschema/a/current.yaml:6:3: error schema-snake-case-properties")
    staged.git("add", "--all")
    done = staged.jst("check", "--staged", "--select", "schema-snake-case-properties")
    assert done.stdout.count(": error") == 2, "the version files are as they were"


def test_untouched_titles_and_untracked_files_are_left_out(scratch: Scratch) -> None:
    put(scratch, "a", BAD)
    scratch.commit()
    put(scratch, "b", BAD)
    put(scratch, "c")
    scratch.git("add", "jsonschema/c")
    scratch.git("rm", "--quiet", "--cached", "jsonschema/a/current.yaml")
    done = scratch.jst("check", "--staged", "--select", "schema-snake-case-properties")
    assert (done.exit_code, done.stdout) == (0, "1 passed, 0 failed, 0 skipped\n")
    done = scratch.jst("check", "--staged", "jsonschema/b")
    assert done.exit_code == 2, "not staged, so not there"


def test_the_repository_and_its_index_stay_as_they_are(staged: Scratch) -> None:
    (staged.root / "jsonschema/a/current.yaml").touch()
    before = (staged.snapshot(), staged.git("ls-files", "--stage", "--debug"), staged.git("worktree", "list"))
    staged.jst("check", "--staged")
    after = (staged.snapshot(), staged.git("ls-files", "--stage", "--debug"), staged.git("worktree", "list"))
    assert after == before


def test_look_up_in_folders_that_git_does_not_track(scratch: Scratch, tmp_path: Path) -> None:
    scratch.write(".gitignore", "packages\n")
    uris = f"[jsonschema, packages, {tmp_path}/elsewhere]"
    scratch.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\nschemaBaseUris: {uris}\n")
    for folder, title in ((scratch.root / "packages", "p"), (tmp_path / "elsewhere", "e")):
        Scratch(folder).write(f"{title}/1.0.0.yaml", SCHEMA.format(title=title, version="1.0.0", rest=GOOD))
    put(scratch, "a", "allOf: [{$ref: /p/1.0.0}, {$ref: /e/1.0.0}]\n")
    scratch.jst("materialize")
    scratch.git("add", "--all")
    done = scratch.jst("check", "--staged")
    assert done.exit_code == 0, done.stdout


def test_outside_of_git(tmp_path: Path) -> None:
    done = Scratch(tmp_path).jst("check", "--staged")
    assert done.exit_code == 2
    assert "remedy: Check without --staged" in done.stderr


def test_files_of_no_schema_are_left_out_when_asked(staged: Scratch) -> None:
    assert staged.jst("check", ".jsonschema-tools.yaml").exit_code == 2
    rule = ["--select", "schema-snake-case-properties"]
    done = staged.jst("check", *rule, "--skip-other-files", ".jsonschema-tools.yaml")
    assert (done.exit_code, done.stdout) == (0, "0 passed, 0 failed, 0 skipped\n")
    done = staged.jst("check", *rule, "--skip-other-files", ".jsonschema-tools.yaml", "jsonschema/a/latest.yaml")
    assert done.stdout.endswith("1 passed, 2 failed, 0 skipped\n")


def test_schemas_elsewhere_in_the_repository_are_in_sight(scratch: Scratch) -> None:
    """The configuration of the branch is found: its schemaBasePath was the same."""
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nschemaBaseUris: [jsonschema, vendor]\n")
    put(scratch, "a")
    scratch.write("vendor/far/1.0.0.yaml", "title: far\n$id: /far/1.0.0\ntype: object\n")
    scratch.jst("materialize")
    scratch.commit()
    scratch.git("branch", "--move", "main")
    put(scratch, "b")
    scratch.jst("materialize")
    scratch.git("add", "--all")
    done = scratch.jst("check", "--staged", "--select", "released-versions-are-kept")
    assert (done.exit_code, "out of sight" in done.output) == (0, False), done.output


def test_what_is_checked_out_is_what_is_referred_to(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files as Git's settings have them, through links to folders, and from other bases; and nothing else."""
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nschemaBaseUris: [jsonschema, vendor]\n")
    scratch.write("jsonschema/.gitattributes", "*.yaml text eol=crlf\n")
    scratch.write("vendor/far/1.0.0.yaml", "title: far\n$id: /far/1.0.0\ntype: object\n")
    for title in ("b", "c"):
        put(scratch, title)
    scratch.jst("materialize")
    scratch.commit()
    put(scratch, "a", "allOf: [{$ref: /far/1.0.0}, {$ref: /b/1.0.0}]\n")
    scratch.git("add", "--all")
    seen: set[str] = set()
    real = StagedTree.put_back

    def put_back(tree: StagedTree, report: Report) -> Report:
        seen.update(path.relative_to(tree.folder).as_posix() for path in tree.folder.rglob("*.yaml"))
        assert b"\r\n" in (tree.folder / "jsonschema/a/current.yaml").read_bytes()
        return real(tree, report)

    monkeypatch.setattr(StagedTree, "put_back", put_back)
    done = scratch.jst("check", "--staged", "--select", "structure-title")
    assert done.exit_code == 0, done.output
    assert seen == {"jsonschema/a/current.yaml"}
    done = scratch.jst("check", "--staged", "--select", "current-can-be-materialized")
    assert done.exit_code == 0, done.output
    assert {path for path in seen if path.startswith("vendor")} == {"vendor/far/1.0.0.yaml"}
    assert any(path.startswith("jsonschema/b/") for path in seen)
    assert not any(path.startswith("jsonschema/c/") for path in seen)
