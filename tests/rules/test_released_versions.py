"""Nothing released is ever changed or lost: against real Git repositories of every shape."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Scratch

SCHEMA = "title: a\n$id: /a/{version}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  x: {{type: string}}\n"
CURRENT = "jsonschema/a/current.yaml"
YAML = "jsonschema/a/1.0.0.yaml"
JSON = "jsonschema/a/1.0.0.json"


@pytest.fixture
def released(scratch: Scratch) -> Scratch:
    """A repository with the released version 1.0.0, committed on the branch main."""
    scratch.git("checkout", "--quiet", "-b", "main")
    scratch.write(CURRENT, SCHEMA.format(version="1.0.0"))
    scratch.jst("materialize")
    scratch.commit()
    return scratch


def found(scratch: Scratch, *arguments: str) -> set[str]:
    """``kept`` or ``immutable`` and the name of the file, for each failed check."""
    result = scratch.jst("check", "--select", "released-*", "--format", "json", *arguments)
    report = json.loads(result.stdout)
    assert report["results"]
    return {
        f"{result['rule'].rpartition('-')[2]} {Path(result['path']).name}"
        for result in report["results"]
        if result["status"] == "failed"
    }


def change(scratch: Scratch, name: str = YAML) -> None:
    scratch.write(name, scratch.read(name).replace("string", "integer"))


def test_what_is_as_it_was_passes(released: Scratch) -> None:
    assert found(released) == set()


def test_a_change_is_told_whether_committed_or_not(released: Scratch) -> None:
    change(released)
    assert found(released) == {"immutable 1.0.0.yaml"}
    released.commit()
    assert found(released) == {"immutable 1.0.0.yaml"}
    change(released, JSON)
    assert found(released) == {"immutable 1.0.0.yaml", "immutable 1.0.0.json"}


def test_the_remedy_restores(released: Scratch) -> None:
    change(released)
    (released.root / JSON).unlink()
    released.commit()
    results = json.loads(released.jst("check", "--select", "released-*", "--format", "json").stdout)["results"]
    remedies = [finding["remedy"] for result in results for finding in result["findings"]]
    for remedy in remedies:
        (command,) = re.findall("`([^`]+)`", remedy)
        subprocess.run(shlex.split(command), cwd=released.root, check=True, capture_output=True)
    assert len(remedies) == 2
    assert found(released) == set()


def test_what_is_missing_is_told_whether_committed_or_not(released: Scratch) -> None:
    (released.root / YAML).unlink()
    assert found(released) == {"kept 1.0.0.yaml"}
    released.commit()
    assert found(released) == {"kept 1.0.0.yaml"}


def test_a_whole_title_removed(released: Scratch) -> None:
    shutil.rmtree(released.root / "jsonschema/a")
    released.commit()
    assert found(released) == {"kept 1.0.0.yaml", "kept 1.0.0.json"}


def test_a_renamed_folder(released: Scratch) -> None:
    released.git("mv", "jsonschema/a", "jsonschema/b")
    released.commit()
    assert found(released) == {"kept 1.0.0.yaml", "kept 1.0.0.json"}


def test_a_reverted_change_passes(released: Scratch) -> None:
    change(released)
    released.commit()
    released.git("revert", "--no-edit", "HEAD")
    assert found(released) == set()


def test_removed_and_added_again_with_something_else(released: Scratch) -> None:
    text = released.read(YAML)
    (released.root / YAML).unlink()
    released.commit()
    released.write(YAML, text)
    released.commit()
    assert found(released) == set()
    change(released)
    released.commit()
    assert found(released) == {"immutable 1.0.0.yaml"}


def test_another_layout_is_no_change(released: Scratch) -> None:
    released.write(YAML, f"# a comment\n{released.read(YAML)}")
    released.write(JSON, json.dumps(json.loads(released.read(JSON))))
    released.commit()
    assert found(released) == set()


def test_what_a_branch_corrects_before_it_is_merged(released: Scratch) -> None:
    released.git("checkout", "--quiet", "-b", "topic")
    released.write(CURRENT, SCHEMA.format(version="1.1.0"))
    released.jst("materialize")
    released.commit()
    released.write(CURRENT, SCHEMA.format(version="1.1.0") + "  y: {type: string}\n")
    released.jst("materialize", "--force")
    released.commit()
    assert found(released) == set()
    assert found(released, "--against", "main") == set()
    assert found(released, "--release-ref", "topic") == {"immutable 1.1.0.yaml", "immutable 1.1.0.json"}
    released.git("checkout", "--quiet", "main")
    released.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
    assert found(released) == set()
    change(released, "jsonschema/a/1.1.0.yaml")
    assert found(released) == {"immutable 1.1.0.yaml"}


def test_a_merge_that_changes_what_it_merges(released: Scratch) -> None:
    released.git("checkout", "--quiet", "-b", "topic")
    change(released)
    released.commit()
    released.git("checkout", "--quiet", "main")
    released.write("other", "")
    released.commit()
    released.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
    assert found(released) == {"immutable 1.0.0.yaml"}


def test_main_merged_into_a_branch(released: Scratch) -> None:
    released.git("checkout", "--quiet", "-b", "topic")
    released.write("other", "")
    released.commit()
    released.git("checkout", "--quiet", "main")
    released.write(CURRENT, SCHEMA.format(version="1.1.0"))
    released.jst("materialize")
    released.commit()
    released.git("checkout", "--quiet", "topic")
    released.git("merge", "--quiet", "--no-edit", "main")
    assert found(released) == set()
    change(released, "jsonschema/a/1.1.0.yaml")
    assert found(released) == {"immutable 1.1.0.yaml"}
    assert found(released, "--against", "main") == {"immutable 1.1.0.yaml"}


def test_since_leaves_out_what_was_before(released: Scratch) -> None:
    change(released)
    (released.root / JSON).unlink()
    released.commit()
    start = released.git("rev-parse", "HEAD").strip()
    settings = f"rules:\n  released-versions-are-kept: {{since: {start}}}\n  released-versions-are-immutable: {{since: {start}}}\n"
    released.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\n{settings}")
    assert found(released) == set()
    (released.root / YAML).unlink()
    assert found(released) == {"kept 1.0.0.yaml"}


def test_since_a_commit_that_is_not_there(released: Scratch) -> None:
    released.write(
        ".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nrules:\n  released-versions-are-kept: {since: nowhere}\n"
    )
    result = released.jst("check", "--select", "released-versions-are-kept")
    assert (result.exit_code, "Git knows no commit by the name of 'nowhere'" in result.output) == (1, True)


def test_a_shallow_clone_says_what_to_do(released: Scratch) -> None:
    released.write("other", "")
    released.commit()
    clone = Scratch(released.root.with_name("clone"))
    released.git("clone", "--quiet", "--depth=1", f"file://{released.root}", str(clone.root))
    result = clone.jst("check", "--select", "released-*")
    assert result.exit_code == 1
    assert "git fetch --unshallow" in result.output
    clone.git("fetch", "--quiet", "--unshallow")
    assert found(clone) == set()


def in_folder(released: Scratch, tmp_path: Path) -> Scratch:
    """The same files in a folder of another repository."""
    outer = Scratch(tmp_path / "outer")
    shutil.copytree(released.root, outer.root / "schémas of us", symlinks=True, ignore=shutil.ignore_patterns(".git"))
    outer.git("init", "--quiet")
    outer.commit()
    return Scratch(outer.root / "schémas of us")


def in_worktree(released: Scratch, tmp_path: Path) -> Scratch:
    released.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    return Scratch(tmp_path / "tree")


def in_submodule(released: Scratch, tmp_path: Path) -> Scratch:
    outer = Scratch(tmp_path / "outer")
    outer.root.mkdir()
    outer.git("init", "--quiet")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(released.root), "schemas")
    return Scratch(outer.root / "schemas")


def in_sha_256(released: Scratch, tmp_path: Path) -> Scratch:
    other = Scratch(tmp_path / "other")
    shutil.copytree(released.root, other.root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    other.git("init", "--quiet", "--object-format=sha256")
    other.commit()
    return other


def with_settings(released: Scratch, _tmp_path: Path) -> Scratch:
    """What users set for themselves, and what would change what Git prints."""
    for name, value in {
        "log.showRoot": "false",
        "diff.relative": "true",
        "color.ui": "always",
        "diff.renames": "copies",
        "log.showSignature": "true",
        "log.abbrevCommit": "true",
        "log.decorate": "full",
        "core.quotePath": "true",
        "diff.mnemonicPrefix": "true",
    }.items():
        released.git("config", name, value)
    return released


def with_line_ends(released: Scratch, _tmp_path: Path) -> Scratch:
    released.git("config", "core.autocrlf", "true")
    for name in (CURRENT, YAML, JSON):
        (released.root / name).unlink()
    released.git("checkout", "--", ".")
    assert b"\r\n" in (released.root / YAML).read_bytes()
    return released


def with_ignored_files(released: Scratch, _tmp_path: Path) -> Scratch:
    released.write(".gitignore", "1.0.0.*\n")
    return released


def with_modes(released: Scratch, _tmp_path: Path) -> Scratch:
    (released.root / YAML).chmod(0o755)
    return released


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "place",
    [in_folder, in_worktree, in_submodule, in_sha_256, with_settings, with_line_ends, with_ignored_files, with_modes],
    ids=lambda place: place.__name__,
)
def test_wherever_and_however(released: Scratch, tmp_path: Path, place: Callable[[Scratch, Path], Scratch]) -> None:
    there = place(released, tmp_path)
    assert found(there) == set()
    change(there)
    assert found(there) == {"immutable 1.0.0.yaml"}
    (there.root / YAML).unlink()
    assert found(there) == {"kept 1.0.0.yaml"}


def test_a_released_file_that_becomes_a_link(released: Scratch) -> None:
    (released.root / YAML).unlink()
    (released.root / YAML).symlink_to("current.yaml")
    assert found(released) == {"kept 1.0.0.yaml"}


def test_a_link_that_becomes_a_file(scratch: Scratch) -> None:
    scratch.write(CURRENT, SCHEMA.format(version="1.0.0"))
    (scratch.root / YAML).symlink_to("current.yaml")
    scratch.commit()
    (scratch.root / YAML).unlink()
    result = scratch.jst("materialize", "--force")
    assert result.exit_code == 0, result.output
    scratch.commit()
    assert found(scratch) == set()
    change(scratch)
    assert found(scratch) == {"immutable 1.0.0.yaml"}


def test_names_that_are_not_ascii(scratch: Scratch) -> None:
    scratch.write('jsonschema/ä "b"/c\n/current.yaml', SCHEMA.format(version="1.0.0"))
    scratch.jst("materialize")
    scratch.commit()
    assert found(scratch) == set()
    (scratch.root / 'jsonschema/ä "b"/c\n/1.0.0.yaml').unlink()
    assert found(scratch) == {"kept 1.0.0.yaml"}


def test_what_was_first_committed_cannot_be_read(released: Scratch) -> None:
    text = released.read(YAML)
    released.write("jsonschema/a/1.1.0.yaml", "<<<<<<< ours\na: [\n")
    released.commit()
    released.write("jsonschema/a/1.1.0.yaml", text.replace("1.0.0", "1.1.0"))
    results = json.loads(released.jst("check", "--select", "released-*", "--format", "json").stdout)["results"]
    reasons = [result["reason"] for result in results if result["status"] == "skipped"]
    assert [reason.partition(" has ")[2] for reason in reasons] == ["cannot be read, so nobody has read it"]
    assert found(released) == set()


def test_a_sparse_checkout_has_lost_nothing(released: Scratch) -> None:
    released.write(
        "jsonschema/b/current.yaml", SCHEMA.format(version="1.0.0").replace("a\n", "b\n", 1).replace("/a/", "/b/")
    )
    released.jst("materialize")
    released.commit()
    released.git("sparse-checkout", "set", "jsonschema/b")
    assert not (released.root / YAML).exists()
    assert found(released) == set()
    (released.root / "jsonschema/b/1.0.0.yaml").unlink()
    assert found(released) == {"kept 1.0.0.yaml"}


def test_no_commit_yet_and_no_repository(scratch: Scratch, tmp_path: Path) -> None:
    scratch.write(CURRENT, SCHEMA.format(version="1.0.0"))
    scratch.jst("materialize")
    assert json.loads(scratch.jst("check", "--select", "released-*", "--format", "json").stdout)["results"] == []
    copy = Scratch(tmp_path / "copy")
    shutil.copytree(scratch.root, copy.root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    results = json.loads(copy.jst("check", "--select", "released-*", "--format", "json").stdout)["results"]
    assert {(result["status"], result["reason"]) for result in results} == {("skipped", "not in a Git repository")}


@pytest.mark.parametrize(
    ("was", "becomes", "words", "change"),
    [
        ("enum: [c, u, d]", "enum: [c, u]", "/properties/__op/enum/2: 'd' removed", "enum: the enum lost 'd'"),
        ("const: 1", "const: true", "/properties/__op/const: 1 became true", "const: the value must be true, it was 1"),
        (
            "default: [false]",
            "default: [0]",
            "/properties/__op/default/0: false became 0",
            "default: the default changed from false to 0",
        ),
        (
            "maximum: 0.1",
            "maximum: 0.10000000000001",
            "/properties/__op/maximum: 0.1 became 0.10000000000001",
            "maximum: the maximum was raised from 0.1 to 0.10000000000001",
        ),
    ],
)
def test_no_change_is_too_small(scratch: Scratch, was: str, becomes: str, words: str, change: str) -> None:
    text = SCHEMA.format(version="1.0.0").replace("x: {type: string}", f"__op: {{{was}}}")
    scratch.write(YAML, text)
    scratch.commit()
    scratch.write(YAML, text.replace(was, becomes))
    said = scratch.jst("check", "--select", "released-versions-are-immutable").stdout
    assert f"is not what was released on master in {scratch.git('rev-parse', 'HEAD')[:10]}: {words}\n" in said
    assert f"{YAML}:6:" in said
    scratch.write(YAML, text)
    scratch.write(CURRENT, text.replace(was, becomes))
    refused = scratch.jst("materialize")
    assert refused.exit_code == 1
    assert f"    /properties/__op/{change}\n" in refused.stderr


def _replaced_by_a_link(there: Scratch) -> None:
    (there.root / "jsonschema/a").rename(there.root / "elsewhere")
    (there.root / "jsonschema/a").symlink_to("../elsewhere")


def _replaced_by_a_folder(there: Scratch) -> None:
    (there.root / "jsonschema/a/1.0.0.yaml").unlink()
    there.write("jsonschema/a/1.0.0.yaml/file", "x")


def _changed_with_a_setting(setting: str, name: str = "1.0.0.yaml") -> Callable[[Scratch], None]:
    def change(there: Scratch) -> None:
        path = there.root / "jsonschema/a" / name
        path.write_text(path.read_text("utf-8").replace("string", "integer"), "utf-8")
        there.write(".jsonschema-tools.yaml", there.read(".jsonschema-tools.yaml") + setting)

    return change


def _moved(there: Scratch) -> None:
    (there.root / "jsonschema").rename(there.root / "schemas")
    path = there.root / ".jsonschema-tools.yaml"
    path.write_text(path.read_text("utf-8").replace("jsonschema\n", "schemas\n"), "utf-8")


def _rounded(there: Scratch) -> None:
    path = there.root / "jsonschema/a/1.0.0.yaml"
    path.write_text(path.read_text("utf-8").replace("9007199254740993", "9007199254740992"), "utf-8")


HIDDEN: dict[str, tuple[Callable[[Scratch], None], list[tuple[str, str]]]] = {
    "the folder became a link": (_replaced_by_a_link, [("kept", "is behind a link now, a")] * 2),
    "a file became a folder": (_replaced_by_a_folder, [("kept", "is now a folder")]),
    "changed and ignored": (
        _changed_with_a_setting("ignoreSchemas: ['/a/']\n"),
        [("immutable", "does not look at it")],
    ),
    "changed and of no content type": (
        _changed_with_a_setting("contentTypes: [json]\n"),
        [("immutable", "does not look at it")],
    ),
    "ignored, and nothing changed": (
        lambda there: (
            there.write(".jsonschema-tools.yaml", there.read(".jsonschema-tools.yaml") + "ignoreSchemas: ['/a/']\n")
            and None
        ),
        [],
    ),
    "moved with schemaBasePath": (_moved, [("kept", "2 released files are out of sight")]),
    "a number rounded": (_rounded, [("immutable", "9007199254740993 became 9007199254740992")]),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("against", [(), ("--against", "main")], ids=["", "against main"])
@pytest.mark.parametrize("how", HIDDEN)
def test_a_release_cannot_be_hidden(scratch: Scratch, how: str, against: tuple[str, ...]) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nreleaseBranches: [main]\n")
    text = "title: a\n$id: /a/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\nproperties:\n  x: {type: string}\n  n: {maximum: 9007199254740993}\n"
    scratch.write("jsonschema/a/current.yaml", text)
    assert scratch.jst("materialize-all").exit_code == 0
    scratch.git("checkout", "--quiet", "-B", "main")
    scratch.commit()
    scratch.git("checkout", "--quiet", "-b", "topic")
    change, expected = HIDDEN[how]
    change(scratch)
    scratch.commit()
    done = scratch.jst("check", "--select", "released-versions-*", "--format", "json", *against)
    found = [
        (result["rule"].removeprefix("released-versions-are-"), finding["message"])
        for result in json.loads(done.stdout)["results"]
        for finding in result["findings"]
    ]
    assert len(found) == len(expected), found
    for (rule, message), (expected_rule, words) in zip(found, expected, strict=True):
        assert rule == expected_rule
        assert words in message


@pytest.mark.parametrize(
    ("entry", "failed"),
    [
        ("{setting: schemaBasePath, was: ./jsonschema/, reason: the move of 2026}", set()),
        (
            "{setting: schemaBasePath, was: other, reason: the move of 2026}",
            {"released-versions-are-kept", "allowances-match"},
        ),
        (
            "{setting: schemaBasePath, was: jsonschema, reason: the move of 2026, expires: '2026-01-01'}",
            {"released-versions-are-kept", "allowances-match"},
        ),
    ],
)
def test_a_move_of_all_files_can_be_allowed(scratch: Scratch, entry: str, failed: set[str]) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nreleaseBranches: [main]\n")
    scratch.write("jsonschema/a/current.yaml", SCHEMA.format(version="1.0.0"))
    assert scratch.jst("materialize").exit_code == 0
    scratch.git("checkout", "--quiet", "-B", "main")
    scratch.commit()
    scratch.git("checkout", "--quiet", "-b", "topic")
    _moved(scratch)
    path = scratch.root / ".jsonschema-tools.yaml"
    path.write_text(f"{path.read_text('utf-8')}allow: [{entry}]\n", "utf-8")
    report = scratch.jst(
        "check", "--select", "released-versions-are-kept", "--select", "allowances-match", "--format", "json"
    )
    results = json.loads(report.stdout)["results"]
    assert {result["rule"] for result in results if result["status"] == "failed"} == failed
    if not failed:
        (skipped,) = [result for result in results if result["status"] == "skipped"]
        assert skipped["reason"] == "2 released files are out of sight, which is allowed: the move of 2026"
        assert [result["status"] for result in results if result["rule"] == "allowances-match"] == ["passed"]
