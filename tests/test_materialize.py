"""Materializing as a user does it: edit, run, look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Scratch

CURRENT = """\
title: user/create
$id: /user/create/{version}
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  name:
    type: string
  age:
    type: integer
{more}"""

OUTPUTS = ["1.0.0", "1.0.0.json", "1.0.0.yaml", "latest", "latest.json", "latest.yaml"]


def current(scratch: Scratch, version: str = "1.0.0", more: str = "", folder: str = "user/create") -> Path:
    text = CURRENT.format(version=version, more=more).replace("user/create", folder)
    return scratch.write(f"jsonschema/{folder}/current.yaml", text)


def outputs(scratch: Scratch, folder: str = "user/create") -> list[str]:
    return sorted(p.name for p in (scratch.root / "jsonschema" / folder).iterdir() if p.name != "current.yaml")


def test_writes_every_file_and_link(scratch: Scratch) -> None:
    current(scratch)
    result = scratch.jst("materialize")
    assert result.exit_code == 0, result.output
    folder = scratch.root / "jsonschema/user/create"
    assert outputs(scratch) == OUTPUTS
    assert (folder / "1.0.0").readlink() == Path("1.0.0.yaml")
    assert (folder / "latest").readlink() == Path("1.0.0.yaml")
    assert (folder / "latest.json").readlink() == Path("1.0.0.json")
    document = json.loads((folder / "1.0.0.json").read_text("utf-8"))
    assert document["properties"]["age"] == {"type": "integer", "minimum": -(2**53) + 1, "maximum": 2**53 - 1}
    assert "write jsonschema/user/create/1.0.0.yaml" in result.stdout


def test_a_second_run_has_nothing_to_do(scratch: Scratch) -> None:
    current(scratch)
    scratch.jst("materialize")
    before = scratch.snapshot()
    result = scratch.jst("materialize", "--check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert scratch.snapshot() == before


@pytest.mark.parametrize("command", ["materialize", "materialize-all"])
def test_check_and_dry_run_touch_nothing(scratch: Scratch, command: str) -> None:
    current(scratch)
    before = scratch.snapshot()
    dry = scratch.jst(command, "--dry-run")
    check = scratch.jst(command, "--check")
    assert (dry.exit_code, check.exit_code) == (0, 1)
    assert dry.stdout == check.stdout != ""
    assert scratch.snapshot() == before


def test_a_released_version_is_refused_and_explained(scratch: Scratch) -> None:
    current(scratch)
    scratch.jst("materialize")
    scratch.commit()
    current(scratch, more="  city: {type: string}\n")
    before = scratch.snapshot()
    result = scratch.jst("materialize")
    assert result.exit_code == 1
    assert "version 1.0.0 is released already" in result.stderr
    assert "/properties/city: the property 'city' was added" in result.stderr
    assert "Release the change as 1.1.0" in result.stderr
    assert scratch.snapshot() == before


def test_one_refusal_stops_all(scratch: Scratch) -> None:
    current(scratch)
    scratch.jst("materialize")
    scratch.commit()
    current(scratch, more="  city: {type: string}\n")
    current(scratch, folder="other")
    assert scratch.jst("materialize").exit_code == 1
    assert outputs(scratch, "other") == []


def test_force_overwrites(scratch: Scratch) -> None:
    current(scratch)
    scratch.jst("materialize")
    scratch.commit()
    current(scratch, more="  city: {type: string}\n")
    assert scratch.jst("materialize", "--force").exit_code == 0
    assert "city" in scratch.read("jsonschema/user/create/1.0.0.yaml")


def test_a_draft_may_be_rewritten(scratch: Scratch) -> None:
    current(scratch)
    scratch.commit()
    scratch.jst("materialize")
    current(scratch, more="  city: {type: string}\n")
    assert scratch.jst("materialize").exit_code == 0
    assert "city" in scratch.read("jsonschema/user/create/1.0.0.yaml")


def test_what_another_branch_has_committed_is_a_draft(scratch: Scratch) -> None:
    current(scratch)
    scratch.commit()
    scratch.git("checkout", "--quiet", "-b", "other")
    scratch.jst("materialize")
    scratch.commit()
    scratch.git("checkout", "--quiet", "-")
    scratch.jst("materialize")
    current(scratch, more="  city: {type: string}\n")
    assert scratch.jst("materialize").exit_code == 0


def test_without_git_nothing_is_a_draft(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    current(scratch)
    assert scratch.jst("materialize").exit_code == 0
    current(scratch, more="  city: {type: string}\n")
    assert scratch.jst("materialize").exit_code == 1


def test_a_deleted_release_comes_back_as_it_was(scratch: Scratch) -> None:
    current(scratch)
    scratch.jst("materialize")
    released = scratch.root / "jsonschema/user/create/1.0.0.yaml"
    released.write_text(f"# as an older tool wrote it\n{released.read_text('utf-8')}", "utf-8")
    scratch.commit()
    content = released.read_bytes()
    released.unlink()
    assert scratch.jst("materialize").exit_code == 0
    assert released.read_bytes() == content
    released.unlink()
    current(scratch, more="  city: {type: string}\n")
    assert scratch.jst("materialize").exit_code == 1
    assert not released.exists()


def test_same_content_stays_byte_for_byte(scratch: Scratch) -> None:
    current(scratch)
    scratch.jst("materialize")
    path = scratch.root / "jsonschema/user/create/1.0.0.yaml"
    path.write_text(f"# a comment\n{path.read_text('utf-8')}", "utf-8")
    before = path.read_bytes()
    assert scratch.jst("materialize", "--force").exit_code == 0
    assert path.read_bytes() == before


def test_numbers_that_upstream_rounded_count_as_the_same(scratch: Scratch) -> None:
    current(scratch, more="    maximum: 18446744073709551615\n")
    scratch.jst("materialize")
    path = scratch.root / "jsonschema/user/create/1.0.0.yaml"
    assert "18446744073709551615" in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace("18446744073709551615", "18446744073709552000"), "utf-8")
    scratch.commit()
    assert scratch.jst("materialize", "jsonschema/user/create/current.yaml").exit_code == 0
    path.write_text(path.read_text("utf-8").replace("18446744073709552000", "18446744073709551614"), "utf-8")
    scratch.commit()
    assert scratch.jst("materialize", "jsonschema/user/create/current.yaml").exit_code == 1


def test_latest_moves_forward_only(scratch: Scratch) -> None:
    latest = scratch.root / "jsonschema/user/create/latest"
    current(scratch, "2.0.0")
    scratch.jst("materialize")
    current(scratch, "1.5.0")
    scratch.jst("materialize")
    assert latest.readlink() == Path("2.0.0.yaml")
    latest.unlink()
    scratch.jst("materialize")
    assert latest.readlink() == Path("2.0.0.yaml")
    current(scratch, "2.10.0")
    scratch.jst("materialize")
    assert latest.readlink() == Path("2.10.0.yaml")


def test_links_checked_out_as_text_count_as_links(scratch: Scratch) -> None:
    current(scratch)
    scratch.jst("materialize")
    folder = scratch.root / "jsonschema/user/create"
    for path in [path for path in folder.iterdir() if path.is_symlink()]:
        target = str(path.readlink())
        path.unlink()
        path.write_text(target, "utf-8")
    assert scratch.jst("materialize", "--check").exit_code == 0
    current(scratch, "1.1.0")
    assert scratch.jst("materialize").exit_code == 0
    assert (folder / "latest").readlink() == Path("1.1.0.yaml")


FRAGMENT = "title: fragment\n$id: /fragment/{version}\ntype: object\nproperties: {{{names}}}\n"
USER = "title: a\n$id: /a/{version}\ntype: object\nallOf: [{{$ref: /fragment/{fragment}}}]\n"


def test_a_changed_fragment_comes_before_what_includes_it(scratch: Scratch) -> None:
    scratch.write("jsonschema/a/current.yaml", USER.format(version="1.0.0", fragment="1.0.0"))
    scratch.write("jsonschema/fragment/current.yaml", FRAGMENT.format(version="1.0.0", names="x: {type: string}"))
    result = scratch.jst("materialize")
    assert result.exit_code == 0, result.output
    assert "x:" in scratch.read("jsonschema/a/1.0.0.yaml")
    order = [line for line in result.stdout.splitlines() if line.endswith("1.0.0.yaml") and line.startswith("write")]
    assert order == ["write jsonschema/fragment/1.0.0.yaml", "write jsonschema/a/1.0.0.yaml"]
    scratch.commit()
    scratch.write("jsonschema/a/current.yaml", USER.format(version="1.1.0", fragment="latest"))
    scratch.write("jsonschema/fragment/current.yaml", FRAGMENT.format(version="1.1.0", names="z: {type: string}"))
    assert scratch.jst("materialize").exit_code == 0
    assert "z:" in scratch.read("jsonschema/a/1.1.0.yaml")


def test_schemas_in_a_circle_are_refused(scratch: Scratch) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        scratch.write(
            f"jsonschema/{name}/current.yaml", f"title: {name}\n$id: /{name}/1.0.0\nallOf: [{{$ref: /{other}/1.0.0}}]\n"
        )
    result = scratch.jst("materialize")
    assert result.exit_code == 1
    assert "in a circle" in result.stderr
    assert outputs(scratch, "a") == []


@pytest.mark.parametrize("schema_id", ["/../../x/1.0.0", "/x/../../1.0.0", "\\x\\1.0.0"])
def test_nothing_leads_out_of_the_repository(scratch: Scratch, schema_id: str) -> None:
    scratch.write("jsonschema/x/current.yaml", f"title: x\n$id: '{schema_id}'\ntype: object\n")
    before = scratch.snapshot()
    result = scratch.jst("materialize")
    assert result.exit_code == 1
    assert "leads out of the repository" in result.stderr
    assert "current.yaml:2:" in result.stderr
    assert scratch.snapshot() == before


def test_a_title_that_leads_out_is_refused(scratch: Scratch) -> None:
    scratch.write("jsonschema/x/current.yaml", "title: ../../x\n$id: /x/1.0.0\ntype: object\n")
    assert "leads out" in scratch.jst("materialize").stderr


def test_flags_of_upstream(scratch: Scratch) -> None:
    path = str(current(scratch).relative_to(scratch.root))
    scratch.jst("materialize", "-c", "json", "-S", path)
    assert outputs(scratch) == ["1.0.0.json", "latest.json"]
    scratch.jst("materialize", "-L", "-o", "out", path)
    assert sorted(p.name for p in (scratch.root / "out").iterdir()) == ["1.0.0", "1.0.0.json", "1.0.0.yaml"]


def test_version_field_and_no_dereference(scratch: Scratch) -> None:
    scratch.write("jsonschema/x/edit.yaml", "title: x\ninfo: {version: '3.1'}\nallOf: [{$ref: '#/definitions/d'}]\n")
    result = scratch.jst("materialize", "-N", "edit", "-V", "info.version", "-D")
    assert result.exit_code == 0, result.output
    assert "$ref" in scratch.read("jsonschema/x/3.1.0.yaml")


def test_standard_input_and_output(scratch: Scratch) -> None:
    text = CURRENT.format(version="1.0.0", more="").encode()
    assert scratch.jst("materialize", "-", stdin=text).exit_code == 2
    result = scratch.jst("materialize", "-", "-o", "out", stdin=text)
    assert result.exit_code == 0, result.output
    written = (scratch.root / "out/1.0.0.yaml").read_text("utf-8")
    printed = scratch.jst("materialize", "--stdout", "-", stdin=text)
    assert printed.stdout == written


def test_dereference_prints_one_document_or_a_list(scratch: Scratch) -> None:
    path = str(current(scratch))
    one = scratch.jst("dereference", path)
    assert one.stdout.startswith("title: user/create\n")
    assert "maximum" not in one.stdout
    two = scratch.jst("dereference", "-c", "json", path, path)
    assert [document["title"] for document in json.loads(two.stdout)] == ["user/create", "user/create"]


def test_materialize_modified_stages_what_it_writes(scratch: Scratch) -> None:
    current(scratch)
    current(scratch, folder="other")
    scratch.git("add", "jsonschema/user/create/current.yaml")
    result = scratch.jst("materialize-modified", "--staged")
    assert result.exit_code == 0, result.output
    staged = scratch.git("diff", "--cached", "--name-only").split()
    assert sorted(Path(name).name for name in staged) == sorted([*OUTPUTS, "current.yaml"])
    assert outputs(scratch, "other") == []
    scratch.jst("materialize-modified", "--no-git-add")
    assert outputs(scratch, "other") == OUTPUTS
    assert scratch.git("diff", "--cached", "--name-only").split() == staged


def test_materialize_modified_takes_what_is_staged(scratch: Scratch) -> None:
    current(scratch)
    scratch.git("add", "--all")
    current(scratch, more="  later: {type: string}\n")
    assert scratch.jst("materialize-modified", "--staged").exit_code == 0
    assert "later" not in scratch.read("jsonschema/user/create/1.0.0.yaml")


def test_materialize_modified_stages_what_was_written_before(scratch: Scratch) -> None:
    path = current(scratch)
    scratch.jst("materialize")
    scratch.git("add", str(path))
    scratch.jst("materialize-modified", "--staged")
    assert len(scratch.git("diff", "--cached", "--name-only").split()) == len(OUTPUTS) + 1
    assert scratch.jst("materialize-modified", "--staged", "--check").exit_code == 0


def test_ls(scratch: Scratch) -> None:
    current(scratch)
    scratch.jst("materialize")
    current(scratch, "1.1.0")
    rows = json.loads(scratch.jst("ls", "--format", "json").stdout)
    assert [(r["title"], r["current"], r["versions"], r["latest"]) for r in rows] == [
        ("user/create", "1.1.0", ["1.0.0"], "1.0.0")
    ]
    assert "jsonschema/user/create/1.1.0.yaml" in rows[0]["pending"]
    assert scratch.jst("ls").stdout == "user/create  current 1.1.0  versions 1.0.0 (draft)  (not materialized)\n"


def test_ignored_schemas_are_left_alone(scratch: Scratch) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nignoreSchemas: ['^/user/']\n")
    current(scratch)
    assert scratch.jst("materialize").exit_code == 0
    assert outputs(scratch) == []


def test_verbose_says_where_schemas_are_looked_for(scratch: Scratch) -> None:
    current(scratch)
    quiet, verbose = scratch.jst("ls"), scratch.jst("ls", "--verbose")
    assert quiet.stderr == ""
    assert f"$refs are looked up in {scratch.root / 'jsonschema'}" in verbose.stderr
    assert verbose.stdout == quiet.stdout


def test_nobody_is_advised_to_remove_what_people_edit(scratch: Scratch) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\ncurrentName: latest\n")
    current(scratch).rename(scratch.root / "jsonschema/user/create/latest.yaml")
    said = scratch.jst("materialize").stderr
    assert "materializing would overwrite the file that people edit, latest.yaml" in said
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    path = current(scratch)
    said = scratch.jst("materialize", str(path), "--output-dir", f"{path}/inside").stderr
    assert "remedy: People edit this file: choose another folder to write to." in said
