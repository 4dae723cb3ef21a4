"""Typical mistakes: each is told once, at the place to edit, with its cure; by the command line and by pytest alike."""

from __future__ import annotations

import json
import shutil
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
