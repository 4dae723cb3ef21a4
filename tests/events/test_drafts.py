"""Schemas that have parts of several drafts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools import SchemaStore, validate
from tests.events.test_suite import DRAFTS

D7, D2020 = DRAFTS["draft7"], DRAFTS["draft2020-12"]
OLD = {"$schema": D7, "items": [{"type": "string"}], "additionalItems": False}
NEW = {"$schema": D2020, "prefixItems": [{"type": "string"}], "items": False}
NAMED = {"$id": "http://example.org/part"}
SPELLINGS = [
    *DRAFTS.values(),
    "https://json-schema.org/draft-07/schema",
    "http://json-schema.org/draft/2020-12/schema#",
]


def told(folder: Path, schema: Any, event: Any, **others: Any) -> list[tuple[str, str]]:
    for name, document in {"s": schema, **others}.items():
        (folder / name).write_text(json.dumps(document), "utf-8")
    verdict = validate(event, SchemaStore([str(folder)]), schema="/s")
    return [(error.kind, error.pointer) for error in verdict.errors]


@pytest.mark.parametrize("reference", SPELLINGS)
@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_a_reference_to_any_metaschema(draft: str, reference: str, tmp_path: Path) -> None:
    direct = {"$schema": draft, "properties": {"x": {"$ref": reference}}}
    through = {"$schema": draft, "properties": {"x": {"$ref": "/fragment"}}}
    for schema in (direct, through):
        fragment = {"$ref": reference}
        assert told(tmp_path, schema, {"x": {"type": "string"}}, fragment=fragment) == []
        assert told(tmp_path, schema, {"x": {"type": 5}}, fragment=fragment) == [("anyOf", "/x/type")]


@pytest.mark.parametrize(
    ("draft", "keyword", "part", "kind"),
    [
        (D2020, "$defs", OLD, ("additionalItems", "/x")),
        (D2020, "definitions", OLD, ("additionalItems", "/x")),
        (D7, "definitions", NEW, ("false", "/x/1")),
    ],
)
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("by_name", [False, True])
def test_a_bundled_definition_of_another_draft(
    draft: str, keyword: str, part: Any, kind: tuple[str, str], named: bool, by_name: bool, tmp_path: Path
) -> None:
    if by_name and not named:
        return
    reference = NAMED["$id"] if by_name else f"#/{keyword}/a~1b"
    entry = {**NAMED, **part} if named else part
    schema = {"$schema": draft, "properties": {"x": {"$ref": reference}}, keyword: {"a/b": entry}}
    assert told(tmp_path, schema, {"x": ["a"]}) == []
    assert told(tmp_path, schema, {"x": ["a", 1]}) == [kind]
    assert told(tmp_path, schema, {"x": [1]}) == [("type", "/x/0")]
