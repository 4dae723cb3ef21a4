"""Generated examples: data-driven cases, and laws that hold for every schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Timestamp, clone, equal
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.examples import generate_example, with_example
from jsonschema_tools.nodejs.examples.pattern_strings import string_for
from tests.conftest import examples
from tests.strategies import NAMES, schemas

CASES = Path(__file__).parents[1] / "cases" / "examples"
URI = "/t/1.0.0"


def cases(name: str) -> list[Any]:
    path = CASES / f"{name}.yaml"
    return list(parse(path.read_bytes(), source=str(path)))


@pytest.mark.parametrize(("schema", "example"), cases("values"), ids=str)
def test_value(schema: Any, example: Any) -> None:
    assert equal(generate_example(schema, URI), example)


@pytest.mark.parametrize(("pattern", "text"), cases("patterns"), ids=str)
def test_string_for_a_pattern(pattern: str, text: str) -> None:
    assert string_for(pattern) == text


@pytest.mark.parametrize(("schema", "pointer", "message"), cases("refused") + cases("stricter"), ids=str)
def test_refusal_has_place_and_remedy(schema: Any, pointer: str, message: str) -> None:
    with pytest.raises(SchemaError) as refusal:
        generate_example(schema, URI)
    assert message in refusal.value.message
    assert refusal.value.pointer == pointer
    assert "shouldGenerateExample" in (refusal.value.remedy or "")


@pytest.mark.parametrize("examples", [[], {}, "", None, 0, 5, True])
def test_empty_examples_are_replaced(examples: Any) -> None:
    assert with_example({"const": 1, "examples": examples}, URI) == {"const": 1, "examples": [1]}


@pytest.mark.parametrize("examples", [[None], {"a": 1}, "text"])
def test_examples_stay(examples: Any) -> None:
    schema = {"const": 1, "examples": examples}
    assert with_example(schema, URI) is schema


@pytest.mark.parametrize("schema", [True, False, None, [], "text", 1])
def test_only_objects(schema: Any) -> None:
    with pytest.raises(SchemaError, match="not an object"):
        generate_example(schema, URI)
    with pytest.raises(SchemaError, match="not an object"):
        with_example(schema, URI)


def test_deep_schemas_are_refused() -> None:
    schema: dict[str, Any] = {}
    for _ in range(2000):
        schema = {"type": "object", "properties": {"a": schema}}
    with pytest.raises(SchemaError, match="too deeply"):
        generate_example(schema, URI)


def test_schemas_that_multiply_are_refused() -> None:
    schema: dict[str, Any] = {"x": 1}
    for _ in range(8):
        schema = dict.fromkeys("abcdefghij", schema)
    with pytest.raises(SchemaError, match="too much to resolve"):
        generate_example(schema, URI)


def test_a_timestamp_becomes_an_empty_object() -> None:
    schema = {"type": "array", "items": {"const": Timestamp("2021-01-01T00:00:00.000Z")}}
    assert generate_example(schema, URI) == [{}]


def test_sharing_is_that_of_upstream() -> None:
    fixed = {"a": [1]}
    schema = {
        "type": "object",
        "properties": {
            "list": {"type": "array", "items": {"default": fixed}, "maxItems": 2},
            "one": {"$ref": "#/definitions/d"},
            "two": {"$ref": "#/definitions/d"},
        },
        "definitions": {"d": {"default": {"b": 1}}},
    }
    example = generate_example(schema, URI)
    assert example["list"][0] is example["list"][1]
    assert example["list"][0] is not fixed
    assert [example[key] is schema["definitions"]["d"]["default"] for key in ("one", "two")].count(True) == 1


@settings(max_examples=examples(100), suppress_health_check=list(HealthCheck))
@given(schema=schemas(["#/definitions/a", "#"]), definition=schemas(depth=1))
def test_the_schema_is_not_changed_and_the_example_is_always_the_same(schema: Any, definition: Any) -> None:
    schema["definitions"] = {"a": definition}
    before = clone(schema)
    try:
        examples = [with_example(schema, URI) for _ in range(2)]
    except SchemaError as error:
        assert error.pointer is not None
    else:
        assert equal(*examples)
        assert equal({**examples[0], "examples": None}, {**before, "examples": None})
        assert with_example(examples[0], URI) is examples[0] or not schema.get("examples", [0])
    assert equal(schema, before)


KEYWORDS = [
    "type",
    "enum",
    "const",
    "default",
    "properties",
    "patternProperties",
    "additionalProperties",
    "required",
    "minProperties",
    "maxProperties",
    "dependencies",
    "items",
    "additionalItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "$ref",
    "$id",
    "definitions",
    "thunk",
]
ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [0, -1, 3, 1.5, 10**400, -(10**30), float("inf"), float("nan"), -0.0, "", "a", "#/definitions", "#"]
    ),
    st.sampled_from(["string", "object", "array", "integer", "number", "date-time", "a{9999", "\ud800", "\\"]),
)


@settings(max_examples=examples(300), suppress_health_check=list(HealthCheck))
@given(
    schema=st.recursive(
        ODD_VALUES,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*KEYWORDS, "a", "b"]), inner, max_size=5)
        ),
        max_leaves=15,
    ).filter(lambda schema: isinstance(schema, dict))
)
def test_malformed_schemas_are_refused_at_worst(schema: Any) -> None:
    try:
        generate_example(schema, URI)
    except SchemaError as error:
        assert error.pointer is not None


def _ranged(low: Any, high: Any, bounds: st.SearchStrategy[tuple[int, int]]) -> st.SearchStrategy[dict[str, int]]:
    return bounds.map(lambda pair: {low: min(pair), high: max(pair)})


def well_behaved(depth: int) -> st.SearchStrategy[Any]:
    """Schemas for which upstream's generator finds a valid value."""
    sizes = st.tuples(st.integers(0, 30), st.integers(0, 30))
    numbers = st.tuples(st.integers(-(2**53) + 1, 2**53 - 1), st.integers(-(2**53) + 1, 2**53 - 1))
    leaf = st.one_of(
        _ranged("minLength", "maxLength", sizes).map(lambda bounds: {"type": "string", **bounds}),
        _ranged("minimum", "maximum", numbers).map(lambda bounds: {"type": "integer", **bounds}),
        _ranged("minimum", "maximum", numbers).map(lambda bounds: {"type": "number", **bounds}),
        st.sampled_from(["boolean", "null", "string", "integer", "number"]).map(lambda kind: {"type": kind}),
        st.lists(st.text(max_size=5), min_size=1, max_size=9).map(lambda values: {"type": "string", "enum": values}),
        st.sampled_from(["date-time", "date", "email", "uri", "uri-reference", "ipv4", "ipv6", "uuid", "hostname"]).map(
            lambda name: {"type": "string", "format": name}
        ),
        st.sampled_from(["^[a-z0-9]{8}$", r"^\d+\.\d+\.\d+$", "^(foo|bar)-[A-F]*$", r"^/[\w/-]+$"]).map(
            lambda pattern: {"type": "string", "pattern": pattern}
        ),
    )
    if not depth:
        return leaf
    inner = well_behaved(depth - 1)
    return st.one_of(
        leaf,
        st.dictionaries(st.sampled_from([*NAMES[:-1], "meta"]), inner, min_size=1, max_size=4).flatmap(
            lambda properties: st.lists(st.sampled_from(sorted(properties)), unique=True).map(
                lambda names: {"type": "object", "properties": properties, "required": names}
            )
        ),
        inner.map(lambda values: {"type": "object", "additionalProperties": values}),
        st.tuples(inner, st.integers(0, 4)).map(lambda two: {"type": "array", "items": two[0], "minItems": two[1]}),
        st.lists(inner, min_size=1, max_size=3).map(lambda choices: {"anyOf": choices}),
    )


@settings(max_examples=examples(70), suppress_health_check=list(HealthCheck))
@given(schema=well_behaved(3))
def test_the_example_of_a_well_behaved_schema_is_valid(schema: Any) -> None:
    from jsonschema import Draft7Validator

    example = generate_example(schema, URI)
    checker = Draft7Validator.FORMAT_CHECKER
    assert not list(Draft7Validator(schema, format_checker=checker).iter_errors(example)), yaml.dump(example)
