"""Portable events: values that every store reads alike, and what is said of the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools import EventSettings, SchemaStore
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.events.requests import RequestValidator
from jsonschema_tools.tables.conversion import type_of
from jsonschema_tools.tables.portable import unportable
from jsonschema_tools.tables.types import Array, Decimal, Field, Map, Scalar, Struct, Type
from tests.conftest import Scratch

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/tables/portable.yaml").read_text("utf-8"))
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def values() -> Iterator[tuple[dict[str, Any], str, dict[str, str]]]:
    """The schema of `a`, the JSON text of a value, and what is said of it."""
    for case in CASES:
        yield from ((case["a"], text, {}) for text in case["portable"])
        yield from ((case["a"], text, said) for text, said in case.get("others", {}).items())


@pytest.mark.parametrize(("schema", "text", "said"), list(values()))
def test_a_value(schema: dict[str, Any], text: str, said: dict[str, str]) -> None:
    columns = type_of({"$schema": DRAFT, "type": "object", "properties": {"a": schema}}).columns
    assert columns is not None
    event = read_event(b'{"a": %s, "other": 1}' % text.encode())
    found = list(unportable(columns, event))
    assert {each.pointer: each.message for each in found} == said
    assert all(each.remedy for each in found)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [("3.0", "Write 3."), ("1e3", "Write 1000."), ("9007199254740993.0", "Write 9007199254740993."), ("1e80", "Write it in digits.")],
)  # fmt: skip
def test_an_integer_is_told_how_it_is_written(text: str, remedy: str) -> None:
    (found,) = unportable(Scalar.INT64, read_event(text.encode()))
    assert found.remedy == remedy


TIMES = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(
    lambda at: at.replace(tzinfo=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").zfill(24)
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
GOOD: dict[Scalar, st.SearchStrategy[Any]] = {
    Scalar.BOOLEAN: st.booleans(),
    Scalar.STRING: TEXTS,
    Scalar.INT64: NUMBERS,
    Scalar.DOUBLE: st.floats(allow_nan=False, allow_infinity=False) | NUMBERS,
    Scalar.TIMESTAMP: TIMES,
    Scalar.DATE: st.dates().map(lambda day: day.isoformat()),
    Scalar.UUID: st.uuids().map(str),
}


@st.composite
def typed_values(draw: st.DrawFn, depth: int = 2) -> tuple[Type, Any]:
    """A type, and a portable value of it."""
    kind = draw(st.sampled_from(["scalar"] * 3 + ["array", "map", "struct", "decimal"] * (depth > 0)))
    if kind == "scalar":
        scalar = draw(st.sampled_from(sorted(GOOD, key=str)))
        return scalar, draw(GOOD[scalar])
    if kind == "decimal":
        return Decimal(0), draw(st.integers(-(10**38) + 1, 10**38 - 1))
    type_, value = draw(typed_values(depth - 1))
    if kind == "array":
        return Array(type_), [value] * draw(st.integers(0, 2))
    name = draw(TEXTS)
    return (Map(type_), {name: value}) if kind == "map" else (Struct((Field(name, type_),)), {name: value})


@given(typed_values())
def test_a_portable_value_stays_so_through_its_text(typed: tuple[Type, Any]) -> None:
    type_, value = typed
    assert list(unportable(type_, read_event(json.dumps(value).encode()))) == []


SCHEMA = """title: a
$id: /a/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  $schema: {type: string}
  n: {type: integer}
  dt: {type: string, format: date-time, maxLength: 40}
  m: {$ref: '#/definitions/m'}
definitions:
  m: {type: object, additionalProperties: {type: integer}}
"""


def test_the_command(scratch: Scratch) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    scratch.write("jsonschema/a/1.0.0.yaml", SCHEMA)
    good = '{"$schema": "/a/1.0.0", "n": 3, "dt": "2026-01-31T12:30:00.123Z", "m": {"x": 1}}\n'
    bad = '{"$schema": "/a/1.0.0", "n": 3.0, "dt": "2026-01-31T12:30:00+01:00", "m": {"x": 1e0}}\n'
    # Enough of them that a shape would be made, which knows nothing of how values are written.
    scratch.write("events.jsonl", good * 150 + bad + good * 150)
    assert scratch.jst("validate", "events.jsonl", "--jobs", "1").exit_code == 0
    result = scratch.jst("validate", "--portable", "events.jsonl", "--jobs", "1", "--errors", "refused.jsonl")
    assert result.exit_code == 1
    (line,) = scratch.read("refused.jsonl").splitlines()
    errors = json.loads(line)["errors"]
    assert [(each["pointer"], each["kind"], each["keyword"]) for each in errors] == [
        ("/n", "not-portable", None),
        ("/dt", "not-portable", None),
        ("/m/x", "not-portable", None),
    ]
    assert "Write 3." in result.stdout
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nevents: {portable: true}\n")
    assert scratch.jst("validate", "events.jsonl").exit_code == 1
    requests = RequestValidator(SchemaStore([str(scratch.root / "jsonschema")]), EventSettings(portable=True))
    for chosen in (requests, requests.by_schema("/a/1.0.0")):
        (refused,) = chosen.refusals([good.encode()] * 150 + [bad.encode()]).items()
        assert (refused[0], len(refused[1].errors)) == (150, 3)


def test_an_invalid_event_is_told_as_such_first(scratch: Scratch) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    scratch.write("jsonschema/a/1.0.0.yaml", SCHEMA)
    scratch.write("events.jsonl", '{"$schema": "/a/1.0.0", "n": 3.5, "m": {"x": 1.0}}\n')
    assert scratch.jst("validate", "--portable", "events.jsonl", "--errors", "refused.jsonl").exit_code == 1
    assert [each["keyword"] for each in json.loads(scratch.read("refused.jsonl"))["errors"]] == ["type"]


def test_references_to_other_documents_are_followed(scratch: Scratch) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    scratch.write("jsonschema/a/1.0.0.yaml", SCHEMA.replace("'#/definitions/m'", "/b/1.0.0"))
    scratch.write(
        "jsonschema/b/1.0.0.yaml", "title: b\n$id: /b/1.0.0\ntype: object\nproperties: {x: {type: integer}}\n"
    )
    scratch.write("events.jsonl", '{"$schema": "/a/1.0.0", "m": {"x": 1.0}}\n')
    result = scratch.jst("validate", "--portable", "events.jsonl")
    assert (result.exit_code, "/m/x" in result.stdout) == (1, True)
