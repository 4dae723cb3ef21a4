"""Typical mistakes: each is told once, at the place to edit, with its cure; by the command line and by pytest alike."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools import Finding, check, plan, run
from tests.conftest import Scratch

MISTAKES = yaml.safe_load(Path(__file__).with_name("cases").joinpath("mistakes/mistakes.yaml").read_text("utf-8"))
FRAGMENT = """title: fragment/common
description: Fields that all events have.
$id: /fragment/common/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
required: [dt]
properties:
  dt: {type: string, format: date-time, maxLength: 128, description: Time of the event.}
"""
ORDER = """title: shop/order
description: An order was placed.
$id: /shop/order/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
allOf:
  - $ref: /fragment/common/1.0.0
  - properties:
      order_id:
        type: integer
        description: Identifier of the order.
      status:
        type: string
        enum: [new, paid]
        description: State of the order.
    required: [order_id]
examples:
  - {dt: '2026-01-01T00:00:00Z', order_id: 1, status: new}
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of `jst init`, with a fragment and a schema that are released."""
    made = Scratch(tmp_path_factory.mktemp("base"))
    made.git("init", "--quiet", "--initial-branch", "main")
    assert made.jst("init", ".").exit_code == 0
    made.write("jsonschema/fragment/common/current.yaml", FRAGMENT)
    made.write("jsonschema/shop/order/current.yaml", ORDER)
    assert made.jst("materialize").exit_code == 0
    made.commit()
    assert made.jst("check").exit_code == 0
    return made.root


def make(scratch: Scratch, case: dict[str, Any]) -> Path:
    """Make the mistake, and give the file that it is in."""
    schemas = scratch.root / "jsonschema"
    path = schemas / case.get("file", MISTAKES["order"])
    if "copy" in case:
        shutil.copytree(*(schemas / name for name in case["copy"]), symlinks=True)
    for name in case.get("delete", ()):
        (schemas / name).unlink()
        scratch.git("add", "--all")
    for name, text in case.get("add", {}).items():
        scratch.write(f"jsonschema/{name}", text)
    if "write" in case:
        path.write_text(case["write"])
    text = path.read_text("utf-8") if path.exists() else ""
    for old, new in case.get("edit", ()):
        assert old in text
        text = text.replace(old, new, 1)
    if "edit" in case:
        path.write_bytes(text.encode(case.get("encoding", "utf-8")))
    return path


@pytest.mark.parametrize("case", MISTAKES["cases"], ids=lambda case: case["name"])
def test_each_is_told_once_with_its_cure(base: Path, tmp_path: Path, case: dict[str, Any]) -> None:
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    path = make(scratch, case)
    expected = {*case.get("warnings", ())}
    report = check(scratch.root)
    found: list[Finding] = [
        finding for result in report.results if result.check.rule.id not in expected for finding in result.findings
    ]
    assert len(found) == case.get("findings", 1), [finding.message for finding in found]
    said = " ".join(f"{finding.message} {finding.remedy}" for finding in found)
    assert not [words for words in case.get("says", ()) if words not in said], said
    if "at" in case:
        line = path.read_text("utf-8").splitlines()[(found[0].line or 0) - 1]
        assert case["at"] in line
        assert found[0].file == path
    # One by one, as pytest runs them, the checks end as together.
    alone = [run(each) for each in reversed(plan(scratch.root))]
    assert [result.status for result in reversed(alone)] == [result.status for result in report.results]


def test_a_consequence_has_failed_all_the_same(base: Path, tmp_path: Path) -> None:
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    make(scratch, MISTAKES["cases"][0])
    results = json.loads(scratch.jst("check", "--format", "json").stdout)["results"]
    consequences = {result["rule"] for result in results if result["consequence_of"] is not None}
    assert consequences == {
        "structure-current-is-greatest",
        "structure-content-types-exist",
        "structure-extensionless-link",
        "structure-id-matches-path",
    }
    for result in results:
        folded = result["rule"] in consequences and result["consequence_of"] is not None
        assert (result["verdict"] == "failed" and result["status"] == "skipped") is folded
        if folded:
            assert result["reason"] == (
                "a consequence of structure-current-matches-materialized: 1.1.0 is not materialized yet"
            )


CONFIG = ".jsonschema-tools.yaml"
COMMANDS: list[tuple[str, list[str], str, list[str]]] = [
    ("rules: {version-bmp: 'off'}\n", ["check"], f"{CONFIG}:", ["there is no rule 'version-bmp'", "'version-bump'"]),
    ("rules: {schema-is-secure: warn}\n", ["check"], f"{CONFIG}:", ["'warn' is not one of", "'warning'"]),
    ("contentTyps: [yaml]\n", ["check"], f"{CONFIG}:", ["unknown key 'contentTyps'", "'contentTypes'"]),
    ("rules: {date-time-names: {patern: x}}\n", ["check"], f"{CONFIG}:", ["no option 'patern'", "'pattern'"]),
    ("allow: [{titel: a}]\n", ["check"], f"{CONFIG}:", ["allow: unknown key 'titel'", "'title'"]),
    ("events: {streamFeild: a}\n", ["check"], f"{CONFIG}:", ["events: unknown key 'streamFeild'", "'streamField'"]),
    ("compatibility: backwards\n", ["check"], f"{CONFIG}:", ["'backwards' is not one of", "'backward'?"]),
    ("", ["validate", "--schema", "shop/ordr", "README.md"], "error:", ["/shop/ordr/latest", "/shop/order/latest"]),
    ("", ["chekc"], "Usage:", ["No such command 'chekc'", "check"]),
]


@pytest.mark.parametrize(("settings", "arguments", "start", "says"), COMMANDS, ids=lambda value: str(value)[:30])
def test_a_mistake_of_the_command_line_or_configuration(
    base: Path, tmp_path: Path, settings: str, arguments: list[str], start: str, says: list[str]
) -> None:
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    scratch.write(CONFIG, scratch.read(CONFIG) + settings)
    result = scratch.jst(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(start)
    assert not [words for words in says if words not in result.stderr]


def test_an_empty_folder(tmp_path: Path) -> None:
    result = Scratch(tmp_path).jst("check")
    assert result.exit_code == 2
    assert "there are no schemas" in result.stderr


def test_a_base_that_is_down_is_told_once(base: Path, tmp_path: Path) -> None:
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    text = f"{scratch.read(CONFIG)}schemaBaseUris: [./jsonschema, 'http://127.0.0.1:{port}/']\n"
    scratch.write(CONFIG, text)
    assert scratch.jst("check").exit_code == 0, "nobody asks it"
    for number in range(20):
        order = ORDER.replace("shop/order", f"shop/b{number}").replace("/fragment/common/1", f"/fragment/far{number}/1")
        scratch.write(f"jsonschema/shop/b{number}/current.yaml", order)
    report = check(scratch.root)
    found = [finding for result in report.results for finding in result.findings]
    assert [finding.file for finding in found] == [scratch.root / "jsonschema/shop/b0/current.yaml"]
    assert "/fragment/far0/1.0.0" in found[0].message
    assert f"http://127.0.0.1:{port}/ could not say" in found[0].message
    assert "Check the network" in (found[0].remedy or "")
    assert found[0].details["the same holds for"] == "19 more checks of this run"
    alone = [run(each) for each in reversed(plan(scratch.root))]
    assert [result.status for result in reversed(alone)] == [result.status for result in report.results]


def draft(scratch: Scratch, version: str, *edits: tuple[str, str]) -> None:
    """The order as it is released, with a version and edits, and materialized."""
    text = ORDER.replace("/shop/order/1.0.0", f"/shop/order/{version}")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    scratch.write("jsonschema/shop/order/current.yaml", text)
    assert scratch.jst("materialize").exit_code == 0


GREW, BROKE = [("paid]", "paid, shipped]")], [("[new, paid]", "[paid]"), ("status: new}", "status: paid}")]


@pytest.mark.parametrize(("first", "then"), [("1.1.0", "2.0.0"), ("2.0.0", "1.1.0")])
def test_a_draft_that_another_one_replaced(base: Path, tmp_path: Path, first: str, then: str) -> None:
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    edits = {"1.1.0": GREW, "2.0.0": BROKE}
    draft(scratch, first, *edits[first])
    draft(scratch, then, *edits[then])
    assert [finding.message for result in check(scratch.root).results for finding in result.findings if result.check.severity == "error"] == []  # fmt: skip
    versions = {path.name for path in (scratch.root / "jsonschema/shop/order").glob("[0-9]*.yaml")}
    assert versions == {"1.0.0.yaml", f"{then}.yaml"}


def test_two_branches_that_release_one_version(base: Path, tmp_path: Path) -> None:
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    draft(scratch, "1.1.0", ("    required: [order_id]\n", "      note: {type: string, maxLength: 9, description: A note.}\n    required: [order_id]\n"))  # fmt: skip
    scratch.git("checkout", "--quiet", "-b", "mine")
    scratch.commit()
    scratch.git("checkout", "--quiet", "main")
    draft(scratch, "1.1.0", ("description: An order was placed.", "description: An order was placed, paid or not."))
    scratch.commit()
    scratch.git("checkout", "--quiet", "mine")
    # The merge keeps the version files of main, and current.yaml takes both changes without a conflict.
    scratch.git("merge", "--quiet", "--no-edit", "-X", "theirs", "main")
    report = check(scratch.root)
    found = [finding for result in report.results for finding in result.findings]
    assert len(found) == 1, [finding.message for finding in found]
    assert "1.2.0" in f"{found[0].message} {found[0].remedy}"


def test_materializing_names_the_versions_that_there_are(base: Path, tmp_path: Path) -> None:
    """As `jst check` does, and with it the hook: it is what people call first."""
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    for wrong, cure in [
        ("common/1.9.0", "Write /fragment/common/1.0.0."),
        ("comon/1.0.0", "Did you mean '/fragment/common/1.0.0'?"),
    ]:
        text = ORDER.replace("order/1.0.0", "order/1.1.0").replace("common/1.0.0", wrong)
        scratch.write("jsonschema/shop/order/current.yaml", text)
        assert f"    remedy: {cure}\n" in scratch.jst("materialize").stderr


def test_a_skip_of_a_misspelt_rule(base: Path, tmp_path: Path) -> None:
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    scratch.write(CONFIG, f"{scratch.read(CONFIG)}skipSchemaTestCases: {{^/shop: [schema-is-vaild]}}\n")
    (finding,) = [finding for result in check(scratch.root).results for finding in result.findings]
    assert (finding.line, finding.remedy) == (6, "Did you mean 'schema-is-valid'?")


def test_a_new_schema_without_a_title_of_its_own(base: Path, tmp_path: Path) -> None:
    """Materialized, it has that of its fragment, as upstream has it: one finding, whatever that mixes up."""
    there = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    text = ORDER.replace("shop/order", "shop/cart").replace("title: shop/cart\n", "")
    path = there.write("jsonschema/shop/cart/current.yaml", text)
    for step in ("current file", "materialized", "staged"):
        if step == "materialized":
            assert there.jst("materialize").exit_code == 0
        if step == "staged":
            there.git("add", "--all")
        run = there.jst("check", *(["--staged"] if step == "staged" else []), "--format", "json")
        found = [
            (result["rule"], finding["file"])
            for result in json.loads(run.stdout)["results"]
            if result["status"] == "failed"
            for finding in result["findings"]
        ]
        assert found == [("structure-title", "jsonschema/shop/cart/current.yaml")], (step, path)
        assert "None" not in run.stdout
