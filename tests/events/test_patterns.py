"""Patterns in the schemas of events: one reading, whatever engine searches, and nothing is accepted in doubt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.events.explaining import explain
from jsonschema_tools.events.model import Obstacle
from jsonschema_tools.events.obstacles import NoValidator
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.patterns import backtracking
from tests.events.test_shapes import fits, shape_for

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/events/patterns.yaml").read_text("utf-8"))
URI = "/patterned/1.0.0"
HOSTILE = "a" * 3000 + "!"


def compiled(schema: Any) -> Any:
    return SchemaValidators(lambda _uri: schema, allow_insecure=True).get(URI)


def validator_for(schema: Any) -> Any:
    return compiled(schema).validator


def explained(schema: Any, event: Any) -> Any:
    return explain(compiled(schema).parts, event, URI)


def schema_and_events(case: dict[str, Any]) -> tuple[Any, list[Any], list[Any]]:
    if "schema" in case:
        return case["schema"], case["valid"], case["refused"]
    schema = {"type": "object", "properties": {"s": {"type": "string", "pattern": case["s"]}}}
    return schema, [{"s": text} for text in case["valid"]], [[{"s": text}, *rest] for text, *rest in case["refused"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case.get("s") or case["schema"]))
def test_verdicts(case: dict[str, Any]) -> None:
    schema, valid, refused = schema_and_events(case)
    validator = validator_for(schema)
    for event in valid:
        assert validator.is_valid(event), event
    for event, keyword, said, *place in refused:
        assert not validator.is_valid(event), event
        first = explained(schema, event)[0]
        assert first.keyword == keyword
        assert said in first.message
        assert not place or first.schema_uri == f"{URI}{place[0]}"


@pytest.mark.parametrize("case", [case for case in CASES if "s" in case], ids=lambda case: ascii(case["s"]))
def test_shapes_say_the_same(case: dict[str, Any]) -> None:
    schema, valid, refused = schema_and_events(case)
    shape, _ = shape_for(schema)
    assert shape is not None
    assert all(fits(shape, json.dumps(event).encode()) for event in valid)
    assert not any(fits(shape, json.dumps(event).encode()) for event, *_ in refused)


DOUBTFUL = {"pattern": r"^(a+)+\1$"}


@pytest.mark.parametrize(
    "schema",
    [
        DOUBTFUL,
        {"not": DOUBTFUL},
        {"not": {"not": DOUBTFUL}},
        {"anyOf": [DOUBTFUL, {"not": DOUBTFUL}]},
        {"if": DOUBTFUL, "then": True, "else": True},
        {"oneOf": [DOUBTFUL, True]},
        {"allOf": [{"$ref": "#/definitions/a"}], "definitions": {"a": {"not": DOUBTFUL}}},
    ],
    ids=str,
)
def test_what_takes_too_long_is_never_accepted(schema: Any) -> None:
    validator = validator_for(schema)
    assert not validator.is_valid(HOSTILE)
    errors = explained(schema, HOSTILE)
    assert any("takes more than 100000 steps" in error.message for error in errors)


def test_a_value_in_doubt_does_not_spoil_the_next() -> None:
    validator = validator_for({"not": DOUBTFUL})
    assert [validator.is_valid(text) for text in ("b", HOSTILE, "b", "aa")] == [True, False, True, False]


def test_the_steps_of_a_search_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtracking, "MAX_STEPS", 500)
    assert not validator_for(DOUBTFUL).is_valid("a" * 100 + "!")
    assert "takes more than 500 steps" in explained(DOUBTFUL, "a" * 100 + "!")[0].message


@pytest.mark.parametrize("pattern", ["a++", "(?#c)a", "a{,2}", "(?P<a>b)", "(?i)a", "a)"])
@pytest.mark.parametrize("schema", [{"pattern": None}, {"patternProperties": {None: True}}], ids=["value", "name"])
def test_what_is_no_pattern_makes_a_schema_unusable(pattern: str, schema: dict[str, Any]) -> None:
    keyword = next(iter(schema))
    own = {keyword: pattern if keyword == "pattern" else {pattern: True}}
    with pytest.raises(NoValidator) as raised:
        validator_for({"properties": {"s": own}})
    error = raised.value.error
    assert error.obstacle is Obstacle.SCHEMA_UNUSABLE
    assert f"the schema is not valid: {pattern!r} is no regular expression of ECMA-262: " in error.message
    assert error.message.endswith(f"(at /properties/s/{keyword})")
    assert error.remedy


def test_ordinary_patterns_are_searched_by_the_validator_alone() -> None:
    ordinary = {
        "properties": {"a": {"pattern": "^[a-z0-9_]+$"}, "b": {"pattern": r"^\d{4}-\d{2}$"}},
        "patternProperties": {"^x-": {"type": "string"}},
    }
    validator = validator_for(ordinary)
    assert type(validator).__module__.startswith("jsonschema_rs")
    assert type(validator_for({"pattern": r"^\w+\s.*$"}).is_valid.__self__).__module__.startswith("jsonschema_rs")


def test_patterns_of_documents_that_are_referred_to() -> None:
    documents: dict[str, Any] = {
        "/a/1.0.0": {
            "properties": {"s": {"$ref": "/b/1.0.0#/definitions/s"}, "t": {"$ref": "/b/1.0.0#/definitions/t"}}
        },
        "/b/1.0.0": {"definitions": {"s": {"pattern": r"^\s[\w-.]$"}, "t": {"pattern": r"^(.)\1$"}}},
    }
    found = SchemaValidators(documents.__getitem__, allow_insecure=True).get("/a/1.0.0")
    validator = found.validator
    assert validator is not None
    assert validator.is_valid({"s": "\ufeff-", "t": "aa"})
    errors = explain(found.parts, {"s": "\x85-", "t": "ab"}, "/a/1.0.0")
    assert sorted(error.message for error in errors) == [
        '"ab" does not match "^(.)\\1$"',
        '"\x85-" does not match "^\\s[\\w-.]$"',
    ]
