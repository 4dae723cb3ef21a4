"""Which rules a run has, how severe they are, and with which options."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.rules.model import Family, Profile, Rule, Severity
from jsonschema_tools.rules.selection import Selection, active_rules
from jsonschema_tools.settings import Config
from tests.conftest import Scratch

CONFIG = Config(root=Path(), schema_base_path=Path(), schema_base_uris=(".",))


def rule(rule_id: str, **details: Any) -> Rule:
    return Rule(
        rule_id, details.pop("family", Family.STRUCTURE), rule_id, lambda _a, _b: (), lambda _a, _b: (), **details
    )


OPTIONS = {
    "size": {"type": "integer", "default": 3, "description": "How many."},
    "names": {"type": "array", "items": {"type": "string", "format": "regex"}},
}
RULES = (
    rule("first-a"),
    rule("first-b", severity=Severity.WARNING, family=Family.ROBUSTNESS),
    rule("more-a", profile=Profile.RECOMMENDED, options=OPTIONS),
    rule("more-b", profile=Profile.RECOMMENDED, severity=None, family=Family.ROBUSTNESS),
)


def active(rules: dict[str, Any] | None = None, **arguments: Any) -> dict[str, str]:
    config = replace(CONFIG, profile=arguments.pop("own", "upstream"), rules=rules or {})
    return {found.rule.id: str(found.severity) for found in active_rules(RULES, config, Selection(**arguments))}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, {"first-a": "error", "first-b": "warning"}),
        ({"own": "recommended"}, {"first-a": "error", "first-b": "warning", "more-a": "error"}),
        ({"profile": "recommended"}, {"first-a": "error", "first-b": "warning", "more-a": "error"}),
        ({"own": "recommended", "profile": "upstream"}, {"first-a": "error", "first-b": "warning"}),
        ({"rules": {"first-a": {"severity": "off"}}}, {"first-b": "warning"}),
        ({"rules": {"first-a": {"severity": "warning"}, "first-b": {"severity": "error"}}}, {"first-a": "warning", "first-b": "error"}),
        ({"rules": {"more-a": {"size": 1}}}, {"first-a": "error", "first-b": "warning", "more-a": "error"}),
        ({"rules": {"more-b": {}}}, {"first-a": "error", "first-b": "warning", "more-b": "error"}),
        ({"select": ["first-b"]}, {"first-b": "warning"}),
        ({"select": ["more-*"]}, {"more-a": "error"}),
        ({"select": ["more-b"]}, {"more-b": "error"}),
        ({"select": ["robustness"]}, {"first-b": "warning"}),
        ({"select": ["structure"]}, {"first-a": "error"}),
        ({"own": "recommended", "select": ["structure"]}, {"first-a": "error", "more-a": "error"}),
        ({"select": ["*-a"], "ignore": ["more-*"]}, {"first-a": "error"}),
        ({"select": ["first-a"], "extend_select": ["more-a"]}, {"first-a": "error", "more-a": "error"}),
        ({"extend_select": ["more-*"]}, {"first-a": "error", "first-b": "warning", "more-a": "error"}),
        ({"ignore": ["structure"]}, {"first-b": "warning"}),
        ({"rules": {"first-a": {"severity": "off"}}, "select": ["first-a"]}, {"first-a": "error"}),
        ({"rules": {"first-a": {"severity": "off"}}, "select": ["first-*"]}, {"first-b": "warning"}),
        ({"rules": {"first-a": {"severity": "off"}}, "select": ["structure"]}, {}),
        ({"rules": {"first-a": {"severity": "off"}}, "extend_select": ["first-a"]}, {"first-b": "warning"}),
        ({"rules": {"first-a": {"severity": "warning"}}, "select": ["first-a"]}, {"first-a": "warning"}),
    ],
    ids=str,
)  # fmt: skip
def test_selection(arguments: dict[str, Any], expected: dict[str, str]) -> None:
    assert active(**arguments) == expected


def test_options_have_their_defaults_unless_they_are_given() -> None:
    [found] = active_rules(RULES, CONFIG, Selection(select=("more-a",)))
    assert found.options == {"size": 3}
    config = replace(CONFIG, rules={"more-a": {"severity": "warning", "names": ["a"]}})
    [found] = active_rules(RULES, config, Selection(select=("more-a",)))
    assert found.options == {"size": 3, "names": ["a"]}


@pytest.mark.parametrize(
    "arguments",
    [{"select": ["nothing"]}, {"ignore": ["nothing-*"]}, {"extend_select": ["first-A"]}, {"profile": "best"}],
)
def test_unknown_names(arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as raised:
        active(**arguments)
    assert raised.value.remedy


def test_the_nearest_names_are_told() -> None:
    with pytest.raises(UsageError) as raised:
        active(select=["first-"])
    assert raised.value.remedy == "Did you mean 'first-b' or 'first-a'?"


def test_settings_that_are_wrong() -> None:
    for rules, message, pointer in (
        ({"nothing": {"severity": "off"}}, "there is no rule 'nothing'", "/rules/nothing"),
        ({"more-a": {"siez": 1}}, "the rule 'more-a' has no option 'siez'", "/rules/more-a/siez"),
        ({"first-a": {"size": 1}}, "the rule 'first-a' has no option 'size'", "/rules/first-a/size"),
        ({"more-a": {"size": "1"}}, """more-a: size: "1" is not of type "integer\"""", "/rules/more-a/size"),
        (
            {"more-a": {"names": ["a", "("]}},
            "more-a: '(' is no regular expression: a group is not closed: `(` without `)`",
            "/rules/more-a/names/1",
        ),
    ):
        with pytest.raises(SchemaToolsError) as raised:
            active(rules)
        assert (raised.value.message, raised.value.pointer) == (message, pointer)
        assert raised.value.remedy


SCHEMA = "title: a\n$id: /a/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  x: {type: string}\n"


@pytest.fixture
def released(scratch: Scratch) -> Scratch:
    scratch.write("jsonschema/a/current.yaml", SCHEMA)
    scratch.jst("materialize")
    return scratch


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("  refs-are-pined: off", "3:19: error: there is no rule 'refs-are-pined'\n    remedy: Did you mean 'refs-are-pinned'"),
        ("  refs-are-pinned: maybe", "3:20: error: rules: "),
        ("  refs-are-pinned: {severity: 1}", "3:20: error: rules: "),
        ("  date-time-names: {patern: x}", "3:29: error: the rule 'date-time-names' has no option 'patern'\n    remedy: Did you mean 'pattern'"),
        ("  date-time-names:\n    pattern: [x]", "4:14: error: date-time-names: pattern: "),
        ("  date-time-names:\n    pattern: '('", "4:14: error: date-time-names: '(' is no regular expression"),
        ("  required-fields: {fields: [a, b..c]}", "3:33: error: required-fields: fields: "),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_told_with_its_place(released: Scratch, rules: str, said: str) -> None:
    released.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\nrules:\n{rules}\n")
    for command in ("check", "rules"):
        result = released.jst(command)
        assert result.exit_code == 2
        assert f".jsonschema-tools.yaml:{said}" in result.output


def test_warnings_fail_only_when_they_should(released: Scratch) -> None:
    described = ("check", "--select", "fields-are-described")
    assert [released.jst(*described, *more).exit_code for more in ((), ("--strict",))] == [0, 1]
    assert "a/current.yaml:6:3: warning fields-are-described 'x' has no description" in released.jst(*described).output
    released.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nrules: {fields-are-described: error}\n")
    assert released.jst("check").exit_code == 1
    released.write(
        ".jsonschema-tools.yaml",
        "schemaBasePath: jsonschema\nprofile: recommended\nrules: {fields-are-described: off}\n",
    )
    assert released.jst("check", "--strict").exit_code == 0


def test_jst_rules_says_what_is_in_effect(released: Scratch) -> None:
    released.write(
        ".jsonschema-tools.yaml",
        "schemaBasePath: jsonschema\nrules:\n  schema-is-secure: off\n  date-time-names: {pattern: x}\n",
    )
    listed = {entry["id"]: entry for entry in json.loads(released.jst("rules", "--format", "json").output)}
    assert [
        listed[name]["severity"]
        for name in ("schema-is-secure", "date-time-names", "refs-are-pinned", "schema-is-valid")
    ] == ["off", "warning", "off", "error"]
    assert listed["date-time-names"]["options"]["pattern"]["value"] == "x"
    assert listed["date-time-names"]["what"].startswith("Fields of format date-time")
    text = released.jst("rules", "--profile", "recommended").output
    assert any(
        line.split()[:4] == ["refs-are-pinned", "structure", "recommended", "error"] for line in text.splitlines()
    )


def test_jst_explain(released: Scratch) -> None:
    text = released.jst("explain", "date-time-names").output
    for part in ("off here", "Why: ", "Example: ", "Instead: ", "Option `pattern`", "rules:", "skipSchemaTestCases:"):
        assert part in text
    unknown = released.jst("explain", "refs-pinned")
    assert unknown.exit_code == 2
    assert "Did you mean 'refs-are-pinned'?" in unknown.output
