"""Columns of Arrow straight from events: they have the rows that the careful way makes, one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonschema_tools import EventSettings
from jsonschema_tools.errors import RetrievalError
from jsonschema_tools.events.model import Obstacle
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.events.valid_events import ReadingValidator, ValidEvent
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.reports.load import TableCount
from jsonschema_tools.sources.chunks import EventTexts
from jsonschema_tools.tables.rows import RowMaker
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.stored import with_rest
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.tables.types import Array, Decimal, Map, Scalar, Struct, Type
from jsonschema_tools.targets.arrow import arrow_rows
from jsonschema_tools.use_cases.load_chunks import Chunk
from jsonschema_tools.use_cases.load_rows import LoadSettings, RowMaking
from jsonschema_tools.use_cases.load_tables import NoTable
from tests.tables.test_rows import cases as columns_and_events
from tests.tables.test_rows import object_text, objects

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")

URI = "/a/b/1.0.0"
DRAFT = "https://json-schema.org/draft/2019-09/schema"


@pytest.fixture(autouse=True, scope="module")
def _first_events_are_enough() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jsonschema_tools.events.shaped.ENOUGH_EVENTS", 1)
        yield


def schema_of(type_: Type, nullable: bool = False) -> Any:
    """A schema whose events have a type."""
    match type_:
        case Array(element):
            return {"type": "array", "items": schema_of(element, nullable)}
        case Map(inner):
            return {"type": "object", "additionalProperties": schema_of(inner, nullable)}
        case Struct(fields):
            return {"type": "object", "properties": {each.name: schema_of(each.type, nullable) for each in fields}}
        case Decimal(scale):
            return {"type": "number", "multipleOf": 0.01 if scale else 10**19}
    formats = {Scalar.TIMESTAMP: "date-time", Scalar.DATE: "date", Scalar.UUID: "uuid"}
    names = {Scalar.BOOLEAN: "boolean", Scalar.INT64: "integer", Scalar.DOUBLE: "number"}
    if type_ is Scalar.JSON:
        return {}
    name = names.get(type_, "string")
    said: dict[str, Any] = {"type": [name, "null"] if nullable else name}
    return {**said, "format": formats[type_]} if type_ in formats else said


class Bench:
    """A schema, its table, and what makes rows of its events."""

    def __init__(self, schema: dict[str, Any], first: bytes, **how: Any) -> None:
        self.schema = schema

        def retrieve(uri: str) -> Any:
            if uri != URI:
                raise RetrievalError("not here")
            return schema

        validators = SchemaValidators(retrieve, allow_insecure=True)
        [self.table], _ = tables_of("a/b", [("1.0.0", schema)])
        self.careful = EventValidator(validators)
        self.making = RowMaking(
            ReadingValidator(validators, EventSettings()), LoadSettings(**how), "meta.stream", arrow=True
        )
        self.making.tables = {(URI, None): self.table}
        [judged] = self.making.validator.judged([first])
        assert isinstance(judged, ValidEvent), judged
        [judged] = self.making.validator.judged([first])
        assert isinstance(judged, ValidEvent)
        assert judged.shaped is not None
        self.maker = RowMaker(self.table.columns)


def bench(columns: Struct, nullable: bool = False, **how: Any) -> Bench:
    schema = {**schema_of(columns, nullable), "$schema": DRAFT, "$id": URI}
    schema["properties"] = {"$schema": {"type": "string"}, **schema["properties"]}
    return Bench(schema, named({}), **how)


def named(members: dict[str, str]) -> bytes:
    """The text of an event of the schema."""
    return object_text({**members, "$schema": json.dumps(URI)}).encode()


def one_by_one(at: Bench, texts: list[bytes]) -> tuple[list[Any], list[int], int]:
    """The rows of the careful way, the indexes of refused events, and how many values have no column."""
    rows, refused, left_out = list[Any](), list[int](), 0
    for index, text in enumerate(texts):
        if not at.careful.verdict_on_text(text).valid:
            refused.append(index)
            continue
        try:
            row, left = at.maker.row(read_event(text))
        except Misfit:
            refused.append(index)
            continue
        rows.append(row)
        left_out += len(left)
    return rows, refused, left_out


def check(at: Bench, texts: list[bytes]) -> None:
    rows, refused, left_out = one_by_one(at, texts)
    made = at.making.make("e.jsonl", EventTexts(texts, range(1, len(texts) + 1)))
    assert [refusal.line for refusal in made.refusals] == [index + 1 for index in refused]
    assert made.counts.summary.refused == len(refused)
    assert made.counts.summary.valid == len(rows)
    assert sum(count.left.total() for count in made.counts.tables.values()) == left_out
    batches = [batch for part in made.parts.values() for batch in part.arrow]
    assert bool(batches) == bool(rows)
    for batch in batches:
        batch.validate(full=True)
        wanted = arrow_rows(at.table, rows)
        assert batch.schema.equals(wanted.schema, check_metadata=True)
        assert batch.to_pylist() == wanted.to_pylist() or batch.equals(wanted)


@st.composite
def benches(draw: st.DrawFn) -> tuple[Bench, list[bytes]]:
    columns, _ = draw(columns_and_events())
    columns = Struct(tuple(each for each in columns.fields if each.name not in ("$schema", "_rest")))
    texts = draw(st.lists(objects(columns), min_size=1, max_size=6))
    at = bench(columns, nullable=draw(st.booleans()))
    return at, [text.replace("{", f'{{"$schema": "{URI}"{", " if text != "{}" else ""}', 1).encode() for text in texts]


@pytest.mark.search
@given(benches())
@settings(max_examples=300, deadline=None)
def test_rows_are_those_of_the_careful_way(case: tuple[Bench, list[bytes]]) -> None:
    at, texts = case
    check(at, texts)
    check(at, texts * 3)


TIME = {"type": "string", "format": "date-time"}
ID = {"type": "string", "format": "uuid"}
PART = {
    "type": "object",
    "properties": {
        "t": TIME,
        "n": {"type": "integer"},
        "in": {"type": "object", "properties": {"x": {"type": "string"}}},
    },
}
ROW = {
    "type": "object",
    "properties": {
        "n": {"type": "integer"},
        "in": {"type": "object", "required": ["b"], "properties": {"x": {"type": "string"}, "b": {"type": "boolean"}}},
    },
}
OPEN = {"type": ["object", "null"], "properties": {"n": {"type": "integer"}}}
SCHEMA: dict[str, Any] = {
    "$schema": DRAFT,
    "$id": URI,
    "type": "object",
    "required": ["always"],
    "properties": {
        "$schema": {"type": "string"},
        "always": {**PART, "required": ["n"]},
        "meta": {"type": "object", "properties": {"id": {"type": "string"}, "domain": {"type": "string"}, "stream": {"type": "string"}}},
        "time": TIME,
        "day": {"type": "string", "format": "date"},
        "id": ID,
        "flag": {"type": "boolean"},
        "whole": {"type": "integer"},
        "number": {"type": "number"},
        "price": {"type": "number", "multipleOf": 0.01},
        "any": {},
        "object": {"type": "object"},
        "text": {"type": ["string", "null"]},
        "kind": {"enum": ["a", "b"]},
        "part": PART,
        "open": OPEN,
        "parts": {"type": "array", "items": PART},
        "rows": {"type": "array", "items": ROW},
        "slots": {"type": "object", "additionalProperties": ROW},
        "stamps": {"type": "array", "items": {"type": "array", "items": {"type": "object", "properties": {}}}},
        "times": {"type": "array", "items": {"type": "string"}},
        "opens": {"type": "array", "items": OPEN},
        "ids": {"type": "object", "additionalProperties": {"type": "string"}},
        "map": {"type": "object", "additionalProperties": PART},
        "lists": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "empty": {"type": "object", "properties": {}, "additionalProperties": False},
    },
}  # fmt: skip
PLAIN = {
    "always": '{"n": 1}',
    "meta": '{"id": "a", "domain": "here", "stream": "s"}',
    "time": '"2026-01-01T00:00:00.1Z"',
    "id": '"5e4fe0a2-9d5b-4a6a-9e8c-1f2b8a3c4d5e"',
    "text": '"é"',
    "part": '{"t": "2026-01-01T00:00:00Z", "in": {"x": "y"}}',
    "parts": '[{"n": 2, "in": {"x": "z"}}, {}]',
    "ids": '{"a": "b", "c": "d"}',
    "map": '{"a": {"n": 1}, "b": {"in": {}}}',
    "rows": '[{"n": 1, "in": {"x": "y", "b": true}}]',
    "slots": '{"main": {"n": 1}, "other": {"in": {"b": false}}}',
}
CASES = {
    "time": [
        '"2026-01-01T00:00:00+02:00"', '"2026-01-01T00:00:00-00:00"', '"2026-01-01T00:00:00+24:00"', '"2026-01-01T00:00:00.1234567Z"',
        '"2026-01-01t00:00:00z"', '"2016-12-31T23:59:60Z"', '"0001-01-01T00:00:00+23:59"', '"9999-12-31T23:59:59-23:59"',
        '"0000-01-01T00:00:00Z"', '"2026-02-29T00:00:00Z"', '"2026-01-01T24:00:00Z"', '"2026-01-01T00:00Z"', '"2026-01-01 00:00:00Z"',
        r'"2026-01-02T03:04:05\u002b02:00"', '"9999-12-31T23:59:59.999999Z"', '"0001-01-01T00:00:00Z"', "null",
    ],
    "day": ['"2026-02-28"', '"2026-02-29"', '"0000-01-01"', '"9999-12-31"'],
    "id": ['"5E4FE0A2-9d5b-4a6a-9e8c-1f2b8a3c4d5e"', '"urn:uuid:5e4fe0a2-9d5b-4a6a-9e8c-1f2b8a3c4d5e"', '"x"', '""'],
    "flag": ["true", "false", "null", "1"],
    "whole": ["0", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "3.0", "1e3", "3.5", "true", "1e30"],
    "number": ["1", "1.5", "-0.0", "1e400", "9007199254740993", "0.1234567890123456789", "true", "9223372036854775808"],
    "price": ["1", "1.10", "0.001", "123456789012345678901234567890123456.78", "1234567890123456789012345678901234567.8"],
    "any": ["null", "1.50", '{"a": [1e2, 9007199254740993.0]}', '"x"', "[]", "{}", '{"a": 1, "a": 2}'],
    "object": ["{}", '{"a": {"b": [1.10]}, "n": null}', "[]"],
    "text": ["null", '"\\ud83d\\ude00"', '"\\u0000"', '"\\ud800"', "1"],
    "kind": ['"a"', '"c"', "null"],
    "part": ["{}", '{"in": {}}', '{"n": 9223372036854775808}', '{"more": 1}', '{"in": {"more": {}}}', "null", '{"t": "2026-01-01T00:00:00+01:00"}'],
    "open": ["null", "{}", '{"n": 1}', '{"n": 1, "more": 2}', '{"n": 1.0}', '{"n": null}'],
    "parts": ["[]", "[{}]", "[null]", '[{"n": 1e3}]', '[{"t": "2026-01-01T00:00:00.1234567Z"}]', '[{"in": {"x": "y", "more": 1}}]'],
    "rows": ["[]", "[{}]", '[{"in": {"b": true}}, {"n": 1}]', "[null]", '[{"n": 1e3}]', '[{"n": 9223372036854775808}]', '[{"in": {"b": true, "more": 1}}]'],
    "slots": ["{}", '{"a": {}}', '{"a": {"in": {"x": "y", "b": false}}, "b": {"n": 1}}', '{"a": null}', '{"a": {"more": 1}}'],
    "stamps": ["[]", "[[], [{}]]", '[[{"a": 1.10}]]'],
    "times": ["[]", '["a", "b"]', '["a", null]'],
    "opens": ["[]", '[null, {"n": 1}]', '[{"n": 1}, {"more": 1}]'],
    "ids": ["{}", '{"a": "b", "a": "c"}', '{"": ""}', '{"a": null}'],
    "map": ["{}", '{"a": {}}', '{"a": {"more": 1}}', '{"a": {"t": "2016-12-31T23:59:60Z"}}'],
    "lists": ["[]", "[[], [1, 2]]", "[[1.0]]", "[[null]]"],
    "empty": ["{}", '{"a": 1}'],
    "always": ['{"n": 2, "t": "2026-01-01T00:00:00Z", "in": {"x": "y"}}', "{}", '{"n": 1, "in": {}}'],
    "more": ["1", "null", '{"a": 1}'],
    "$schema": [f'"{URI}"', '"/a/b/2.0.0"', "1"],
}  # fmt: skip


def event(members: dict[str, str]) -> bytes:
    return object_text({"$schema": json.dumps(URI), **members}).encode()


@pytest.fixture(scope="module")
def at() -> Bench:
    return Bench(SCHEMA, event(PLAIN))


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", CASES)
def test_values_that_look_otherwise(name: str, at: Bench) -> None:
    """Each alone, and each among others."""
    for value in CASES[name]:
        texts = [event({**PLAIN, name: value})]
        check(at, texts)
        check(at, [event(PLAIN)] * 20 + texts + [event({"always": '{"n": 1}'}), event(PLAIN)] * 10)


def test_what_goes_by_columns(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """All would be equal, too, if nothing did."""
    monkeypatch.setattr(Chunk, "_add_carefully", None)
    plain = {
        **PLAIN,
        "any": '{"a": 1.5}',
        "object": '{"a": 1}',
        "number": "1.5",
        "price": "1.10",
        "day": '"2026-01-01"',
        "kind": '"a"',
    }
    texts = [
        event(plain),
        event(
            {
                **plain,
                "time": '"2026-01-01T00:00:00.1234567+02:00"',
                "id": '"5E4FE0A2-9d5b-4a6a-9e8c-1f2b8a3c4d5e"',
            }
        ),
    ]
    made = at.making.make("e.jsonl", EventTexts(texts * 20, range(1, 41)))
    assert made.counts.summary.valid == 40


def test_one_that_does_not_fit_leaves_the_others_together(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    indexes = list[int]()
    add = Chunk._add_carefully
    monkeypatch.setattr(
        Chunk, "_add_carefully", lambda chunk, index, *more: indexes.append(index) or add(chunk, index, *more)
    )
    texts = [event(PLAIN)] * 200 + [event({**PLAIN, "whole": "9223372036854775808"})] + [event(PLAIN)] * 200
    made = at.making.make("e.jsonl", EventTexts(texts, range(1, 402)))
    assert [(refusal.line, refusal.verdict.errors[0].obstacle) for refusal in made.refusals] == [
        (201, Obstacle.DOES_NOT_FIT)
    ]
    assert made.counts.summary.valid == 400
    assert 200 in indexes
    assert len(indexes) <= 8


@pytest.mark.parametrize("how", [{"key": "meta.id"}, {"key": "whole"}, {"key": "time"}, {"key": "any.a"}, {"key": "number"}, {"key": "part"},
                                 {"key": "times[0]"}, {"key": "$schema"}, {"key": "none.such"}, {"skip_canary": True}, {"rest": True},
                                 {"key": "meta.id", "skip_canary": True, "rest": True}, {"by_stream": True}], ids=str)  # fmt: skip
def test_settings(how: dict[str, Any]) -> None:
    """Keys, canaries and streams are those of rows that are made one by one."""
    texts = [event({**PLAIN, "whole": str(number), **more}) for number, more in enumerate([
        {}, {"meta": "{}"}, {"meta": '{"domain": "canary"}'}, {"meta": '{"id": "b", "domain": "canary", "stream": "s"}'}, {"number": "1.50"},
        {"any": '{"a": 1e2}'}, {"any": '{"a": {"b": 1}}'}, {"times": '["x"]'}, {"more": "1"}, {"part": "{}"}, {"id": '"x"'}, {}, {"meta": '{"id": "c"}'},
    ])]  # fmt: skip
    outcomes = []
    for arrow in (True, False):
        at = Bench(SCHEMA, event(PLAIN), **how)
        at.making.arrow = arrow
        if how.get("rest"):
            at.making.tables = {(URI, None): with_rest(at.table)}
        if how.get("by_stream"):
            at.making.tables = {(URI, "s"): at.table, (URI, None): NoTable("no stream", "Give it one.")}
        made = at.making.make("e.jsonl", EventTexts(texts, range(1, len(texts) + 1)))
        counts = {
            name: (count.canaries, count.without_key, count.left)
            for name, count in made.counts.tables.items()
            if count != TableCount()
        }
        rows = [
            [batch.to_pylist() for batch in part.arrow] if arrow else [arrow_rows(maker.table, part.rows).to_pylist()]
            for part, maker in zip(made.parts.values(), at.making._makers.values(), strict=True)
        ]
        keys = [part.keys for part in made.parts.values()]
        outcomes.append((rows, keys, counts, made.counts.summary.valid, [refusal.line for refusal in made.refusals]))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][3] > 5
