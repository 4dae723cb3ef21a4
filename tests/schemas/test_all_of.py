"""Merging ``allOf``: laws, and conflicts that name both sides. What upstream does is compared in tests/upstream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import clone, equal
from jsonschema_tools.errors import MergeConflict, SchemaError
from jsonschema_tools.nodejs.all_of import merge_all_of
from jsonschema_tools.nodejs.all_of_equality import same_schema, unique_schemas
from jsonschema_tools.nodejs.all_of_likeness import schema_likeness
from jsonschema_tools.release.materialization import flatten
from jsonschema_tools.schemas.bounds import with_bounds
from tests.conftest import examples
from tests.strategies import schemas


@given(schemas())
def test_is_deterministic_and_leaves_a_copy_alone(schema: Any) -> None:
    original = clone(schema)
    try:
        first = merge_all_of(clone(schema))
    except SchemaError:
        return
    assert equal(schema, original)
    assert equal(first, merge_all_of(clone(schema)))


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


CASES = [
    case
    for file in sorted((Path(__file__).parents[1] / "cases" / "all_of").glob("*.yaml"))
    for case in parse(file.read_bytes(), source=str(file))
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cases(case: dict[str, Any]) -> None:
    if case["result"] == "refused":
        with pytest.raises(MergeConflict) as caught:
            merge_all_of(clone(case["schema"]))
        assert caught.value.remedy
    else:
        assert equal(merge_all_of(clone(case["schema"])), case["result"])


@settings(max_examples=examples(40))
@given(st.data())
def test_schemas_that_are_the_same_have_one_likeness(data: st.DataObject) -> None:
    left = data.draw(schemas(depth=2))
    right = data.draw(st.one_of(st.just(_respelled(left)), schemas(depth=1)))
    if same_schema(left, right):
        assert schema_likeness(left) == schema_likeness(right)


@settings(max_examples=examples(40))
@given(st.lists(schemas(depth=1).flatmap(lambda one: st.sampled_from([one, _respelled(one)])), max_size=9))
def test_unique_schemas_are_those_of_comparing_each_with_each(values: list[Any]) -> None:
    expected: list[Any] = []
    for value in values:
        if not any(same_schema(value, other) for other in expected):
            expected.append(value)
    assert list(map(id, unique_schemas(values))) == list(map(id, expected))


def _respelled(schema: Any) -> Any:
    """The schema in words that count as the same, for the most part."""
    if isinstance(schema, bool):
        return {}
    if not isinstance(schema, dict):
        return schema
    spelled = {
        key: {name: _respelled(one) for name, one in value.items()}
        if key in ("properties", "patternProperties")
        else [_respelled(one) for one in reversed(value)]
        if key in ("anyOf", "oneOf")
        else value[::-1]
        if key in ("required", "enum") and isinstance(value, list)
        else _respelled(value)
        if key in ("additionalProperties", "contains", "not")
        else value
        for key, value in reversed(schema.items())
    }
    return {"minLength": 0, "required": [], **spelled}
