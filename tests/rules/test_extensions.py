"""Rules from outside: of a package that is really installed, of broken ones, and JSON Schemas of the configuration."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Scratch

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tests/packages/third_party_rules"
PAGE = (ROOT / "docs/writing-rules.md").read_text("utf-8")
SCHEMA = "title: a\n$id: /a/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  x: {type: string}\n"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the example package is installed; nothing is fetched for that."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--target", str(target), str(PACKAGE)], check=True, capture_output=True)
    return target


@pytest.fixture
def released(scratch: Scratch) -> Scratch:
    scratch.write("jsonschema/a/current.yaml", SCHEMA)
    scratch.jst("materialize")
    return scratch


def example(name: str) -> str:
    """The text that the page shows for a file."""
    found = re.search(rf"<!-- file: {re.escape(name)} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found[1]


def test_a_package_that_is_installed(released: Scratch, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(site)
    result = released.jst("check")
    assert result.exit_code == 1
    assert "jsonschema/a/current.yaml:1:8: error house-titles-have-a-team no team is called 'a'" in result.output
    assert "house-titles-have-a-team  " in released.jst("rules").output
    explained = released.jst("explain", "house-titles-have-a-team").output
    assert "Why: so that there is somebody to ask." in explained
    released.write(
        ".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nrules:\n  house-titles-have-a-team: {teams: [a]}\n"
    )
    assert released.jst("check").exit_code == 0
    released.write(
        ".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nrules:\n  house-titles-have-a-team: {teams: a}\n"
    )
    result = released.jst("check")
    assert (
        result.exit_code,
        ".jsonschema-tools.yaml:3:37: error: house-titles-have-a-team: teams: " in result.output,
    ) == (2, True)


def test_the_page_shows_the_package() -> None:
    assert example("event_house_rules/titles_have_a_team.py") == (
        PACKAGE / "event_house_rules/titles_have_a_team.py"
    ).read_text("utf-8")
    assert (PACKAGE / "pyproject.toml").read_text("utf-8").rstrip().endswith('event-house = "event_house_rules:RULES"')


RULE = "from jsonschema_tools.rules.model import Family, Rule\nfrom jsonschema_tools.rules.subjects import every_file\n"
BROKEN = [
    ("import nowhere", "RULES", 2, "error: the rules of 'broken' cannot be loaded: ModuleNotFoundError: No module named 'nowhere'"),
    ("1 / 0", "RULES", 2, "error: the rules of 'broken' cannot be loaded: ZeroDivisionError: division by zero"),
    ("", "RULES", 2, "error: the rules of 'broken' cannot be loaded: AttributeError: module 'broken_"),
    ("RULES = 3", "RULES", 2, "of the package 'broken' is no rule"),
    ("RULES = ['a']", "RULES", 2, "of the package 'broken' is no rule"),
    (f"{RULE}RULES = Rule('schema-is-valid', Family.STRUCTURE, 's', every_file, lambda a, b: [])", "RULES", 2, "error: there are two rules with the id 'schema-is-valid'"),
    (f"{RULE}RULES = Rule('x', Family.STRUCTURE, 's', every_file, lambda a, b: a.nothing)", "RULES", 1, "error x the rule 'x' of the package 'broken' broke: AttributeError: "),
    (f"{RULE}RULES = Rule('x', Family.STRUCTURE, 's', lambda a, b: 1 / 0, lambda a, b: [])", "RULES", 1, "error x the rule 'x' of the package 'broken' broke: ZeroDivisionError: "),
    (f"{RULE}RULES = Rule('x', Family.STRUCTURE, 's', every_file, lambda a, b: None)", "RULES", 1, "error x the rule 'x' of the package 'broken' broke: TypeError: "),
    (f"{RULE}RULES = Rule('x', Family.STRUCTURE, 's', every_file, lambda a, b: [], options={{'o': {{'type': 'strin'}}}})", "RULES", 2, "error: the option 'o' of the rule 'x' of the package 'broken' has no valid JSON Schema"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "case"), list(enumerate(BROKEN)), ids=str)
def test_packages_that_are_broken(
    released: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, case: tuple[str, str, int, str]
) -> None:
    code, name, exit_code, said = case
    module = f"broken_{number}"
    (tmp_path / "site" / "broken-1.0.dist-info").mkdir(parents=True)
    (tmp_path / "site" / f"{module}.py").write_text(code)
    (tmp_path / "site" / "broken-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n"
    )
    entry = f"[jsonschema_tools.rules]\nbroken = {module}:{name}\n"
    (tmp_path / "site" / "broken-1.0.dist-info" / "entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(tmp_path / "site")
    result = released.jst("check")
    assert said in result.output
    assert (result.exit_code, "remedy: " in result.output) == (exit_code, True)


def test_a_rule_that_is_a_json_schema(released: Scratch) -> None:
    for name in ("rules/owner.yaml", ".jsonschema-tools.yaml"):
        released.write(name, example(name))
    result = released.jst("check")
    assert result.exit_code == 1
    assert (
        'jsonschema/a/current.yaml:1:1: error house-owner every schema names the team that owns it: "x-owner" is a required property'
        in result.output
    )
    assert "remedy: Add x-owner, such as `x-owner: team-accounts`." in result.output
    released.write("jsonschema/a/current.yaml", f"{SCHEMA}x-owner: me\n")
    assert "jsonschema/a/current.yaml:7:10: error house-owner" in released.jst("check").output
    assert "every schema names the team" in released.jst("explain", "house-owner").output
    released.write("jsonschema/a/current.yaml", f"{SCHEMA}x-owner: team-a\n")
    assert released.jst("check", "--select", "house-owner").exit_code == 0


@pytest.mark.parametrize(
    ("schema", "exit_code", "said"),
    [
        ("true", 0, ""),
        ("false", 1, "jsonschema/a/current.yaml:1:1: error own no"),
        ("{}", 0, ""),
        ("type: strin", 2, "own.yaml:1:7: error: the schema of the rule 'own' is not valid: "),
        ("properties:\n  a: {pattern: (}", 2, "own.yaml:2:16: error: the schema of the rule 'own' is not valid: "),
        ("a: [", 2, "own.yaml:"),
        ("", 2, "own.yaml"),
        ("[]", 2, "own.yaml:1:1: error: the schema of the rule 'own' is not valid: it must be a mapping, true or false"),
        ("$ref: https://example.org/x", 2, "https://example.org/x lies outside of the schema"),
        ("properties: {x: {$ref: 'file:///etc/passwd'}}", 2, "file:///etc/passwd lies outside of the schema"),
        ("$ref: other.yaml", 2, "the schema of the rule 'own' is not valid: "),
        ("$schema: https://example.org/dialect", 2, "the schema of the rule 'own' is not valid: "),
        ("$ref: '#/definitions/x'\ndefinitions: {x: {type: object}}", 0, ""),
        ("$ref: http://json-schema.org/draft-07/schema#", 0, ""),
        (None, 2, ".jsonschema-tools.yaml:2:37: error: the schema of the rule 'own' cannot be read: "),
    ],
)  # fmt: skip
def test_schemas_of_rules(released: Scratch, schema: str | None, exit_code: int, said: str) -> None:
    if schema is not None:
        released.write("own.yaml", schema)
    released.write(
        ".jsonschema-tools.yaml",
        "schemaBasePath: jsonschema\nschemaRules: [{id: own, schema: own.yaml, message: 'no'}]\n".replace(
            "schema: own.yaml", "schema:     own.yaml"
        ),
    )
    result = released.jst("check")
    assert (result.exit_code, said in result.output) == (exit_code, True), result.output


def test_an_id_that_is_taken(released: Scratch) -> None:
    released.write("own.yaml", "true")
    released.write(
        ".jsonschema-tools.yaml",
        "schemaBasePath: jsonschema\nschemaRules:\n  - {id: schema-is-valid, schema: own.yaml, message: 'no'}\n",
    )
    result = released.jst("check")
    assert (
        result.exit_code,
        ".jsonschema-tools.yaml:3:10: error: there are two rules with the id 'schema-is-valid'" in result.output,
    ) == (2, True)
