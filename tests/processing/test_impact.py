"""`jst streams impact`: whom a change of a schema touches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.processing.impact import column_changes
from jsonschema_tools.tables.conversion import type_of
from tests.conftest import Scratch

QUERY = """\
-- orders by the hour
SELECT window_start, o.customer.country, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE shop_order, DESCRIPTOR(event_time), INTERVAL '1' HOUR)) AS o
GROUP BY window_start, window_end, o.customer.country
"""
OLD: dict[str, Any] = {
    "dt": {"type": "string", "format": "date-time"},
    "total": {"type": "integer"},
    "note": {"type": "string"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "customer": {"type": "object", "properties": {"country": {"type": "string"}, "age": {"type": "integer"}}},
}
COUNTRY = {"customer": {"type": "object", "properties": {"age": {"type": "integer"}}}}


def repository(
    scratch: Scratch, new: dict[str, Any], query: str | None = QUERY, file: str = "jobs/orders.sql"
) -> Scratch:
    for version, properties in (("1.0.0", OLD), ("2.0.0", {**OLD, **new})):
        schema = {
            "title": "shop/order",
            "description": "An order.",
            "$id": f"/shop/order/{version}",
            "$schema": "https://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": {name: value for name, value in properties.items() if value is not None},
        }
        scratch.write("jsonschema/shop/order/current.yaml", yaml.safe_dump(schema, sort_keys=False))
        if version == "1.0.0":
            assert scratch.jst("materialize-all").exit_code == 0
            scratch.commit()
    sources = {"streams": ["shop.order"], "query": file}
    streams = {
        "shop.order": {"schema_title": "shop/order"},
        "shop.orders_by_hour": {"schema_title": "shop/count", "derived_from": sources},
        "shop.other": {"schema_title": "shop/other", "derived_from": {"streams": ["shop.orders_by_hour"]}},
    }
    scratch.write("streams.yaml", yaml.safe_dump({"streams": streams}))
    scratch.write(".jsonschema-tools.yaml", "streams: streams.yaml\n")
    if query is not None:
        scratch.write("jobs/orders.sql", query)
    return scratch


@pytest.mark.parametrize(
    ("new", "lines", "breaks"),
    [
        ({"more": {"type": "string"}}, ["ok      more is new"], False),
        ({"note": None}, ["breaks  note is gone", "names nothing that breaks"], False),
        (COUNTRY, ["customer.country is gone", "jobs/orders.sql:2:22: ", "jobs/orders.sql:4:36: "], True),
        ({"customer": None}, ["jobs/orders.sql:2:22: customer is gone"], True),
        ({"dt": {"type": "string"}}, ["jobs/orders.sql:3:48: dt was timestamp, and is string"], True),
        ({"total": {"type": "number"}}, ["breaks  total was int64, and is double"], False),
        ({"tags": {"type": "object", "additionalProperties": {"type": "string"}}}, ["no table takes both"], False),
    ],
)
def test_changes(scratch: Scratch, new: dict[str, Any], lines: list[str], breaks: bool) -> None:
    result = repository(scratch, new).jst("streams", "impact", "shop/order")
    assert result.exit_code == int(breaks), result.output
    for line in ["shop/order 1.0.0 -> 2.0.0", "stream shop.order, table shop_order", *lines]:
        assert line in result.stdout
    assert "job of shop.orders_by_hour, jobs/orders.sql" in result.stdout
    assert "shop.other" not in result.stdout


def test_as_json(scratch: Scratch) -> None:
    result = repository(scratch, COUNTRY).jst("streams", "impact", "shop/order", "--format", "json")
    found = json.loads(result.stdout)
    (job,) = found["jobs"]
    change = {"field": "customer.country", "message": "is gone: null in new events", "breaks": True}
    assert job == {
        "stream": "shop.orders_by_hour",
        "query": "jobs/orders.sql",
        "unknown": None,
        "uses": [{"line": 2, "column": 22, **change}, {"line": 4, "column": 36, **change}],
    }
    assert (found["from"], found["to"], found["breaks"], found["changes"]) == ("1.0.0", "2.0.0", True, [change])


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (None, "its query cannot be read: No such file"),
        (
            "SELECT * FROM shop_order MATCH_RECOGNIZE (PARTITION BY a ORDER BY b PATTERN (A) DEFINE A AS a)",
            "only Flink",
        ),
    ],
)
def test_what_cannot_be_told(scratch: Scratch, query: str | None, says: str) -> None:
    result = repository(scratch, COUNTRY, query).jst("streams", "impact", "shop/order")
    assert (result.exit_code, says in result.stdout) == (1, True)
    # Where nothing breaks, nobody has to know.
    result = repository(scratch, {"more": {"type": "string"}}, query).jst("streams", "impact", "shop/order")
    assert result.exit_code == 0


def test_all_columns_at_once(scratch: Scratch) -> None:
    result = repository(scratch, {"note": None}, "SELECT *\nFROM shop_order").jst("streams", "impact", "shop/order")
    assert (result.exit_code, "jobs/orders.sql:2:6: note is gone" in result.stdout) == (1, True)


def test_a_query_outside_of_the_repository_is_not_shown(scratch: Scratch, tmp_path: Path) -> None:
    (scratch.root / "link.sql").symlink_to(tmp_path / "secret")
    (tmp_path / "secret").write_text("SELECT a FROM b")
    result = repository(scratch, COUNTRY, None, "link.sql").jst("streams", "impact", "shop/order")
    assert "its query cannot be read" in result.stdout


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("shop/orders", "Did you mean"),
        ("shop/order@1.0.0", "has no version before 1.0.0"),
        ("shop/order@7.0.0", "Its versions: 1.0.0, 2.0.0"),
    ],
)
def test_names(scratch: Scratch, name: str, says: str) -> None:
    result = repository(scratch, {}).jst("streams", "impact", name)
    assert (result.exit_code, says in result.stderr) == (2, True), result.output


def test_nothing_changes_from_a_schema_to_itself() -> None:
    columns = type_of({"type": "object", "properties": OLD}).columns
    assert columns is not None
    assert column_changes(columns, columns) == []
