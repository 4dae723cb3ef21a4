"""Refused events are kept."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema_tools.server.in_process import local_gate
from tests.conftest import Scratch
from tests.intake.conftest import order, post, write_schema


def test_as_lines_that_jst_validate_writes_and_takes_again(scratch: Scratch, schemas: Path, tmp_path: Path) -> None:
    errors = tmp_path / "refused.jsonl"
    number = b'{"$schema": "/shop/order/1.0.0", "id": "a",\n "count": 0, "n": 9007199254740993.10}'
    with local_gate(schemas, errors=str(errors)) as gate:
        assert post(gate, [order(), order(count=0), order(id=1)]).status == 207
        assert post(gate, number).status == 400
    lines = [json.loads(line) for line in errors.read_text().splitlines()]
    assert [(line["source"], line["line"], line["stream"]) for line in lines] == [
        ("/v1/events", 2, "shop.order"),
        ("/v1/events", 3, "shop.order"),
        ("/v1/events", 1, "shop_order_1.0.0"),
    ]
    assert lines[0]["event"] == order(count=0)
    assert b"9007199254740993.10" in errors.read_bytes()
    assert lines[0]["errors"][0]["pointer"] == "/count"
    again = tmp_path / "again.jsonl"
    again.write_text("".join(json.dumps(line["event"]) + "\n" for line in lines))
    result = scratch.jst("validate", "-u", str(schemas), "--errors", str(tmp_path / "second.jsonl"), str(again))
    assert result.exit_code == 1
    second = [json.loads(line) for line in (tmp_path / "second.jsonl").read_text().splitlines()]
    assert [line["errors"] for line in second] == [line["errors"] for line in lines]


def test_as_events_of_a_stream(schemas: Path) -> None:
    properties = {
        "meta": {"type": "object", "properties": {"stream": {"type": "string"}}, "required": ["stream", "dt", "id"]},
        "raw_event": {"type": "string"},
        "message": {"type": "string"},
    }
    write_schema(schemas, "error", "2.1.0", {"type": "object", "properties": properties, "required": ["raw_event"]})
    with local_gate(schemas, error_stream="shop.errors") as gate:
        assert post(gate, [order(), order(count=0)]).status == 207
    _, event = gate.accepted
    assert event["meta"]["stream"] == "shop.errors"
    assert json.loads(event["raw_event"]) == order(count=0)
    assert event["message"] == "/count: 0 is less than the minimum of 1"
    assert event["errored_stream_name"] == "shop.order"
    assert event["errored_schema_uri"] == "/shop/order/1.0.0"
    assert gate.gate.counts.refused_not_kept == 0


def test_an_error_event_that_is_itself_refused_is_counted(schemas: Path) -> None:
    with local_gate(schemas, error_stream="shop.errors", error_schema="/nowhere/1.0.0") as gate:
        assert post(gate, order(count=0)).status == 400
    assert gate.accepted == []
    assert gate.gate.counts.refused_not_kept == 1
