"""From schemas to types, and from the types of versions to those of a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables import table_of
from jsonschema_tools.tables.conversion import type_of
from jsonschema_tools.tables.dialects import dialect
from jsonschema_tools.tables.folding import evolution
from jsonschema_tools.tables.model import Added, Commented, Step, Types
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.tables.types import path_text, text
from tests.needs import NO_CORPUS, WMF_PRIMARY
from tests.tables.histories import histories

CASES = Path(__file__).parents[1] / "cases" / "tables"
DRAFT_07 = "http://json-schema.org/draft-07/schema#"
WIKIMEDIA = json.loads((CASES / "wikimedia.json").read_text("utf-8"))


def cases(name: str) -> list[Any]:
    found: list[Any] = yaml.safe_load((CASES / name).read_text("utf-8"))
    return found


def event_schema(a: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"id": {"type": "string"}} | ({} if a is None else {"a": a}), **more}


@pytest.mark.parametrize("case", cases("types.yaml"), ids=lambda case: json.dumps(case["schema"]))
def test_a_type_and_its_notes(case: dict[str, Any]) -> None:
    more = {"definitions": case["definitions"]} if "definitions" in case else {}
    schema = event_schema(case["schema"], **{"$schema": case.get("draft", DRAFT_07)}, **more)
    typed = type_of(schema)
    assert typed.columns is not None
    column = typed.columns.field("a")
    assert column is not None
    assert text(column.type) == case["type"]
    start = "/definitions/t" if "definitions" in case else "/properties/a"
    notes = [
        "/definitions/t" if note == "of the definition" else f"/properties/a{note}" for note in case.get("notes", ())
    ]
    assert [note.pointer for note in typed.notes] == notes, start
    assert all(note.message and note.cure.endswith(".") for note in typed.notes)


@pytest.mark.parametrize("case", WIKIMEDIA, ids=lambda case: case["id"])
def test_the_types_of_wikimedia(case: dict[str, Any]) -> None:
    typed = type_of(case["schema"], Types(wikimedia=True))
    assert (None if typed.columns is None else text(typed.columns)) == case["expect"]


@pytest.mark.parametrize("case", cases("folds.yaml"), ids=lambda case: f"{case['old']} {case['new']}")
def test_two_versions(case: dict[str, Any]) -> None:
    before, after = (type_of(event_schema(case[key])).columns for key in ("old", "new"))
    assert before is not None
    assert after is not None
    found = evolution(before, after)
    conflicts = [f"{path_text(each.path)}: {text(each.old)} -> {text(each.new)}" for each in found.conflicts]
    assert conflicts == case.get("conflict", [])
    if not conflicts:
        column = found.after.field("a")
        assert column is not None
        assert text(column.type) == case["type"]
        assert list(map(said, found.steps)) == case.get("steps", [])
        assert [path_text(each.path) for each in found.kept] == case.get("kept", [])
        assert not evolution(found.after, after).steps


def said(step: Step) -> str:
    path = path_text(step.path)
    if isinstance(step, Added):
        return f"+ {path}"
    if isinstance(step, Commented):
        return f"{path} # {step.old} -> {step.new}"
    return f"{path}: {text(step.old)} -> {text(step.new)}"


def test_a_conflict_starts_a_table_with_the_major_that_caused_it() -> None:
    types = {"1.0.0": "string", "1.1.0": "string", "2.0.0": "integer", "2.1.0": "boolean", "3.0.0": "boolean"}
    tables, _ = tables_of("shop/order", [(version, event_schema({"type": each})) for version, each in types.items()])
    names = [(table.name, table.versions) for table in tables]
    assert names == [
        ("shop_order", ("1.0.0", "1.1.0")),
        ("shop_order_2", ("2.0.0",)),
        ("shop_order_2_1_0", ("2.1.0", "3.0.0")),
    ]
    assert [path_text(each.path) for each in tables[1].conflict] == ["a"]


@pytest.mark.parametrize("name", ["spark", "clickhouse", "mysql"])
def test_engines_that_read_backslashes(name: str) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "description": "it's a \\ or \\'"}}}
    [statement, *_] = dialect(name).create(tables_of("a/b", [("1.0.0", schema)])[0][0])
    assert r"COMMENT 'it\'s a \\ or \\\''" in statement


def test_a_map_is_no_table() -> None:
    with pytest.raises(SchemaToolsError, match="its root is a map"):
        table_of("a", [("1.0.0", {"type": "object", "additionalProperties": {"type": "string"}})])


def test_what_is_inside_of_itself_ends() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(400):
        schema = {"type": "array", "items": schema}
    typed = type_of(event_schema(schema))
    assert [note.message for note in typed.notes] == ["the schema is inside of itself"]


def test_parts_that_many_refer_to_end() -> None:
    wide: dict[str, Any] = {"type": "string"}
    for level in range(40):
        wide = {"type": "object", "properties": {f"a{level}": wide, f"b{level}": wide}}
    assert {note.message for note in type_of(event_schema(wide)).notes} == {"the schema has too many parts"}


def test_the_tables_of_a_real_repository() -> None:
    """52 of 53 titles are tables; one array became a map, which no table can follow."""
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    found = {title: tables_of(title, versions)[0] for title, versions in histories(WMF_PRIMARY / "jsonschema").items()}
    assert [title for title, tables in found.items() if not tables] == [
        "fragment/mediawiki/state/entity/revision_slots"
    ]
    assert [table.name for tables in found.values() for table in tables[1:]] == ["mediawiki_revision_score_2"]
    assert len(found) == 53
