"""What is said of refused events: what jsonschema-rs finds, but within bounds, however large or deep an event is."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools import EventSettings, SchemaStore, validate
from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.errors import RetrievalError
from jsonschema_tools.events.explaining import MOST_ERRORS, explain
from jsonschema_tools.events.model import EventError
from jsonschema_tools.events.plain import MAX_EVENT_DEPTH
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.events.validators import CompiledSchema, SchemaValidators
from tests.events.test_suite import DRAFTS, SUITE, cases
from tests.needs import NO_SUITE

RECURSIVE = {
    "anyOf": [
        {"type": "integer"},
        {"type": "array", "items": {"$ref": "#"}},
        {"type": "array", "items": {"$ref": "#"}, "maxItems": 5},
        {"type": "array", "items": {"$ref": "#"}, "maxItems": 7},
    ]
}
LARGE = 4 * 2**20
SAID_OFTEN: list[Any] = [
    {"allOf": [{"$ref": "#/definitions/a"}, {"$ref": "#/definitions/a"}], "definitions": {"a": {"required": ["x"]}}},
    {"allOf": [{"$ref": "#"}], "required": ["x"]},
    {"allOf": [{"$ref": "#/definitions/a"}], "definitions": {"a": {"anyOf": [{"$ref": "#"}], "required": ["x"]}}},
]
SAID_NUMBERS = {
    "0.0000001": "1e-7 is greater than the maximum of 1e-8",
    "1e-7": "1e-7 is greater than the maximum of 1e-8",
    "1.50e30": "1.5e+30 is greater than the maximum of 1e-8",
    "1.0": "1.0 is greater than the maximum of 1e-8",
    "0.1000000000000000000001": "0.1000000000000000000001 is greater than the maximum of 1e-8",
    "1.00000000000000000000000001e-7": "1.00000000000000000000000001e-7 is greater than the maximum of 1e-8",
}


def compiled(schema: Any, others: dict[str, Any] | None = None) -> CompiledSchema:
    documents = {"/s": schema, **(others or {})}

    def retrieve(uri: str) -> Any:
        if uri not in documents:
            raise RetrievalError(uri)
        return documents[uri]

    return SchemaValidators(retrieve, allow_insecure=True).get("/s")


def told(schema: Any, event: Any, **limits: int) -> list[tuple[str | None, str]]:
    return [(error.keyword, error.pointer) for error in explain(compiled(schema).parts, event, "/s", **limits)]


def nested(depth: int, inner: Any, step: str | None = None) -> Any:
    for _ in range(depth):
        inner = [inner] if step is None else {step: inner}
    return inner


@pytest.mark.skipif(not SUITE.is_dir(), reason=NO_SUITE)
@pytest.mark.parametrize("draft", DRAFTS)
def test_as_the_validator_has_it(draft: str) -> None:
    """Keywords and places are those of jsonschema-rs, for every refused case of the suite."""
    host = "http://localhost:1234"
    remotes = {
        f"{host}/{path.relative_to(SUITE / 'remotes').as_posix()}": json.loads(path.read_text("utf-8"))
        for path in (SUITE / "remotes").rglob("*.json")
    }
    different, count = [], 0
    for name, _, schema, tests in cases(draft, host):
        ready = compiled(schema, remotes)
        assert ready.validator is not None
        for test in tests:
            if ready.validator.is_valid(test["data"]):
                continue
            count += 1
            ours = kinds(explain(ready.parts, test["data"], "/s"))
            theirs = kinds(validator_errors(ready, test["data"]))
            if ours != theirs:
                different.append(f"{name}: {test['description']}: {ours} {theirs}")
    assert different == []
    assert count > 250


def validator_errors(ready: CompiledSchema, event: Any) -> Iterator[EventError]:
    assert ready.validator is not None
    for error in ready.validator.iter_errors(event):
        keyword = "false" if error.kind.name == "falseSchema" else error.kind.name
        yield EventError(error.message, "".join(f"/{escape_token(str(s))}" for s in error.instance_path), keyword)


def kinds(errors: Any) -> set[tuple[str | None, str]]:
    """Without what was not evaluated, where something else is wrong: what counts as evaluated then, is not said."""
    found = {(error.keyword, error.pointer) for error in errors}
    rest = {entry for entry in found if not str(entry[0]).startswith("unevaluated")}
    return rest or {min(found, key=lambda entry: -len(entry[1]))}


@pytest.mark.parametrize("depth", [1, 200, 254, 255, 256, 300, 600, MAX_EVENT_DEPTH - 2])
@pytest.mark.parametrize("schema", [
    {"items": {"$ref": "#"}, "type": "array"},
    {"items": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "type": "array"},
    {"items": {"allOf": [{"$ref": "#/definitions/a"}]}, "definitions": {"a": {"$ref": "#"}}, "type": "array"},
    {"$schema": DRAFTS["draft2020-12"], "items": {"$dynamicRef": "#a"}, "type": "array", "$dynamicAnchor": "a"},
    {"$schema": DRAFTS["draft2019-09"], "items": {"$recursiveRef": "#"}, "type": "array"},
], ids=json.dumps)  # fmt: skip
def test_deep_events(schema: dict[str, Any], depth: int) -> None:
    (error,) = explain(compiled(schema).parts, nested(depth, 1), "/s")
    if "anyOf" in json.dumps(schema):
        assert error.pointer == "/0"
        assert error.message.endswith(
            f'; closest: 1 is not of type "array", at {"the same value" if depth == 1 else "/0" * depth}'
        )
    else:
        assert (error.keyword, error.pointer) == ("type", "/0" * depth)


@pytest.mark.parametrize("depth", [256, 300, MAX_EVENT_DEPTH - 1])
@pytest.mark.parametrize(
    ("schema", "keyword", "pointer"),
    [
        ({"required": ["id"]}, "required", ""),
        ({"properties": {"x": {"type": "string"}}}, "type", "/x"),
        ({"properties": {"x": {"enum": [1, [2]]}}}, "enum", "/x"),
        ({"additionalProperties": False}, "additionalProperties", ""),
        ({"properties": {"x": {"maxItems": 0}}}, "maxItems", "/x"),
        ({"properties": {"x": {"not": {"type": "array"}}}}, "not", "/x"),
        (False, "false", ""),
    ],
)
def test_what_is_deep_may_be_anywhere(schema: Any, keyword: str, pointer: str, depth: int) -> None:
    assert told(schema, {"x": nested(depth, 1)}) == [(keyword, pointer)]


def test_a_small_text_under_a_recursive_combination() -> None:
    """The alternatives of alternatives: what was found out about a part is not found out again."""
    for depth in (35, 70, 140):
        (error,) = explain(compiled(RECURSIVE).parts, nested(depth, "x"), "/s", steps=200 * depth)
        assert error.keyword == "anyOf"
        assert "closest: " in error.message


BIG = {
    "a list of wrong items": ({"items": {"type": "string"}}, [1] * (LARGE // 10), MOST_ERRORS),
    "a list whose last is wrong": ({"items": {"type": "integer"}}, [1] * (LARGE // 10) + ["x"], 1),
    "a thousand missing names": ({"required": [f"n{number}" for number in range(1000)]}, {"t": "x" * LARGE}, 20),
    "a thousand alternatives": ({"anyOf": [{"required": [f"n{number}"]} for number in range(1000)]}, {"t": "x" * LARGE}, 1),
    "an enumeration": ({"enum": [1, [2], {"a": 1}]}, [1] * (LARGE // 10), 1),
    "names": ({"propertyNames": {"maxLength": 2}}, {f"n{number}": 1 for number in range(LARGE // 20)}, MOST_ERRORS),
    "extra names": ({"additionalProperties": False}, {f"n{number}": 1 for number in range(LARGE // 20)}, 1),
    "long texts": ({"items": {"maxLength": 1}}, ["x" * (LARGE // 100)] * 100, MOST_ERRORS),
}  # fmt: skip


@pytest.mark.parametrize("case", BIG)
def test_large_events(case: str) -> None:
    """Nothing of an event is copied for its errors, and its errors are short."""
    schema, event, count = BIG[case]
    ready = compiled(schema)
    tracemalloc.start()
    try:
        errors = explain(ready.parts, event, "/s")
        assert tracemalloc.get_traced_memory()[1] < 2 * LARGE
    finally:
        tracemalloc.stop()
    assert len(errors) == count
    assert all(len(error.message) < 1000 and error.keyword != "schema" for error in errors)


def test_too_much_to_say() -> None:
    schema = {
        "properties": {"b": {"items": {"patternProperties": {"^a": {"not": {"minimum": 1}}}, "minProperties": 1}}}
    }
    event = {"b": [{"x": 1}] * 1000 + [{"a": 5}]}
    assert told(schema, event) == [("not", "/b/1000/a")]
    (error,) = explain(compiled(schema).parts, event, "/s", steps=50)
    assert (error.keyword, error.pointer, error.schema_uri, error.obstacle) == ("schema", "", "/s", None)
    assert "too large" in error.message
    assert "within 50 steps" in error.message
    # What was found before is kept.
    assert told({**schema, "required": ["a"]}, event, steps=50) == [("required", "")]


NUMBERS = {
    b'{"n": 1e400}': [],
    b'{"n": 1e4299}': [],
    b'{"n": 1e4300}': ["not-json"],
    b'{"n": 1.5e-4000}': ["multipleOf"],
    b'{"n": 0e99999}': [],
    b'{"n": ' + b"7" * 4300 + b"}": [],
    b'{"n": ' + b"7" * 4301 + b"}": ["not-json"],
    b'{"x": [' + b"1e4299," * 20 + b"1]}": [],
    b'{"x": [' + b"1e4299," * 50_000 + b"1]}": ["not-json"],
    b'{"x": [' + b"1e-400," * 5_000 + b"1]}": ["not-json"],
    b'{"x": [' + b"1e300," * 50_000 + b"1]}": [],
}


@pytest.mark.parametrize("text", NUMBERS, ids=lambda text: f"{text[:20].decode()}-{len(text)}")
def test_numbers_that_are_longer_than_their_text(text: bytes, tmp_path: Any) -> None:
    schema = {"properties": {"n": {"multipleOf": 1}, "x": {"items": {"minimum": -1}}}}
    (tmp_path / "s").write_text(json.dumps(schema), "utf-8")
    store = SchemaStore([str(tmp_path)])
    assert [error.kind for error in validate(text, store, schema="/s").errors] == NUMBERS[text]
    event = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    assert [error.kind for error in validate(event, store, schema="/s").errors] == NUMBERS[text]


def endless() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


WRONG = [
    b"", b" ", b"{", b"nul", b"\xff", b"\x00", b'{"a":1}}', b'{"a":\x01}', b'{"a":NaN}', b'{"a":-Infinity}', b'{"\\ud800":1}',
    b'{"p":"\\udc00\\ud800"}', b"[" * 100_000, b'{"a":' * 100_000, b"[" * 5000 + b"]" * 5000,
    10**5000, Decimal("1e5000"), Decimal("NaN"), Decimal("sNaN"), float("inf"), {"n": object()}, {1: 2}, {"a": {1, 2}},
    {"a": "\ud800"}, {"n": Decimal("1." + "0" * 5000 + "1")}, {"n": [Decimal("1e4000")] * 100}, nested(3000, 1), endless(),
]  # fmt: skip


@pytest.mark.parametrize("event", WRONG, ids=[str(number) for number in range(len(WRONG))])
@pytest.mark.parametrize("defaults", [False, True])
def test_what_is_no_json_has_a_verdict(event: Any, defaults: bool, tmp_path: Any) -> None:
    (tmp_path / "s").write_text(json.dumps({"additionalProperties": {"$ref": "#"}}), "utf-8")
    store, settings = SchemaStore([str(tmp_path)]), EventSettings(fill_defaults=defaults)
    assert [error.kind for error in validate(event, store, schema="/s", settings=settings).errors] == ["not-json"]


@pytest.mark.parametrize("depth", [255, 256, MAX_EVENT_DEPTH - 1])
def test_defaults_of_deep_events(depth: int, tmp_path: Any) -> None:
    (tmp_path / "s").write_text(json.dumps({"properties": {"y": {"default": 1}}}), "utf-8")
    event = {"x": nested(depth, 1)}
    settings = EventSettings(fill_defaults=True)
    assert validate(event, SchemaStore([str(tmp_path)]), schema="/s", settings=settings).event == {**event, "y": 1}
    assert "y" not in event


@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
@pytest.mark.parametrize("schema", SAID_OFTEN, ids=json.dumps)
def test_what_several_references_lead_to_is_said_once(schema: Any, draft: str, tmp_path: Path) -> None:
    (tmp_path / "s").write_text(json.dumps({"$schema": draft, **schema}))
    verdict = validate({}, SchemaStore([str(tmp_path)]), schema="/s")
    assert len({(error.message, error.pointer) for error in verdict.errors}) == len(verdict.errors)
    assert [error.message for error in verdict.errors if error.keyword == "required"] == ['"x" is a required property']


@pytest.mark.parametrize("text", SAID_NUMBERS)
def test_numbers_are_written_as_json_has_them(text: str, tmp_path: Path) -> None:
    (tmp_path / "s").write_text('{"properties": {"n": {"maximum": 0.00000001}}}')
    verdict = validate(read_event(f'{{"n": {text}}}'.encode()), SchemaStore([str(tmp_path)]), schema="/s")
    assert [error.message for error in verdict.errors] == [SAID_NUMBERS[text]]
