"""Rows of events: the quick way gives those of the careful way, and what it does not take it leaves to that."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.events.reading import exact_fraction, read_event
from jsonschema_tools.tables.quick_rows import quick_rows
from jsonschema_tools.tables.rows import REST, RowMaker, left_out
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.types import Array, Decimal, Field, Map, Scalar, Struct, Type


def object_text(members: dict[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}: {value}" for name, value in members.items()) + "}"


NAMES = st.sampled_from(["a", "b", "user", "$schema", "é", "a b", "type", "self"])
SCALARS = st.sampled_from([*Scalar, Decimal(2), Decimal(0)])


def structs(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Struct]:
    return st.dictionaries(NAMES, inner, min_size=1, max_size=4).map(
        lambda fields: Struct(
            tuple(Field(name, type_, pointer=f"/properties/{name}") for name, type_ in fields.items())
        )
    )


TYPES: st.SearchStrategy[Type] = st.recursive(
    SCALARS, lambda inner: inner.map(Array) | inner.map(Map) | structs(inner), max_leaves=8
)
TIMES = st.builds(
    "{}{}{}{}".format,
    st.datetimes().map(lambda time: time.replace(microsecond=0).isoformat().rjust(19, "0")),
    st.sampled_from(["", ".1", ".123", ".123456", ".1234567", ".9999999999"]),
    st.just(""),
    st.sampled_from(["Z", "z", "+00:00", "-00:00", "+02:00", "-23:59"]),
) | st.sampled_from(
    ["2016-12-31T23:59:60Z", "0001-01-01T00:00:00+23:59", "0000-01-01T00:00:00Z", "2020-02-30T00:00:00Z"]
)
UUIDS = st.uuids().map(str)
NUMBERS = (
    st.integers(-(10**20), 10**20).map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.decimals(-(10**20), 10**20, places=2).map(str)
    | st.sampled_from(["3.0", "1e3", "1E+2", "-0", "-0.0", "9007199254740993", "9007199254740993.0", "1e400", "0.1234567890123456789", "9223372036854775808", "1e-400"])
)  # fmt: skip
ANYTHING = st.recursive(
    NUMBERS | st.sampled_from(["true", "null", '"x"', '"\\ud83d\\ude00"', '"\\u0000"']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{' , '.join(items)}]")
        | st.dictionaries(NAMES, inner, max_size=3).map(object_text)
    ),
    max_leaves=5,
)


def values(type_: Type) -> st.SearchStrategy[str]:
    """JSON texts of values of a type, seldom of others."""
    return st.one_of(*[_values(type_)] * 12, st.just("null"), ANYTHING)


def _values(type_: Type) -> st.SearchStrategy[str]:
    match type_:
        case Array(element):
            return st.lists(values(element), max_size=3).map(lambda items: f"[{','.join(items)}]")
        case Map(inner):
            return st.dictionaries(NAMES, values(inner), max_size=3).map(object_text)
        case Struct():
            return objects(type_)
    scalars: dict[Any, st.SearchStrategy[str]] = {
        Scalar.BOOLEAN: st.sampled_from(["true", "false"]),
        Scalar.INT64: NUMBERS,
        Scalar.DOUBLE: NUMBERS,
        Scalar.TIMESTAMP: TIMES.map(json.dumps),
        Scalar.DATE: st.dates().map(lambda day: json.dumps(day.isoformat())),
        Scalar.UUID: (UUIDS | UUIDS.map(str.upper) | UUIDS.map("urn:uuid:{}".format)).map(json.dumps),
        Scalar.JSON: ANYTHING,
        Scalar.STRING: st.text(st.characters(exclude_categories=["Cs"]), max_size=5).map(json.dumps),
    }
    return scalars.get(type_, NUMBERS)


@st.composite
def objects(draw: st.DrawFn, type_: Struct) -> str:
    members = {}
    for each in type_.fields:
        if draw(st.integers(0, 4)):
            members[each.name] = draw(values(each.type))
    if draw(st.integers(0, 9)) == 0:
        members["unknown"] = draw(ANYTHING)
    return object_text(members)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Struct, bytes]:
    columns = draw(structs(TYPES))
    if draw(st.booleans()):
        columns = Struct((*columns.fields[:1], REST, *columns.fields[1:]))
    known = Struct(tuple(each for each in columns.fields if each is not REST))
    return columns, draw(objects(known)).encode()


@given(cases())
def test_the_quick_way_is_the_careful_way(case: tuple[Struct, bytes]) -> None:
    columns, text = case
    quick = quick_rows(columns, exact_fraction)
    assert quick is not None
    found = quick.read(text)
    if found is None:
        return
    row, left = RowMaker(columns).row(read_event(text))
    assert (same(found[0]), left) == (same(row), ())
    assert same(list(found[1].values())) == same(
        [value for value, each in zip(row, columns.fields, strict=True) if each is not REST]
    )


def same(value: Any) -> Any:
    """A value with all that equality does not see: types, the sign of zero, the offset of a time."""
    if isinstance(value, dict):
        return {key: same(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [same(item) for item in value]
    offset = value.utcoffset() if hasattr(value, "utcoffset") else None
    return type(value).__name__, str(value), str(offset)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (Scalar.JSON, "9007199254740993.0"),
        (Scalar.JSON, '{"a": [0.1000000000000000055511151231257827021181583404541015625]}'),
        (Decimal(2), "123456789012345678901234567890123456.78"),
        (Scalar.TIMESTAMP, r'"2026-01-02T03:04:05.123456\u0037Z"'),
        (Scalar.TIMESTAMP, r'"2026-01-02T03:04:05\u002b02:00"'),
        (Scalar.TIMESTAMP, r'"2026-01-02T03:04:05\u002D02:00"'),
        (Scalar.TIMESTAMP, r'"2026-01-02\u0054\u00303:04\u003a05\u002e1234567\u007a"'),
    ],
    ids=str,
)
def test_what_looks_otherwise(type_: Type, text: str) -> None:
    """Values that a reader might take for others: numbers beyond doubles, times with escapes."""
    columns = Struct((Field("a", type_, pointer="/properties/a"),))
    quick = quick_rows(columns, exact_fraction)
    assert quick is not None
    found = quick.read(b'{"a": %s}' % text.encode())
    assert found is None or same(found[0]) == same(RowMaker(columns).row(read_event(b'{"a": %s}' % text.encode()))[0])


@given(cases())
def test_a_row_has_every_value_or_says_why_not(case: tuple[Struct, bytes]) -> None:
    columns, text = case
    event = read_event(text)
    try:
        row, left = RowMaker(columns).row(event)
    except Misfit as misfit:
        assert misfit.pointer
        assert misfit.remedy
        return
    assert len(row) == len(columns.fields)
    known = Struct(tuple(each for each in columns.fields if each is not REST))
    assert left == tuple(left_out(known, event))
    for value, each in zip(row, columns.fields, strict=True):
        assert each is REST or (value is None) == (event.get(each.name) is None)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (Scalar.TIMESTAMP, '"2026-01-01T00:00:00.123Z"'),
        (Scalar.INT64, "9223372036854775807"),
        (Decimal(2), "1.10"),
        (Scalar.JSON, '{"a": [1.50, 1e2]}'),
        (Scalar.UUID, '"urn:uuid:5E4FE0A2-9d5b-4a6a-9e8c-1f2b8a3c4d5e"'),
        (Array(Map(Scalar.DOUBLE)), '[{"a": 1, "b": null}, null]'),
    ],
    ids=str,
)
def test_what_the_quick_way_takes(type_: Type, text: str) -> None:
    """It would be equal, too, if it took nothing."""
    columns = Struct((Field("a", type_, pointer="/properties/a"),))
    quick = quick_rows(columns, exact_fraction)
    assert quick is not None
    found = quick.read(b'{"a": %s}' % text.encode())
    assert found is not None
    assert same(found[0]) == same(RowMaker(columns).row(read_event(b'{"a": %s}' % text.encode()))[0])
    if type_ is Scalar.TIMESTAMP:
        assert found[0][0].tzinfo is UTC
