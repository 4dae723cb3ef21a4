"""A released version stays what it is, whatever the state of Git and however a path is spelled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jsonschema_tools.git import process as git_process
from tests.conftest import Scratch

TEXT = "title: {name}\n$id: /{name}/{version}\ntype: object\nproperties:\n  {property}: {{type: string}}\n"


def put(scratch: Scratch, name: str = "a", version: str = "1.0.0", prop: str = "x", folder: str | None = None) -> str:
    path = f"{folder or f'jsonschema/{name}'}/current.yaml"
    scratch.write(path, TEXT.format(name=name, version=version, property=prop))
    return path


@pytest.fixture(autouse=True)
def _ask_git_anew() -> None:
    git_process._asked.cache_clear()


@pytest.fixture
def released(scratch: Scratch) -> Scratch:
    put(scratch)
    put(scratch, "b")
    scratch.jst("materialize")
    scratch.commit()
    return scratch


def lose(scratch: Scratch, folder: str = "jsonschema/a", version: str = "1.0.0") -> None:
    for path in (scratch.root / folder).glob(f"{version}*"):
        path.unlink()


def test_another_spelling_of_the_path_changes_nothing(released: Scratch, tmp_path: Path) -> None:
    lose(released)
    put(released, prop="z")
    linked = tmp_path / "link"
    linked.symlink_to(released.root)
    inside = Scratch(released.root / "jsonschema/b")
    assert inside.jst("materialize", "../a/current.yaml").exit_code == 1
    assert released.jst("materialize", str(linked / "jsonschema/a/current.yaml")).exit_code == 1
    assert not (released.root / "jsonschema/a/1.0.0.yaml").exists()


def test_order_does_not_matter_for_relative_paths_either(released: Scratch) -> None:
    put(released, "b", "1.1.0")
    released.write("jsonschema/a/current.yaml", "title: a\n$id: /a/1.1.0\nallOf: [{$ref: /b/1.1.0}]\n")
    assert (
        Scratch(released.root / "jsonschema/a").jst("materialize", "current.yaml", "../b/current.yaml").exit_code == 0
    )


def test_outside_of_the_base_path(released: Scratch) -> None:
    path = put(released, "c", folder="elsewhere/c")
    released.jst("materialize", path)
    released.commit()
    lose(released, "elsewhere/c")
    put(released, "c", prop="z", folder="elsewhere/c")
    assert released.jst("materialize", path).exit_code == 1


def test_in_a_repository_inside_the_repository(released: Scratch) -> None:
    inner = Scratch(released.root / "jsonschema/inner")
    inner.root.mkdir()
    inner.git("init", "--quiet")
    put(inner, "inner/d", folder="d")
    inner.jst("materialize", "d/current.yaml")
    inner.commit()
    lose(inner, "d")
    put(inner, "inner/d", prop="z", folder="d")
    assert released.jst("materialize", "jsonschema/inner/d/current.yaml").exit_code == 1


def test_what_an_earlier_commit_removed_keeps_its_content(released: Scratch) -> None:
    lose(released)
    released.commit()
    assert released.jst("materialize").exit_code == 0
    released.git("checkout", "--", ".")
    lose(released)
    put(released, prop="z")
    released.commit()
    assert released.jst("materialize").exit_code == 1


def test_what_only_a_merged_branch_had_was_never_released(released: Scratch) -> None:
    released.git("checkout", "--quiet", "-b", "side")
    put(released, "c")
    released.jst("materialize")
    released.commit()
    lose(released, "jsonschema/c")
    released.commit()
    released.git("checkout", "--quiet", "-")
    released.git("merge", "--quiet", "--no-ff", "--no-edit", "side")
    released.git("branch", "--quiet", "-D", "side")
    put(released, "c", prop="z")
    assert released.jst("materialize").exit_code == 0


def test_damage_to_a_released_file_is_told_from_a_change(released: Scratch) -> None:
    (released.root / "jsonschema/a/1.0.0.yaml").write_text("<<<<<<< HEAD\n", "utf-8")
    result = released.jst("materialize")
    assert result.exit_code == 1
    assert "was changed after its release" in result.stderr
    assert "git checkout master -- jsonschema/a/1.0.0.yaml" in result.stderr


def test_a_renamed_property_is_told_by_name(released: Scratch) -> None:
    put(released, prop="z")
    result = released.jst("materialize")
    assert "/properties/x: the property 'x' was removed" in result.stderr
    assert "/properties/z: the property 'z' was added" in result.stderr


@pytest.mark.parametrize("name", ["latest", "1.0.0"])
def test_the_current_file_is_never_an_output(scratch: Scratch, name: str) -> None:
    scratch.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\ncurrentName: {name}.yaml\n")
    path = scratch.write(f"jsonschema/a/{name}.yaml", TEXT.format(name="a", version="1.0.0", property="x"))
    before = scratch.snapshot()
    result = scratch.jst("materialize", str(path))
    assert result.exit_code == 2
    assert scratch.snapshot() == before


@pytest.mark.parametrize("flags", [[], ["-S"], ["-L"], ["-c", "json"]])
def test_two_schemas_never_share_an_output(released: Scratch, flags: list[str]) -> None:
    result = released.jst("materialize", *flags, "-o", "out", "jsonschema/a/current.yaml", "jsonschema/b/current.yaml")
    assert result.exit_code == 1
    assert not (released.root / "out").exists()


def test_latest_of_one_folder_is_the_greatest_of_all(released: Scratch) -> None:
    put(released, "a", "1.1.0")
    released.jst("materialize", "-o", "out", "jsonschema/a/current.yaml", "jsonschema/b/current.yaml")
    assert (released.root / "out/latest").readlink() == Path("1.1.0.yaml")


def test_latest_of_what_is_staged_is_staged_too(released: Scratch) -> None:
    path = put(released, "a", "1.1.0")
    released.git("add", path)
    put(released, "a", "1.2.0")
    released.jst("materialize")
    assert released.jst("materialize-modified", "--staged").exit_code == 0
    assert released.git("show", ":jsonschema/a/latest") == "1.1.0.yaml"


def test_latest_does_not_go_back_when_a_released_file_is_missing(released: Scratch) -> None:
    put(released, "a", "1.1.0")
    released.jst("materialize")
    put(released, "a")
    (released.root / "jsonschema/a/1.1.0.yaml").unlink()
    released.jst("materialize")
    assert (released.root / "jsonschema/a/latest").readlink() == Path("1.0.0.yaml")
    put(released, "a", "1.1.0")
    released.jst("materialize")
    released.commit()
    put(released, "a")
    (released.root / "jsonschema/a/1.1.0.yaml").unlink()
    released.jst("materialize")
    assert (released.root / "jsonschema/a/latest").readlink() == Path("1.1.0.yaml")


def test_latest_is_never_a_prerelease(released: Scratch) -> None:
    for name in ("2.0.0-rc.1.yaml", "1.0.0+b.yaml", "1.0.0+a.yaml"):
        released.write(f"jsonschema/a/{name}", TEXT.format(name="a", version="2.0.0", property="x"))
    assert released.jst("materialize", "--check").exit_code == 0


def test_a_file_is_not_replaced_by_a_link(released: Scratch) -> None:
    path = released.root / "jsonschema/a/latest"
    path.unlink()
    path.write_text("a note\n", "utf-8")
    result = released.jst("materialize")
    assert result.exit_code == 2
    assert path.read_text("utf-8") == "a note\n"


def test_a_part_of_the_repository_refers_to_the_whole(released: Scratch) -> None:
    released.write("jsonschema/part/c/current.yaml", "title: c\n$id: /part/c/1.0.0\nallOf: [{$ref: /a/1.0.0}]\n")
    assert released.jst("materialize-all", "jsonschema/part").exit_code == 0
    here = Path.cwd()
    os.chdir("/")
    try:
        assert Scratch(Path("/")).jst("materialize-all", "--check", str(released.root / "jsonschema")).exit_code == 0
    finally:
        os.chdir(here)


def test_a_path_given_twice_is_one_schema(released: Scratch) -> None:
    assert released.jst("materialize", "jsonschema/a/current.yaml", "./jsonschema/a/current.yaml").exit_code == 0


def test_a_schema_may_refer_to_its_own_latest(released: Scratch) -> None:
    released.write(
        "jsonschema/a/current.yaml",
        "title: a\n$id: /a/1.1.0\ntype: object\nproperties:\n  x: {$ref: '/a/latest#/properties/x'}\n",
    )
    assert released.jst("materialize").exit_code == 0
    assert "type: string" in released.read("jsonschema/a/1.1.0.yaml")


def test_ignored_outputs_and_odd_names_are_staged_as_far_as_they_may(scratch: Scratch) -> None:
    scratch.write(".gitignore", "latest*\n")
    put(scratch, ":(x)")
    scratch.git("add", "--all")
    assert scratch.jst("materialize-modified", "--staged").exit_code == 0
    staged = scratch.git("diff", "--cached", "--name-only", "-z").split("\0")
    assert "jsonschema/:(x)/1.0.0.yaml" in staged
    assert "jsonschema/:(x)/latest" not in staged


def test_the_index_of_a_hook_is_only_for_its_own_repository(released: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = Scratch(released.root / "inner")
    inner.root.mkdir()
    inner.git("init", "--quiet")
    inner.write(".jsonschema-tools.yaml", "{}\n")
    path = put(inner, "d", folder="d")
    inner.git("add", path)
    monkeypatch.setenv("GIT_DIR", str(released.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(released.root / ".git/index"))
    assert inner.jst("materialize-modified", "--staged").exit_code == 0
    monkeypatch.undo()
    assert "d/1.0.0.yaml" in inner.git("diff", "--cached", "--name-only").split()
    assert released.git("diff", "--cached", "--name-only") == ""
