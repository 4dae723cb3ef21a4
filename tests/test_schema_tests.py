"""Tests of schemas in repositories as people have them: where they are, what they touch, and what is no schema there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import jsonschema_tools
from jsonschema_tools.rules.model import Status
from tests.conftest import Scratch

SCHEMA = """title: {title}
$id: /{title}/{version}
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  x: {{description: A number., type: integer, minimum: {minimum}}}
"""
BASE = "schemaBasePath: jsonschema\ncompatibility: none\n"
RULE = "schema-tests-pass"
CURRENT = "jsonschema/shop/order/current.yaml"
BESIDE = "jsonschema/shop/order/tests"


def put(scratch: Scratch, title: str, version: str = "1.0.0", minimum: int = 0) -> None:
    scratch.write(f"jsonschema/{title}/current.yaml", SCHEMA.format(title=title, version=version, minimum=minimum))
    assert scratch.jst("materialize").exit_code == 0


@pytest.fixture
def shop(scratch: Scratch) -> Scratch:
    """Versions 1.0.0 and 1.1.0, the latter with a higher minimum, on main; the working tree is on another branch."""
    scratch.git("checkout", "--quiet", "-b", "main")
    scratch.write(".jsonschema-tools.yaml", BASE)
    put(scratch, "shop/order", "1.0.0")
    put(scratch, "shop/order", "1.1.0", 5)
    scratch.commit()
    scratch.git("checkout", "--quiet", "-b", "work")
    return scratch


def findings(scratch: Scratch, *arguments: str, rule: str = RULE) -> list[tuple[str, int | None, str, str]]:
    report = json.loads(scratch.jst("check", "--format", "json", "--extend-select", rule, *arguments).stdout)
    return [
        (finding["file"], finding["line"], finding["message"], finding["remedy"])
        for result in report["results"]
        if result["rule"] == rule
        for finding in result["findings"]
    ]


def statuses(scratch: Scratch) -> dict[str, Status]:
    results = jsonschema_tools.check(scratch.root, select=RULE).results
    return {result.check.name.partition("::")[2]: result.status for result in results}


def test_each_event_is_a_check_by_every_version(shop: Scratch) -> None:
    shop.write(
        f"{BESIDE}/x.yaml",
        "valid:\n  - {x: 5}\n  - {x: 3}\ninvalid:\n  - {event: {x: -1}, pointer: /x, keyword: minimum}\n"
        "  - event: {x: 2}\n    pointer: /x\n  - event: {x: a}\n    keyword: minimum\n",
    )
    put(shop, "shop/order", "1.1.0", 5)
    assert findings(shop) == [
        (
            f"{BESIDE}/x.yaml",
            3,
            "valid event 1 is refused by 1.1.0: /x: 3 is less than the minimum of 5 (minimum)",
            "It is as expected by 1.0.0. Correct the schema; or if that is meant, put the event into a file for those"
            " versions, with a range in `versions`.",
        ),
        (
            f"{BESIDE}/x.yaml",
            6,
            "invalid event 1 is accepted by 1.0.0, and is to be refused at /x",
            "It is as expected by 1.1.0. Correct the schema; or if that is meant, put the event into a file for those"
            " versions, with a range in `versions`.",
        ),
        (
            f"{BESIDE}/x.yaml",
            8,
            'invalid event 2 is to be refused by minimum, and is refused by 1.0.0, 1.1.0 otherwise: /x: "a" is not of'
            ' type "integer" (type)',
            "Write `pointer: /x` and `keyword: type`, if that is what is meant; else correct the event.",
        ),
    ]
    passed, failed = Status.PASSED, Status.FAILED
    assert statuses(shop) == {
        f"{RULE}[valid-0]": passed,
        f"{RULE}[valid-1]": failed,
        f"{RULE}[invalid-0]": passed,
        f"{RULE}[invalid-1]": failed,
        f"{RULE}[invalid-2]": failed,
    }
    assert shop.jst("check").exit_code == 1


@pytest.mark.parametrize(
    ("versions", "passes"),
    [(">=1.1.0", False), ("1.0.0", True), ("<1.1.0", True), ("~1.0", True), ("^1.0.0", False), ("1.0.0 || >2", True)],
)
def test_a_range_of_versions(shop: Scratch, versions: str, passes: bool) -> None:
    shop.write(f"{BESIDE}/x.yaml", f"versions: '{versions}'\nvalid: [{{x: 3}}]\n")
    assert (findings(shop) == []) == passes


def test_the_current_file_is_asked_as_it_would_be_released(shop: Scratch) -> None:
    shop.write(f"{BESIDE}/x.json", '{"valid": [{"x": 5}]}')
    shop.write(CURRENT, SCHEMA.format(title="shop/order", version="1.2.0", minimum=6))
    assert [message for _, _, message, _ in findings(shop)] == [
        "valid event 0 is refused by current.yaml (1.2.0): /x: 5 is less than the minimum of 6 (minimum)"
    ]
    shop.write(f"{BESIDE}/x.json", '{"valid": [{"x": 5}], "versions": "<1.2.0"}')
    assert findings(shop) == []
    shop.write(f"{BESIDE}/x.json", '{"valid": [{"x": 5}], "versions": ">=1.2.0"}')
    assert len(findings(shop)) == 1
    shop.write(f"{BESIDE}/x.json", '{"valid": [{"x": 5}]}')
    shop.write(CURRENT, SCHEMA.format(title="shop/order", version="1.1.0", minimum=6))
    assert "by current.yaml (1.1.0)" in findings(shop)[0][2]


def test_without_a_usable_current_file_the_versions_are_asked(shop: Scratch) -> None:
    shop.write(f"{BESIDE}/x.yaml", "valid: [{x: 5}, {x: 3}]\n")
    shop.write(CURRENT, SCHEMA.format(title="shop/order", version="1.2.0", minimum=6) + "allOf: [{$ref: /no/1.0.0}]\n")
    assert statuses(shop) == {f"{RULE}[valid-0]": Status.SKIPPED, f"{RULE}[valid-1]": Status.FAILED}


def test_a_schema_that_is_none_is_said_once(shop: Scratch) -> None:
    shop.write(f"{BESIDE}/x.yaml", "valid: [{x: 5}]\ninvalid: [{event: {x: a}}]\n")
    path = "jsonschema/shop/order/1.1.0.yaml"
    shop.write(path, shop.read(path).replace("integer", "intger"))
    report = json.loads(shop.jst("check", "--format", "json").stdout)
    reasons = [r["reason"] for r in report["results"] if r["rule"] == RULE and r["status"] == "skipped"]
    assert [reason.partition(":")[0] for reason in reasons] == ["a consequence of schema-is-valid"] * 2
    assert statuses(shop) == {f"{RULE}[valid-0]": Status.FAILED, f"{RULE}[invalid-0]": Status.FAILED}
    # What other versions say of the event is told all the same.
    shop.write(f"{BESIDE}/x.yaml", "valid: [{x: -1}]\n")
    assert "is refused by 1.0.0" in findings(shop)[0][2]


def test_references_are_looked_up(shop: Scratch) -> None:
    put(shop, "f", "1.0.0", 7)
    shop.write(".jsonschema-tools.yaml", f"{BASE}shouldDereference: false\n")
    shop.write(
        "jsonschema/g/current.yaml",
        SCHEMA.format(title="g", version="1.0.0", minimum=0) + "  y: {$ref: /f/1.0.0}\n  z: {$ref: /g/1.0.0}\n",
    )
    assert shop.jst("materialize").exit_code == 0
    shop.write(
        "jsonschema/g/tests/a.yaml", "invalid:\n  - {event: {z: {y: {x: 6}}}, pointer: /z/y/x, keyword: minimum}\n"
    )
    assert (findings(shop), len(statuses(shop))) == ([], 1)


def test_unreadable_tests(shop: Scratch) -> None:
    shop.write(f"{BESIDE}/a.yaml", "valid: [{x: 5]\n")
    shop.write(f"{BESIDE}/b.yaml", b"\xff")
    (shop.root / BESIDE / "c.yaml").symlink_to("/etc/hostname")
    (shop.root / BESIDE / "d.yaml").symlink_to("nowhere")
    assert [(file, line) for file, line, _, _ in findings(shop)] == [
        (f"{BESIDE}/a.yaml", 1), (f"{BESIDE}/b.yaml", 1), (f"{BESIDE}/c.yaml", None), (f"{BESIDE}/d.yaml", None),
    ]  # fmt: skip
    assert all(remedy for *_, remedy in findings(shop))


def test_other_files_and_folders_are_no_tests(shop: Scratch) -> None:
    for name in ("README.md", ".hidden.yaml", "deeper/a.yaml", "a.jsonl"):
        shop.write(f"{BESIDE}/{name}", "no: tests\n")
    (shop.root / BESIDE / "folder.yaml").mkdir()
    assert findings(shop) == []
    assert shop.jst("check").exit_code == 0


LIKE_SCHEMAS = ("1.0.0.yaml", "1.0.0.json", "2.0.0", "latest", "curent.yaml", "current.yml", "current.json")


def test_nothing_in_there_is_a_schema(shop: Scratch) -> None:
    text = '{"valid": [{"x": 5}]}\n'
    before = shop.jst("ls", "--format", "json").stdout
    for name in LIKE_SCHEMAS:
        shop.write(f"{BESIDE}/{name}", text)
    snapshot = shop.snapshot()
    for arguments in (["ls"], ["materialize-all"], ["materialize-modified"], ["check", "--profile", "recommended"]):
        result = shop.jst(*arguments)
        assert result.exit_code == 0, result.output
        assert "not read" not in result.stderr
    assert shop.jst("ls", "--format", "json").stdout == before
    assert shop.snapshot() == snapshot
    # Released with the branch, they may be changed and removed like any other file.
    shop.commit()
    shop.git("checkout", "--quiet", "main")
    shop.git("merge", "--quiet", "work")
    shop.git("checkout", "--quiet", "work")
    shop.write(f"{BESIDE}/1.0.0.yaml", '{"valid": [{"x": 6}]}')
    (shop.root / BESIDE / "1.0.0.json").unlink()
    for arguments in (["--profile", "recommended"], ["--against", "main"]):
        result = shop.jst("check", *arguments)
        assert result.exit_code == 0, result.output


def test_a_title_that_is_called_tests_stays_one(shop: Scratch) -> None:
    put(shop, "shop/order/tests")
    shop.commit()
    shop.git("checkout", "--quiet", "main")
    shop.git("merge", "--quiet", "work")
    shop.git("checkout", "--quiet", "work")
    titles = [row["title"] for row in json.loads(shop.jst("ls", "--format", "json").stdout)]
    assert titles == ["shop/order", "shop/order/tests"]
    assert statuses(shop) == {}
    shop.write(f"{BESIDE}/1.0.0.yaml", shop.read(f"{BESIDE}/1.0.0.yaml") + "description: other\n")
    found = findings(shop, "--against", "main", rule="released-versions-are-immutable")
    assert [file for file, *_ in found] == [f"{BESIDE}/1.0.0.yaml"]
    for path in sorted((shop.root / BESIDE).iterdir()):
        path.unlink()
    found = findings(shop, "--against", "main", rule="released-versions-are-kept")
    assert {file for file, *_ in found} == {f"{BESIDE}/1.0.0.yaml", f"{BESIDE}/1.0.0.json"}


def test_versions_without_their_current_file_are_said_to_be_no_tests(shop: Scratch) -> None:
    put(shop, "shop/order/tests")
    (shop.root / BESIDE / "current.yaml").unlink()
    assert {remedy for *_, remedy in findings(shop)} == {
        "Put the current file back, or move the file out of the folder."
    }


def mirrored(shop: Scratch) -> Scratch:
    shop.write(".jsonschema-tools.yaml", f"{BASE}tests: schema-tests\n")
    shop.write("schema-tests/shop/order/1.0.0.yaml", "valid: [{x: 3}]\n")
    return shop


def test_a_folder_for_all_tests(shop: Scratch) -> None:
    mirrored(shop).write("schema-tests/shop/ordr/a.yaml", "valid: [{x: 5}]\n")
    shop.write(f"{BESIDE}/a.yaml", "not: looked at\n")
    assert [(file, line, remedy) for file, line, _, remedy in findings(shop)] == [
        (
            "schema-tests/shop/order/1.0.0.yaml",
            1,
            "It is as expected by 1.0.0. Correct the schema; or if that is meant, put the event into a file for those"
            " versions, with a range in `versions`.",
        ),
        ("schema-tests/shop/ordr/a.yaml", None, "Did you mean 'shop/order'?"),
    ]
    assert [check.name for check in jsonschema_tools.plan(shop.root, select=RULE)] == [
        f"schema-tests/shop/order/1.0.0.yaml::{RULE}[valid-0]",
        f"schema-tests/shop/ordr/a.yaml::{RULE}",
    ]


def test_a_folder_for_all_tests_below_the_schemas(shop: Scratch) -> None:
    shop.write(".jsonschema-tools.yaml", "schemaBasePath: .\ntests: t\n")
    shop.write("t/jsonschema/shop/order/1.0.0.yaml", "valid: [{x: 3}]\n")
    assert [file for file, *_ in findings(shop)] == ["t/jsonschema/shop/order/1.0.0.yaml"]
    assert len(json.loads(shop.jst("ls", "--format", "json").stdout)) == 1


@pytest.mark.parametrize(
    ("tests", "output"),
    [
        ("schma-tests", "Did you mean 'schema-tests'?"),
        ("elsewhere", "Correct `tests` in the configuration, or make the folder."),
        ("jsonschema", "Name a folder of its own, such as schema-tests."),
        (".", "Name a folder of its own, such as schema-tests."),
        ("[a]", "Default: a folder tests beside each current file."),
    ],
)
def test_a_wrong_folder(shop: Scratch, tests: str, output: str) -> None:
    mirrored(shop).write(".jsonschema-tools.yaml", f"{BASE}tests: {tests}\n")
    result = shop.jst("check")
    assert result.exit_code in (1, 2)
    assert output in result.output


@pytest.mark.parametrize("folder", [BESIDE, "schema-tests/shop/order"])
def test_changed_tests_touch_their_title(shop: Scratch, folder: str) -> None:
    if folder != BESIDE:
        mirrored(shop).write("schema-tests/shop/order/1.0.0.yaml", "valid: [{x: 6}]\n")
        shop.commit()
    shop.write(f"{folder}/x.yaml", "valid: [{x: 5}]\n")
    shop.commit()
    assert {RULE, "schema-is-valid"} <= of_touched(shop, "--against", "HEAD~1")
    assert json.loads(shop.jst("status", "--format", "json").stdout) == []
    shop.write(f"{folder}/x.yaml", "valid: [{x: -3}]\n")
    row = json.loads(shop.jst("status", "--format", "json").stdout)[0]
    assert (row["title"], row["due"], row["next"]) == ("shop/order", "correction", "jst check shop/order")
    shop.write(f"{folder}/x.yaml", "valid: [{x: 6}]\n")
    row = json.loads(shop.jst("status", "--format", "json").stdout)[0]
    assert (row["due"], row["message"], row["next"]) == (
        "commit",
        "its tests are not committed",
        f"git add --all {folder}",
    )
    shop.write(f"{folder}/x.yaml", "valid: [{x: -3}]\n")
    assert of_touched(shop, "--staged") == set()
    shop.git("add", "--all")
    assert {RULE, "schema-is-valid"} <= of_touched(shop, "--staged")
    (file, line, _, _) = findings(shop, "--staged")[-1]
    assert (file, line) == (f"{folder}/x.yaml", 1)
    assert findings(shop, f"{folder}/x.yaml", "--skip-other-files")[-1][0] == f"{folder}/x.yaml"
    assert "schema-tests-pass" in shop.jst("run-git-hook").stdout
    shop.git("commit", "--quiet", "--message", "change")
    shop.git("rm", "-r", "--quiet", f"{folder}/x.yaml")
    assert findings(shop, "--staged", rule="schema-is-valid") == []


def of_touched(shop: Scratch, *arguments: str) -> set[str]:
    """The rules that look at a title in a run."""
    report = json.loads(shop.jst("check", "--format", "json", *arguments).stdout)
    return {result["rule"] for result in report["results"] if result["title"] == "shop/order"}


def test_tests_of_ignored_schemas_are_left_out(shop: Scratch) -> None:
    shop.write(".jsonschema-tools.yaml", f"{BASE}tests: schema-tests\nignoreSchemas: [^/shop]\n")
    shop.write("schema-tests/shop/order/a.yaml", "valid: [{x: -1}]\n")
    assert findings(shop) == []


def test_skipping_and_turning_off(shop: Scratch) -> None:
    shop.write(f"{BESIDE}/a.yaml", "valid: [{x: -1}]\n")
    shop.write(".jsonschema-tools.yaml", f"{BASE}skipSchemaTestCases: {{^/shop: [{RULE}]}}\n")
    assert statuses(shop) == {f"{RULE}[valid-0]": Status.SKIPPED}
    assert shop.jst("check").exit_code == 0
    shop.write(".jsonschema-tools.yaml", f"{BASE}rules: {{{RULE}: warning}}\n")
    assert shop.jst("check").exit_code == 0
    assert shop.jst("check", "--strict").exit_code == 1


def test_what_the_configuration_says_of_events_counts(shop: Scratch) -> None:
    put(shop, "d")
    text = shop.read("jsonschema/d/current.yaml").replace("1.0.0", "1.1.0") + "  y: {default: 1, type: integer}\n"
    shop.write("jsonschema/d/current.yaml", text + "required: [y]\n")
    shop.write("jsonschema/d/tests/a.yaml", "valid: [{x: 5}]\n")
    assert len(findings(shop)) == 1
    shop.write(".jsonschema-tools.yaml", f"{BASE}events: {{fillDefaults: true}}\n")
    assert findings(shop) == []


def test_where_there_are_no_tests_nothing_for_events_is_loaded(shop: Scratch) -> None:
    import subprocess
    import sys

    program = f"import sys\nimport jsonschema_tools\njsonschema_tools.check({str(shop.root)!r})\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert "jsonschema_tools.events.validation" not in done.stdout.split()
