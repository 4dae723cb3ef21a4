"""The rules on tables: what no table can follow, and what has no type of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.rules.compatibility.table_conflict import conflicts
from jsonschema_tools.tables.titles import tables_of
from tests.conftest import Scratch
from tests.needs import NO_CORPUS, WMF_PRIMARY
from tests.tables.histories import histories
from tests.tables.test_types import event_schema

FOLDS = yaml.safe_load((Path(__file__).parents[1] / "cases/tables/folds.yaml").read_text("utf-8"))


def versions(case: dict[str, Any]) -> list[tuple[str, Any]]:
    """The versions of a case, each with a property more, for those where `a` is not there."""
    more = {"other": {"type": "string"}}
    pair = [
        event_schema(case[key], **more) if case[key] is not None else event_schema(True, **more)
        for key in ("old", "new")
    ]
    for schema, key in zip(pair, ("old", "new"), strict=True):
        if case[key] is None:
            del schema["properties"]["a"]
    return [("1.0.0", pair[0]), ("2.0.0", pair[1])]


@pytest.mark.parametrize("case", FOLDS, ids=lambda case: f"{case['old']} -> {case['new']}"[:60])
def test_conflicts_are_told_and_nothing_else(case: dict[str, Any]) -> None:
    found = [problem.message.partition(": ")[2].partition(" is ")[0] for problem in conflicts("a", versions(case))]
    assert found == [each.partition(":")[0] for each in case.get("conflict", [])]


def test_each_conflict_of_a_real_history_is_told_of_the_version_that_brings_it() -> None:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    told, there = [], []
    for title, history in histories(WMF_PRIMARY / "jsonschema").items():
        for count in range(1, len(history) + 1):
            told += [(title, history[count - 1][0], problem.pointer) for problem in conflicts(title, history[:count])]
        tables, _ = tables_of(title, history)
        there += [(title, table.versions[0], each.pointer) for table in tables for each in table.conflict]
    assert told == there
    assert {title for title, _, _ in told} == {"mediawiki/revision/score"}


def test_a_version_whose_events_are_no_rows() -> None:
    history = [("1.0.0", event_schema({"type": "string"})), ("1.1.0", event_schema({"type": "string"})), ("2.0.0", {"type": "object", "additionalProperties": {"type": "string"}})]  # fmt: skip
    (problem,) = conflicts("a", history)
    assert problem.message == "events of 2.0.0 are no rows: its root is a map; those of 1.0.0 to 1.1.0 have a table"
    assert list(conflicts("a", history[2:])) == list(conflicts("a", history[1:2])) == []


HEAD = "title: a\n$id: /a/{}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\ndescription: An a.\nproperties:\n"


def put(scratch: Scratch, version: str, body: str) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nprofile: recommended\n")
    scratch.write("jsonschema/a/current.yaml", HEAD.format(version) + body)


def release(scratch: Scratch, version: str, body: str) -> None:
    put(scratch, version, body)
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()


def told(scratch: Scratch) -> list[tuple[str, int, str]]:
    """What the check of the repository finds, as (rule, line, message)."""
    results = json.loads(scratch.jst("check", "--format", "json").stdout)["results"]
    return [
        (result["rule"], finding["line"], finding["message"])
        for result in results
        if result["status"] == "failed"
        for finding in result["findings"]
    ]


TAGS = "  x: {type: string, description: An x.}\n  tags: {type: array, description: Tags., items: {type: string}}\n"
MAP = TAGS.replace("array", "object").replace("items", "additionalProperties")


def test_a_current_file_is_judged_before_its_release(scratch: Scratch) -> None:
    release(scratch, "1.0.0", TAGS)
    release(scratch, "1.1.0", TAGS + "  y: {type: integer, minimum: 0, maximum: 9, description: A y.}\n")
    assert told(scratch) == []
    put(scratch, "2.0.0", MAP)
    conflict = (
        "table-conflict",
        8,
        "/properties/tags: tags is map<string,string>, and array<string> in the table of 1.0.0 to 1.1.0: events of"
        " 2.0.0 need a new table, a_2",
    )
    assert conflict in told(scratch)
    assert scratch.jst("materialize").exit_code == 0
    assert told(scratch) == [conflict]
    assert scratch.jst("check").exit_code == 0, "a warning"


def test_a_break_that_is_told_already_is_told_once(scratch: Scratch) -> None:
    release(scratch, "1.0.0", TAGS)
    put(scratch, "1.1.0", MAP)
    assert "table-conflict" not in {rule for rule, _, _ in told(scratch)}
    assert scratch.jst("materialize").exit_code == 0
    assert "table-conflict" not in {rule for rule, _, _ in told(scratch)}


def test_a_column_that_another_rule_reports_is_told_once(scratch: Scratch) -> None:
    release(scratch, "1.0.0", TAGS + "  y: {description: A y.}\n")
    assert {rule for rule, _, _ in told(scratch)} == {"schema-deterministic-types"}
    put(scratch, "2.0.0", TAGS + "  z: {description: A z., type: object, additionalProperties: true}\n")
    assert scratch.jst("materialize").exit_code == 0
    assert [line for rule, line, _ in told(scratch) if rule == "columns-are-typed"] == [9]
