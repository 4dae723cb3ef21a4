"""Generated examples: upstream's values; a refusal where upstream refuses, never ends or writes no plain data."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import equal
from jsonschema_tools.documents.writing import to_yaml
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.examples import generate_example, with_example
from jsonschema_tools.nodejs.examples.matching import matches
from jsonschema_tools.nodejs.examples.strings import FORMATS
from tests.conftest import examples
from tests.schemas.test_examples import cases
from tests.strategies import JSON, schemas
from tests.upstream.example_schemas import BROKEN_PATTERNS, DATED, NOW, NUMERIC, PATTERNS, TEXTUAL, structured
from tests.upstream.oracle import Oracle, encode

EXAMPLE_ONLY = {"shouldGenerateExample": True, "shouldDereference": False, "enforcedNumericBounds": False}
URI = "/some/title/1.0.0"
STRICTER = ("ISO 8601", "a range in a set is out of order", "its string would be too long")
"""We also refuse texts that only V8 takes for a date, such as "1", patterns like ``[z-a]``, and endless strings."""

BOUNDED = settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))


def same_as_upstream(oracle: Oracle, schema: Any) -> None:
    refusal = example = None
    try:
        example = generate_example(schema, URI)
    except SchemaError as error:
        refusal = error
    milliseconds = 200 if refusal and "never ends" in refusal.message else 3000
    answer = oracle.ask("exampleWithin", text=json.dumps(schema), milliseconds=milliseconds)
    if refusal is None:
        assert "error" not in answer, (answer["error"], example)
        assert equal(_sorted(encode(example)), _sorted(_with_uri(answer["value"])))
    else:
        assert refusal.pointer is not None
        assert refusal.remedy
        refused = "error" in answer or _unwritable(answer["value"])
        assert refused or any(reason in refusal.message for reason in STRICTER), (refusal, refusal.pointer, answer)


def _unwritable(value: Any) -> bool:
    """Whether upstream's value has parts that JSON has no words for: NaN, infinities, or nothing at all in a list."""
    text = json.dumps(value)
    return any(part in text for part in ('["undefined"]', '["number", "NaN"]', 'Infinity"]'))


def _with_uri(value: Any) -> Any:
    """Upstream sets ``$schema`` after generating."""
    if isinstance(value, list) and value[0] == "map":
        return ["map", [[key, URI if key == "$schema" else item] for key, item in value[1]]]
    return value


def _sorted(value: Any) -> Any:
    """Without the order of keys, which is sorted away in the end, and without absent values."""
    if isinstance(value, list) and value[0] == "map":
        return ["map", {key: _sorted(item) for key, item in value[1] if item != ["undefined"]}]
    if isinstance(value, list) and value[0] == "list":
        return ["list", [_sorted(item) for item in value[1]]]
    return value


def document(schema: Any, definition: Any) -> Any:
    return {**schema, "definitions": {"d": definition}} if isinstance(schema, dict) else {"const": schema}


@BOUNDED
@given(schema=NUMERIC)
def test_numbers(oracle: Oracle, schema: Any) -> None:
    same_as_upstream(oracle, schema)


@BOUNDED
@given(schema=TEXTUAL)
def test_strings(oracle: Oracle, schema: Any) -> None:
    same_as_upstream(oracle, schema)


@BOUNDED
@given(schema=DATED)
def test_dates(oracle: Oracle, schema: Any) -> None:
    same_as_upstream(oracle, schema)


@BOUNDED
@given(pattern=st.one_of(PATTERNS, PATTERNS, BROKEN_PATTERNS), low=st.sampled_from([0, 0, 0, 20]))
def test_patterns(oracle: Oracle, pattern: str, low: int) -> None:
    same_as_upstream(oracle, {"type": "string", "pattern": pattern, "minLength": low})


@BOUNDED
@given(pattern=st.one_of(PATTERNS, BROKEN_PATTERNS), name=st.text(alphabet="abcx1-_ .\n\x01", max_size=4))
def test_patterns_match_as_in_javascript(oracle: Oracle, pattern: str, name: str) -> None:
    expected = oracle.ask("search", pattern=pattern, text=name)["value"]
    try:
        found = matches(pattern, name)
    except SchemaError as error:
        # In JavaScript a group may refer to itself, to no avail.
        assert expected is None or "open group" in error.message
    else:
        assert found is expected


@BOUNDED
@given(schema=st.builds(document, structured(3), structured(1)))
def test_structures(oracle: Oracle, schema: Any) -> None:
    same_as_upstream(oracle, schema)


@BOUNDED
@given(
    schema=schemas(["#/definitions/a", "#/definitions/b", "#"]),
    definitions=st.fixed_dictionaries({"a": schemas(), "b": schemas(depth=1)}),
)
def test_anything(oracle: Oracle, schema: Any, definitions: Any) -> None:
    same_as_upstream(oracle, {**schema, "definitions": definitions})


@BOUNDED
@given(schema=structured(2), shared=structured(1), value=JSON)
def test_same_yaml(oracle: Oracle, schema: Any, shared: Any, value: Any) -> None:
    """Also what is shared within the example becomes an anchor and aliases where upstream's does."""
    twice = {"type": "array", "items": {"const": value}, "maxItems": 2}
    properties = {"a": schema, "b": shared, "c": shared, "d": {"default": value}, "e": {"default": value}, "f": twice}
    text = yaml.dump({"title": "t", "$id": URI, "type": "object", "properties": properties})
    answer = oracle.ask("exampleWithin", text=text, milliseconds=1500)
    if "error" in answer or "$ref" in text or _unwritable(answer["value"]):
        return
    answer = oracle.ask("materialize", text=text, options=EXAMPLE_ONLY)
    if "yaml" in answer and "js/undefined" not in answer["yaml"]:
        try:
            assert to_yaml(with_example(parse(text, source="t"), URI)) == answer["yaml"]
        except SchemaError as error:
            assert any(reason in error.message for reason in STRICTER)


OF_TODAY = re.compile(r"'format': '(date|time|datetime)'}|items': \[False")
"""What depends on the day upstream."""


@pytest.mark.parametrize("schema", [case[0] for name in ("values", "refused") for case in cases(name)], ids=str)
def test_cases(oracle: Oracle, schema: Any) -> None:
    if OF_TODAY.search(str(schema)) is None:
        same_as_upstream(oracle, schema)


@pytest.mark.parametrize("pattern", [case[0] for case in cases("patterns")], ids=str)
def test_pattern_cases(oracle: Oracle, pattern: str) -> None:
    same_as_upstream(oracle, {"type": "string", "pattern": pattern})


@pytest.mark.parametrize("name", sorted(set(FORMATS) - NOW))
def test_formats(oracle: Oracle, name: str) -> None:
    same_as_upstream(oracle, {"type": "string", "format": name})
