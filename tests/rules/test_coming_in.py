"""Findings that are known: by a baseline, and by comments. What is new fails, and what knows nothing is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools import Status, check
from jsonschema_tools.rules.ignores import ignores
from jsonschema_tools.rules.registry import RULES
from tests.conftest import Scratch

CONFIG = "schemaBasePath: jsonschema\nprofile: recommended\n"
SCHEMA = """title: shop/order
description: An order.
$id: /shop/order/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
required: [a, b]
properties:
  a: {type: string, maxLength: 9}
  b: {type: string, maxLength: 9}
examples:
  - {a: x, b: y}
"""
NEW = "jsonschema/shop/order/current.yaml"


@pytest.fixture
def shop(tmp_path: Path) -> Scratch:
    made = Scratch(tmp_path)
    made.git("init", "--quiet", "--initial-branch", "main")
    made.write(".jsonschema-tools.yaml", CONFIG)
    made.write(NEW, SCHEMA)
    assert made.jst("materialize").exit_code == 0
    made.commit()
    return made


def findings(made: Scratch, *arguments: str) -> dict[tuple[str, int | None], str]:
    found = json.loads(made.jst("check", "--format", "json", *arguments).stdout)["results"]
    return {(each["rule"], one["line"]): one["message"] for each in found for one in each.get("findings", ())}


def test_without_either(shop: Scratch) -> None:
    assert findings(shop) == {
        ("fields-are-described", 8): "'a' has no description",
        ("fields-are-described", 9): "'b' has no description",
    }


def adopted(made: Scratch, *arguments: str) -> None:
    result = made.jst("check", "--write-baseline", "known.json", *arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    made.write(".jsonschema-tools.yaml", f"{CONFIG}baseline: known.json\n")


def test_a_baseline_is_green_and_what_is_new_is_one_finding(shop: Scratch) -> None:
    adopted(shop)
    assert findings(shop, "--strict") == {}
    known = "skipped fields-are-described (1): known: all that it finds is in known.json"
    assert known in shop.jst("check", "-v").stdout.splitlines()
    assert "2 findings" in shop.jst("check", "--write-baseline", "again.json").stderr
    assert shop.read("again.json") == shop.read("known.json")
    text = SCHEMA.replace("1.0.0", "1.1.0").replace("examples", "  c: {type: string, maxLength: 9}\nexamples")
    shop.write(NEW, text)
    assert shop.jst("materialize").exit_code == 0
    assert findings(shop) == {("fields-are-described", 10): "'c' has no description"}


def test_a_baseline_knows_what_is_hidden_behind_others(shop: Scratch) -> None:
    """Once a cause is known, nothing hides its consequences."""
    text = SCHEMA.replace("1.0.0", "1.1.0").replace("a: {type: string, maxLength: 9}", "a: {type: integer}")
    shop.write(NEW, text.replace("{a: x,", "{a: 1,"))
    assert shop.jst("materialize").exit_code == 0
    assert "a consequence of schema-version-compatibility" in shop.jst("check", "-v").stdout
    adopted(shop)
    assert findings(shop, "--strict") == {}


def test_pytest_asks_the_same(shop: Scratch) -> None:
    adopted(shop)
    report = check(shop.root)
    skipped = [result for result in report.results if (result.reason or "").startswith("known:")]
    assert [(result.check.rule.id, result.status) for result in skipped] == [("fields-are-described", Status.SKIPPED)]
    assert not report.failed


def test_what_was_mended_is_told_once(shop: Scratch) -> None:
    adopted(shop)
    shop.write(NEW, SCHEMA.replace("a: {type", "a: {description: An a., type"))
    found = findings(shop, "--ignore", "structure-current-matches-materialized,released-versions-are-immutable")
    assert found[("baseline-matches", 1)] == (
        "the baseline knows what is not there any more: fields-are-described in shop/order/current.yaml"
    )
    # A run that does not ask says nothing of it.
    assert ("baseline-matches", 1) not in findings(shop, "--select", "schema-is-valid,baseline-matches")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "the baseline cannot be read: No such file or directory"),
        ("", "this is no baseline"),
        ("[]", "this is no baseline"),
        ('{"version": 2, "findings": []}', "this is no baseline"),
        ('{"version": 1, "findings": [{"rule": "a"}]}', "this is no baseline"),
        ('{"version": 1, "findings": [', "known.json:1:29: error:"),
    ],
)
def test_a_wrong_baseline(shop: Scratch, content: str | None, says: str) -> None:
    shop.write(".jsonschema-tools.yaml", f"{CONFIG}baseline: known.json\n")
    if content is not None:
        shop.write("known.json", content)
    result = shop.jst("check")
    assert result.exit_code == 2
    assert says in result.stderr
    assert "jst check --write-baseline known.json" in result.stderr or content == '{"version": 1, "findings": ['
    if content is not None:
        assert shop.jst("check", "--write-baseline", "known.json").exit_code == 0
        assert shop.jst("check", "--strict").exit_code == 0


IGNORES: list[tuple[str, dict[Any, str]]] = [
    ("a: {type: string, maxLength: 9} # jst: ignore[fields-are-described] in the wiki", {}),
    ("# jst: ignore[fields-are-described] in the wiki\n  a: {type: string, maxLength: 9}", {}),
    ("# jst: ignore[schema-is-valid, fields-are-described]: in the wiki\n  # more\n\n  a: {type: string, maxLength: 9}",
     {("ignores-match", 8): "the comment ignores nothing: schema-is-valid finds nothing in line 11"}),
    ("# jst: ignore[fields-are-described]\n  a: {type: string, maxLength: 9}",
     {("ignores-match", 8): "the comment gives no reason, so it ignores nothing",
      ("fields-are-described", 9): "'a' has no description"}),
    ("# jst: ignore fields-are-described in the wiki\n  a: {type: string, maxLength: 9}",
     {("ignores-match", 8): "the comment names no rule, so it ignores nothing",
      ("fields-are-described", 9): "'a' has no description"}),
    ("a: {type: string, maxLength: 9} # jst: ignore[fields-are-describd] in the wiki",
     {("ignores-match", 8): "there is no rule 'fields-are-describd'",
      ("fields-are-described", 8): "'a' has no description"}),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), IGNORES)
def test_comments(shop: Scratch, lines: str, expected: dict[Any, str]) -> None:
    shop.write(NEW, SCHEMA.replace("a: {type: string, maxLength: 9}", lines))
    found = findings(shop)
    assert {key: text for key, text in found.items() if "'b'" not in text} == expected


def test_a_comment_about_the_file_as_a_whole(shop: Scratch) -> None:
    """A finding without a line, as that of the one who forgot to materialize, is about the first line."""
    shop.write(NEW, "# jst: ignore[structure-current-matches-materialized] in review\n" + SCHEMA.replace("An o", "O"))
    assert {rule for rule, _ in findings(shop)} == {"fields-are-described"}


@given(st.lists(st.text(st.sampled_from("# jst:ignore[]a-\n\t'\""), max_size=40), max_size=8))
def test_any_lines_can_be_asked(lines: list[str]) -> None:
    for found in ignores(lines):
        assert 1 <= found.line <= found.about <= len(lines)


def test_the_rules_that_look_at_the_others() -> None:
    assert {rule.id for rule in RULES if rule.after_others} == {"baseline-matches", "ignores-match"}


def test_statistics_and_quiet(shop: Scratch) -> None:
    assert shop.jst("check", "--statistics").stdout.splitlines()[:2] == [
        "2 warning fields-are-described",
        "2 warnings in 1 schema",
    ]
    assert shop.jst("check", "--quiet").stdout.splitlines() == [
        f"{NEW}:8:3: warning fields-are-described 'a' has no description",
        "    also 9:3: 'b' has no description",
        "    remedy: Say what it means, and its unit.",
    ]
    assert len([line for line in shop.jst("check", "-v").stdout.splitlines() if "no description" in line]) == 2
