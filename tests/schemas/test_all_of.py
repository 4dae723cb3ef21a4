"""Merging ``allOf``: laws, and conflicts that name both sides. What upstream does is compared in tests/upstream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import clone, equal
from jsonschema_tools.errors import MergeConflict, SchemaError
from jsonschema_tools.materialization import flatten
from jsonschema_tools.schemas.all_of import merge_all_of
from jsonschema_tools.schemas.bounds import with_bounds
from tests.strategies import schemas


@settings(deadline=None)
@given(schemas())
def test_is_deterministic_and_leaves_a_copy_alone(schema: Any) -> None:
    original = clone(schema)
    try:
        first = merge_all_of(clone(schema))
    except SchemaError:
        return
    assert equal(schema, original)
    assert equal(first, merge_all_of(clone(schema)))


@settings(deadline=None)
@given(schemas())
def test_bounding_is_idempotent(schema: Any) -> None:
    once = with_bounds(schema, (-1, 1))
    assert equal(with_bounds(once, (-1, 1)), once)


@pytest.mark.parametrize(
    ("parts", "keyword"),
    [
        ([{"type": "string"}, {"type": "integer"}], "type"),
        ([{"enum": [1, 2]}, {"enum": [3]}], "enum"),
        ([{"const": 1}, {"const": 2}], "const"),
        ([{"format": "uri"}, {"format": "email"}], "format"),
        ([{"x-own": 1}, {"x-own": 2}], "x-own"),
        ([{"anyOf": [{"type": "string"}]}, {"anyOf": [{"type": "integer"}]}], "anyOf"),
    ],
)
def test_conflicts_name_both_sources(parts: list[Any], keyword: str) -> None:
    documents = {"/a/1.0.0": {"properties": {"p": parts[0]}}, "/b/1.0.0": {"properties": {"p": parts[1]}}}
    with pytest.raises(MergeConflict) as caught:
        flatten({"$id": "/x/1.0.0", "allOf": [{"$ref": "/a/1.0.0"}, {"$ref": "/b/1.0.0"}]}, documents.__getitem__)
    assert caught.value.keyword == keyword
    assert caught.value.sources == ("/a/1.0.0#/properties/p", "/b/1.0.0#/properties/p")
    assert (caught.value.source, caught.value.pointer) == ("/b/1.0.0", f"/properties/p/{keyword}")
    assert f"/properties/p/{keyword}" in caught.value.message
    assert caught.value.values == (parts[0][keyword], parts[1][keyword])


CASES_FILE = Path(__file__).parents[1] / "cases" / "all_of" / "cases.yaml"
CASES = parse(CASES_FILE.read_bytes(), source=str(CASES_FILE))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cases(case: dict[str, Any]) -> None:
    if case["result"] == "refused":
        with pytest.raises(MergeConflict) as caught:
            merge_all_of(clone(case["schema"]))
        assert caught.value.remedy
    else:
        assert equal(merge_all_of(clone(case["schema"])), case["result"])
