"""Values that are valid, but that stores do not hold alike: every target of ours gives the same back."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.portable import unportable
from jsonschema_tools.tables.rows import RowMaker
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.targets.jsonl import write
from jsonschema_tools.targets.model import TableRows
from jsonschema_tools.targets.opening import target_of
from tests.load.reading import KINDS, PLACES, stored, word
from tests.needs import ROOT

CASES: list[dict[str, Any]] = parse((ROOT / "tests/cases/tables/values.yaml").read_bytes(), source="values.yaml")
STORED = [case for case in CASES if "fault" not in case]
REFUSED = [case for case in CASES if "fault" in case]


def table_of(number: int, schema: Any) -> Table:
    """A table with one column, of draft-07; UUIDs are a type of a later draft."""
    draft = "https://json-schema.org/draft/2019-09/schema" if "uuid" in str(schema) else None
    whole = {"$schema": draft or "http://json-schema.org/draft-07/schema#", "properties": {"value": schema}}
    [table], _ = tables_of(f"case/{number}", [("1.0.0", {**whole, "type": "object"})])
    return table


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["value"])
def test_what_does_not_fit(case: dict[str, Any]) -> None:
    maker = RowMaker(table_of(0, case["schema"]).columns)
    with pytest.raises(Misfit, match=case["fault"]) as misfit:
        maker.row(read_event(f'{{"value": {case["value"]}}}'.encode()))
    assert misfit.value.pointer == case.get("pointer", "/value")
    assert misfit.value.remedy


@pytest.mark.parametrize("kind", KINDS)
def test_every_value(kind: str, tmp_path: Path) -> None:
    place = tmp_path / PLACES[kind]
    target = target_of(word(kind, place))
    target.open()
    batch = []
    for number, case in enumerate(STORED):
        table = target.prepare(table_of(number, case["schema"]))
        row, left = RowMaker(table.columns).row(read_event(f'{{"value": {case["value"]}}}'.encode()))
        assert not left
        batch.append(TableRows(table, [row]))
    assert target.commit(batch, {}) == {each.table.name: 1 for each in batch}
    target.close()
    found = {table.name: rows for table, rows in stored(kind, place)}
    for number, case in enumerate(STORED):
        [row] = found[f"case_{number}"]
        wanted = case["time"] if "time" in case else json.loads(case["stored"], parse_float=Decimal)
        if kind == "jsonl" and "time" in case:
            # Portable: three digits of a second.
            wanted = datetime.fromisoformat(wanted).isoformat(timespec="milliseconds")
            row["value"] = datetime.fromisoformat(row["value"]).replace(tzinfo=None).isoformat(timespec="milliseconds")
        assert same(row["value"], wanted) == same(wanted, wanted), (case, row)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_and_no_items_are_not_the_same(kind: str, tmp_path: Path) -> None:
    """At any depth, under names that not every format takes as they are."""
    inner = {"type": "object", "properties": {"a-b": {"type": "integer"}, "$c": {"type": "string"}}}
    items = {"type": "array", "items": inner}
    properties = {
        "n": {"type": "integer"},
        "$l": items,
        "m": {"type": "object", "additionalProperties": inner},
        "o": {"type": "object", "properties": {"l": items, "x y": inner}},
    }
    full = {"a-b": 1, "$c": "x"}
    events: list[dict[str, Any]] = [
        {"n": 1},
        {"n": 2, "$l": [], "m": {}, "o": {"l": []}},
        {"n": 3, "$l": [full, {"a-b": 2}], "m": {"k": full}, "o": {"l": [full], "x y": {"a-b": 2}}},
    ]
    place = tmp_path / PLACES[kind]
    target = target_of(word(kind, place))
    target.open()
    table = target.prepare(tables_of("a/b", [("1.0.0", {"type": "object", "properties": properties})])[0][0])
    maker = RowMaker(table.columns)
    target.commit([TableRows(table, [maker.row(event)[0] for event in events])], {})
    target.close()
    [(_, rows)] = stored(kind, place)
    assert sorted(rows, key=lambda row: row["n"]) == events


NOT_PORTABLE = re.compile(r"U\+0000|too large for a double")
"""What JSON lines keep though engines do not read it alike: to leave it out would be another value."""


@pytest.mark.parametrize("case", STORED, ids=lambda case: case["value"])
def test_json_lines_are_portable(case: dict[str, Any], tmp_path: Path) -> None:
    table = table_of(0, case["schema"])
    row, _ = RowMaker(table.columns).row(read_event(f'{{"value": {case["value"]}}}'.encode()))
    write(TableRows(table, [row]), None, tmp_path / "rows.jsonl")
    found = unportable(table.columns, read_event((tmp_path / "rows.jsonl").read_bytes()))
    assert [each for each in found if not NOT_PORTABLE.search(each.message)] == []


def same(value: Any, wanted: Any) -> Any:
    """A value that was read, comparable with what a case wants: numbers as decimals of their shortest text."""
    match value:
        case dict():
            inner = wanted if isinstance(wanted, dict) else {}
            return {key: same(item, inner.get(key)) for key, item in value.items() if item is not None}
        case list():
            inner = wanted if isinstance(wanted, list) and len(wanted) == len(value) else value
            return [same(*pair) for pair in zip(value, inner, strict=True)]
        case bool() | None:
            return value
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        case float() | int():
            return Decimal(repr(value))
        case UUID():
            return str(value)
        case str() if "T" in value and value.endswith("Z"):
            return datetime.fromisoformat(value).replace(tzinfo=None).isoformat(timespec="microseconds")
    return value.isoformat() if hasattr(value, "isoformat") else value
