"""Verdicts on single events: what is refused, and what is said about it."""

from __future__ import annotations

import datetime
import gc
import json
import weakref
from collections import OrderedDict
from copy import deepcopy
from decimal import Decimal
from enum import IntEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml

from jsonschema_tools import EventError, EventSettings, Obstacle, SchemaStore, Verdict, validate, validate_events
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.events.plain import MAX_EVENT_DEPTH
from jsonschema_tools.events.summary import MOST_SCHEMAS, OTHER_SCHEMAS, Summary
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.events.validators import SchemaValidators

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/events/refused.yaml").read_text("utf-8"))
GOOD = {"$schema": "/shop/order/1.0.0", "id": "a", "price": 1}


def told(verdict: Verdict) -> list[list[str]]:
    return sorted([error.kind, error.pointer] for error in verdict.errors)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["event"][:60])
def test_cases(store: SchemaStore, case: dict[str, Any]) -> None:
    text = case["event"].encode()
    verdict = validate(text, store)
    assert told(verdict) == sorted(case["errors"])
    assert verdict.valid is not case["errors"]
    assert case.get("message", "") in str(verdict)
    for error in verdict.errors:
        assert (error.keyword is None) is (error.obstacle is not None)
        assert error.message
        assert len(error.message) < 1000
    # A block of lines says the same of the event, wherever it stands.
    good = json.dumps(GOOD).encode()
    validator = EventValidator(SchemaValidators(store.retrieve))
    for _ in ("by whole schemas", "by shapes"):
        (block,) = validator.validate_lines(b"\n".join([good, text, b"", good, b""]))
        assert block.lines == 4
        assert [(refused.line, refused.text, refused.verdict) for refused in block.refused] == (
            [] if verdict.valid else [(1, text, verdict)]
        )
        assert (block.summary.valid, block.summary.refused) == ((3, 0) if verdict.valid else (2, 1))


@pytest.mark.parametrize("case", [case for case in CASES if not any(e[0] == "not-json" for e in case["errors"])])
def test_plain_data_fares_as_its_text(store: SchemaStore, case: dict[str, Any]) -> None:
    event = json.loads(case["event"], parse_float=Decimal)
    before = deepcopy(event)
    assert validate(event, store) == validate(case["event"].encode(), store)
    assert event == before
    assert told(validate(parse(case["event"], source="x", content_type="yaml"), store)) == sorted(case["errors"])


def test_an_error_says_where_it_stands(store: SchemaStore) -> None:
    event = {**GOOD, "meta": {"stream": "shop.order"}, "price": "x", "order": {}}
    verdict = validate(event, store)
    (error,) = verdict.errors
    assert (verdict.valid, verdict.schema_uri, verdict.stream) == (False, "/shop/order/1.0.0", "shop.order")
    assert (error.pointer, error.keyword, error.obstacle) == ("/price", "type", None)
    assert error.schema_uri == "/shop/order/1.0.0#/properties/price/type"
    assert error.message == '"x" is not of type "number"'
    assert str(verdict) == '/price: "x" is not of type "number"'
    assert str(validate(GOOD, store)) == "valid by /shop/order/1.0.0"


def test_through_a_reference_the_way_is_told(store: SchemaStore) -> None:
    (error,) = validate({"$schema": "/shop/refers/1.0.0", "id": 5}, store).errors
    assert error.schema_uri == "/shop/refers/1.0.0#/properties/id/$ref/type"


def test_many_and_long_errors_are_bounded(store: SchemaStore) -> None:
    verdict = validate({**GOOD, "a/b": {"x": ["y" * 10_000] * 100}}, store)
    assert len(verdict.errors) == 20
    assert all(len(error.message) < 500 for error in verdict.errors)
    (error,) = validate({"$schema": "/" + "x" * 100_000}, store).errors
    assert error.obstacle is Obstacle.SCHEMA_FORBIDDEN
    assert len(error.message) < 1000


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (float("nan"), "nan is not a number that JSON knows"),
        (float("-inf"), "-inf is not a number that JSON knows"),
        (Decimal("sNaN"), "sNaN is not a number"),
        (datetime.date(2021, 1, 1), "a date is no JSON value"),
        ({1, 2}, "a set is no JSON value"),
        (b"bytes", "a bytes is no JSON value"),
        ("\ud800", "half of a surrogate pair"),
        ({"\udfff": 1}, "half of a surrogate pair"),
        ({1: 2}, "an int is the name of a property"),
        ([object()], "an object is no JSON value"),
    ],
)
def test_what_json_does_not_have(store: SchemaStore, value: Any, says: str) -> None:
    (error,) = validate({**GOOD, "x": [{"y/z": value}]}, store).errors
    assert error.obstacle is Obstacle.NOT_JSON
    assert says in error.message
    assert error.pointer.startswith("/x/0/y~1z")


def test_depth_is_bounded(store: SchemaStore) -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    for event in ({**GOOD, "x": deep}, b'{"x": ' + b"[" * 100_000):
        (error,) = validate(event, store).errors
        assert "900 levels" in error.message
    while isinstance(deep, list):
        deep = deep[0]


@pytest.mark.parametrize("pad", [0, 4000])
def test_the_deepest_event(store: SchemaStore, pad: int) -> None:
    """As a value, as a text, and in a block of lines; short and long."""
    for depth, valid in ((MAX_EVENT_DEPTH, True), (MAX_EVENT_DEPTH + 1, False)):
        event: Any = {}
        for _ in range(depth - 2):
            event = [event]
        event = {**GOOD, "pad": "x" * pad, "x": event}
        text = json.dumps(event).encode()
        assert validate(event, store).valid is valid
        assert validate(text, store).valid is valid
        (result,) = EventValidator(SchemaValidators(store.retrieve)).validate_lines(text)
        assert (not result.refused) is valid


class Size(IntEnum):
    """An enumeration that is numbers."""

    SMALL = 3


class Text(str):
    """A text with a class of its own."""


def test_what_stands_for_json(store: SchemaStore) -> None:
    event = MappingProxyType({**GOOD, "id": Text("a"), "count": Size.SMALL, "a/b": OrderedDict(x=(1, 2))})
    assert validate(event, store).valid
    assert told(validate({**event, "id": Text("a"), "a/b": {"x": (1, "y")}}, store)) == [["type", "/a~1b/x/1"]]


class TestSettings:
    """Where an event says what it is."""

    def test_alternatives(self, store: SchemaStore) -> None:
        settings = EventSettings(schema_uri_fields=("$schema", "meta.schema_uri"), stream_field="topic")
        for event in ({"meta": {"schema_uri": "/shop/order/1.0.0"}}, {"$schema": "/shop/order/1.0.0", "meta": 5}):
            verdict = validate({"id": "a", "price": 1, "topic": "t", **event}, store, settings=settings)
            assert (verdict.valid, verdict.stream) == (True, "t")
        (error,) = validate({"id": 1}, store, settings=settings).errors
        assert "no text in $schema, meta.schema_uri" in error.message
        lines = b'{"meta": {"schema_uri": "/shop/order/1.0.0"}, "id": "a", "price": 1}\n{"id": 5}\n'
        (result,) = EventValidator(SchemaValidators(store.retrieve), settings).validate_lines(lines)
        assert (result.summary.valid, result.summary.refused) == (1, 1)

    def test_a_schema_of_the_callers_choice(self, store: SchemaStore) -> None:
        assert validate({"id": "a", "price": 1}, store, schema="/shop/order/latest").valid
        assert told(validate(5, store, schema="/shop/order/latest")) == [["type", ""]]
        # The caller's choice may be insecure; the event's may not.
        assert validate({}, store, schema="/shop/insecure/1.0.0").valid
        assert not validate({"$schema": "/shop/insecure/1.0.0"}, store).valid
        allowed = EventSettings(allow_insecure=True)
        assert validate({"$schema": "/shop/insecure/1.0.0"}, store, settings=allowed).valid
        # Allowed or not: a hostile pattern does not run for ever.
        hostile = {"$schema": "/shop/insecure/1.0.0", "id": "a" * 100 + "!"}
        assert told(validate(hostile, store, settings=allowed)) == [["pattern", "/id"]]

    @pytest.mark.parametrize(
        ("dt", "by_specification", "quick"),
        [
            ("2021-02-28T23:59:59Z", True, True),
            ("2021-02-28 23:59:59Z", False, True),
            ("2021-02-28T23:59:59+0000", False, True),
            ("2021-02-30T23:59:59Z", False, True),
            ("2021-02-28T23:59:59", False, False),
            ("1998-12-31T15:59:60-08:00", True, False),
        ],
    )
    def test_formats_by_specification_or_as_ajv_has_them(
        self, store: SchemaStore, dt: str, by_specification: bool, quick: bool
    ) -> None:
        event = {**GOOD, "dt": dt}
        assert validate(event, store).valid is by_specification
        assert validate(event, store, settings=EventSettings(quick_formats=True)).valid is quick
        assert validate(event, store).valid is by_specification

    def test_defaults_are_filled_into_a_copy(self, tmp_path: Path) -> None:
        schema = {
            "required": ["a"],
            "properties": {
                "a": {"default": [1]},
                "b": {"properties": {"c": {"default": {"d": 1}}}},
                "e": {"items": {"$ref": "#/definitions/f~1"}},
                "g": {"items": [{}, {"default": 7}, {"default": 8}, {}, {"default": 9}]},
                "h": {"default": 5, "type": "string"},
            },
            "allOf": [{"properties": {"i": {"default": True}}}],
            "anyOf": [{"properties": {"j": {"default": 1}}}],
            "definitions": {"f/": {"properties": {"k": {"default": None}}}},
        }
        (tmp_path / "1.0.0.json").write_text(json.dumps(schema), "utf-8")
        store = SchemaStore([str(tmp_path)])
        event = {"$schema": "/1.0.0", "b": {}, "e": [{}, {"k": 1}, 3], "g": [0], "h": "x"}
        before = deepcopy(event)
        settings = EventSettings(fill_defaults=True)
        verdict = validate(event, store, settings=settings)
        assert event == before
        assert verdict.valid
        filled = {"a": [1], "b": {"c": {"d": 1}}, "e": [{"k": None}, {"k": 1}, 3], "g": [0, 7, 8], "i": True}
        assert verdict.event == {**event, **filled}
        assert validate(event, store).event is None
        assert told(validate({"$schema": "/1.0.0"}, store, settings=settings)) == [["type", "/h"]]
        verdict.event["a"].append(2)
        assert validate(event, store, settings=settings).event["a"] == [1]
        line = json.dumps(event).encode()
        (result,) = EventValidator(SchemaValidators(store.retrieve), settings).validate_lines(line)
        assert result.summary.valid == 1


def test_a_summary_has_no_more_than_a_number_of_schemas() -> None:
    summary, other = Summary(), Summary()
    for number in range(1500):
        summary.add(Verdict(f"/{number}"))
        other.add_valid(f"/x{number}", 2)
    other.add(Verdict(None, (EventError("x", keyword="type"), EventError("y", keyword="type"))))
    summary.add_all(other)
    assert len(summary.schemas) == MOST_SCHEMAS + 1
    assert summary.schemas[OTHER_SCHEMAS].kinds == {"type": 1}
    assert (summary.events, summary.valid, summary.refused) == (4501, 4500, 1)


class TestManyEvents:
    """An iterator of events."""

    def test_batches_in_order_and_no_more_than_asked_for(self, store: SchemaStore) -> None:
        taken = []

        def events() -> Any:
            for number in range(10):
                taken.append(number)
                yield GOOD if number % 2 else json.dumps({**GOOD, "id": number}).encode()

        batches = validate_events(events(), store, batch_size=4)
        assert [verdict.valid for verdict in next(batches)] == [False, True] * 2
        assert taken == list(range(4))
        assert [len(batch) for batch in batches] == [4, 2]


class TestCompiled:
    """Schemas are compiled once, for as long as they are the same."""

    def test_once_and_anew_when_a_document_changes(self) -> None:
        documents: dict[str, Any] = {
            "/latest": {"properties": {"x": {"$ref": "/part"}}},
            "/part": {"type": "string"},
            "/1.0.0": {"type": "object"},
        }
        validators = SchemaValidators(documents.__getitem__)
        first = validators.get("/latest")
        assert validators.get("/latest") is first
        assert not first.validator.is_valid({"x": 1})
        documents["/part"] = {"type": "integer"}
        second = validators.get("/latest")
        assert second is not first
        assert second.validator.is_valid({"x": 1})
        released = validators.get("/1.0.0")
        documents["/1.0.0"] = {"type": "string"}
        assert validators.get("/1.0.0") is released

    def test_no_more_than_a_number_of_them(self) -> None:
        validators = SchemaValidators(lambda _uri: {"type": "object"}, limit=3)
        for number in range(10):
            validators.get(f"/{number}.0.0")
        assert list(validators._compiled) == ["/7.0.0", "/8.0.0", "/9.0.0"]

    def test_the_store_is_not_kept_alive(self, schemas: Path) -> None:
        store = SchemaStore([str(schemas)])
        assert validate(GOOD, store).valid
        kept = weakref.ref(store)
        del store
        gc.collect()
        assert kept() is None

    def test_what_was_missing_is_found_later(self, schemas: Path) -> None:
        store = SchemaStore([str(schemas)], miss_time_to_live=0)
        event = {"$schema": "/shop/refers_nowhere/1.0.0", "x": 5}
        assert told(validate(event, store)) == [["schema-not-found", ""]]
        assert told(validate(event, store)) == [["schema-not-found", ""]]
        (schemas / "shop/nowhere").mkdir()
        (schemas / "shop/nowhere/1.0.0").write_text(json.dumps({"type": "string"}), "utf-8")
        assert told(validate(event, store)) == [["type", "/x"]]


@pytest.mark.parametrize("number", ["0.1000000000000000000001", "1e400", "18446744073709551616.5"])
def test_exact_numbers_in_schemas(tmp_path: Path, number: str) -> None:
    (tmp_path / "1.0.0.json").write_text(f'{{"enum": [[{number}]]}}', "utf-8")
    store = SchemaStore([str(tmp_path)])
    assert validate(f"[{number}]".encode(), store, schema="/1.0.0").valid
    assert not validate(f"[{number.replace('1', '2', 1)}]".encode(), store, schema="/1.0.0").valid
