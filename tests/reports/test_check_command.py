"""`jst check` over a damaged repository: formats and the files they go to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from junitparser import JUnitXml

from jsonschema_tools.cli import cli
from jsonschema_tools.reports.check import FORMATS
from tests.conftest import Scratch
from tests.needs import example_repository
from tests.reports.test_hostile import REPORT_SCHEMA, SARIF, sarif_errors

ROOT = Path(__file__).parents[2]
CURRENT = "jsonschema/shop/cart/changed/current.yaml"


@pytest.fixture
def damaged(tmp_path: Path) -> Scratch:
    """The example repository: an example that is not valid at all versions, a link that is gone, a skip for nothing."""
    shutil.copytree(example_repository(), tmp_path / "example-repo", symlinks=True)
    scratch = Scratch(tmp_path / "example-repo")
    scratch.git("init", "--quiet")
    for name in ("current.yaml", "1.1.0.yaml", "1.1.0.json"):
        path = f"jsonschema/shop/cart/changed/{name}"
        scratch.write(path, scratch.read(path).replace("c-42", "" if name.endswith("json") else "''"))
    (scratch.root / "jsonschema/shop/order/placed/latest").unlink()
    config = scratch.read(".jsonschema-tools.yaml")
    scratch.write(".jsonschema-tools.yaml", f"{config}  /none/: [schema-is-valid]\n")
    scratch.commit()
    return scratch


def test_several_formats_at_once(damaged: Scratch) -> None:
    pairs = [argument for name in FORMATS for argument in ("--format", name, "--output", f"report.{name}")]
    result = damaged.jst("check", *pairs)
    assert result.exit_code == 1
    written = {name: damaged.read(f"report.{name}") for name in FORMATS}
    assert result.stdout == written["text"]
    document = json.loads(written["json"])
    assert [error.message for error in REPORT_SCHEMA.iter_errors(document)] == []
    assert {r["rule"]: r["severity"] for r in document["results"] if r["status"] == "failed"} == {
        "schema-examples-are-valid": "error", "structure-latest-links": "error", "skips-match": "warning",
    }  # fmt: skip
    summary = document["summary"]
    suites = JUnitXml.fromstring(written["junit"].encode())
    assert (suites.tests, suites.failures, suites.skipped) == (
        sum(summary.values()),
        summary["failed"],
        summary["skipped"],
    )
    [run] = json.loads(written["sarif"])["runs"]
    assert len(run["results"]) == sum(len(r["findings"]) for r in document["results"])
    assert f"; {summary['passed']} passed" in written["markdown"]
    assert str(damaged.root) not in "".join(written.values())
    assert not list(damaged.root.glob(".*jst-tmp"))
    if SARIF.exists():
        assert sarif_errors(written["sarif"]) == []


def test_what_every_format_of_a_version_has_is_said_once(damaged: Scratch) -> None:
    text = damaged.jst("check", "--select", "schema-examples-are-valid").stdout
    commands = damaged.jst("check", "--select", "schema-examples-are-valid", "--format", "github").stdout
    version = "jsonschema/shop/cart/changed/1.1.0"
    head = f'{CURRENT}:28:14: error schema-examples-are-valid example 0: "" is shorter than 1 character\n'
    assert text.count("example 0") == commands.count("::error ") == 1
    assert text.startswith(f"{head}    checked: {version}.json, {version}.yaml\n    remedy: ")
    document = json.loads(damaged.jst("check", "--select", "schema-examples-are-valid", "--format", "json").stdout)
    assert sum(len(result["findings"]) for result in document["results"]) == 2


def test_a_repository_in_order_is_one_line(damaged: Scratch) -> None:
    for format_ in ("text", "github", "markdown"):
        lines = damaged.jst("check", "--select", "schema-is-valid", "--format", format_).stdout.splitlines()
        assert [line.removeprefix("**jst check**: ").partition(" passed")[2] for line in lines] == [
            ", 0 failed, 0 skipped"
        ]


@pytest.mark.parametrize("no_color", [False, True])
def test_color(damaged: Scratch, monkeypatch: pytest.MonkeyPatch, no_color: bool) -> None:
    monkeypatch.chdir(damaged.root)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    for arguments in ([], ["--format", "json", "--output", "report.json"]):
        shown = CliRunner().invoke(cli, ["check", *arguments], color=True).stdout
        assert ("\x1b[31merror\x1b[0m \x1b[31mstructure-latest-links\x1b[0m " in shown) is not no_color
        assert ("\x1b[33mwarning\x1b[0m " in shown) is not no_color
    assert "\x1b" not in CliRunner().invoke(cli, ["check"]).stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "json", "--output", "none/report.json"], "remedy: Create its folder."),
        (["--format", "json", "--output", f"{CURRENT}/report.json"], "Not a directory"),
        (["--format", "json", "--output", "jsonschema"], "is a directory"),
        (["--output", "a", "--output", "b", "--format", "json"], "a --format of its own"),
        (["--format", "json", "--output", "a", "--format", "sarif", "--output", "./a"], "one --output"),
        (["--format", "xml"], "is not one of"),
    ],
)
def test_outputs_that_are_refused(damaged: Scratch, arguments: list[str], says: str) -> None:
    before = damaged.snapshot()
    result = damaged.jst("check", *arguments)
    assert (result.exit_code, says in result.output) == (2, True), result.output
    assert damaged.snapshot() == before


def test_a_report_is_replaced_whole(damaged: Scratch) -> None:
    damaged.write("report.json", "the one of yesterday")
    os.link(damaged.root / "report.json", damaged.root / "kept.json")
    (damaged.root / "link.json").symlink_to("report.json")
    assert damaged.jst("check", "--format", "json", "--output", "link.json").exit_code == 1
    assert damaged.read("kept.json") == "the one of yesterday"
    assert (damaged.root / "link.json").is_symlink()
    assert json.loads(damaged.read("report.json"))["version"] == 1


@pytest.mark.search
def test_devices_and_pipes_are_written_to(damaged: Scratch) -> None:
    jst = f"{sys.executable} -m jsonschema_tools check --select structure-latest-links"
    commands = f"""
        {jst} --format json --output /dev/null > /dev/null; echo $?
        {jst} --format json --output /dev/stderr 2>&1 >/dev/null | head -c 1; echo
        mkfifo pipe; cat pipe > read & {jst} --format github --output pipe > /dev/null; wait; head -c 7 read; echo
        {jst} --format json --output whole.json --format sarif | true; head -c 1 whole.json
    """
    done = subprocess.run(["bash", "-c", commands], cwd=damaged.root, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["1", "{", "::error", "{"]
    assert Path("/dev/null").is_char_device()
    assert "Traceback" not in done.stderr
