"""What the gate answers: the cases of tests/cases/intake/http.yaml, of which docs/http.md is made."""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.server.in_process import LocalGate, local_gate
from jsonschema_tools.settings import Limits
from tests.intake.conftest import Reply, ask, write_schema

ROOT = Path(__file__).parents[2]
TABLE = yaml.safe_load((ROOT / "tests/cases/intake/http.yaml").read_text("utf-8"))
ROWS = [row for part in TABLE["cases"] for row in part["rows"]]


class BrokenSink:
    async def open(self) -> None:
        pass

    async def write(self, records: Sequence[AcceptedEvent]) -> list[str | None]:
        return ["the disk is full"] * len(records)

    async def close(self) -> None:
        pass


class Gates:
    """The gates of the table, started when they are asked for."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack, self._gates = folder, stack, dict[str, LocalGate]()
        properties = {"id": {"type": "string"}, "count": {"type": "integer"}}
        for version in ("1.0.0", "1.1.0"):
            schema = {"type": "object", "properties": properties, "required": ["id"]}
            write_schema(folder / "schemas", "shop/order", version, schema)

    def __getitem__(self, name: str) -> LocalGate:
        if name not in self._gates:
            self._gates[name] = self._stack.enter_context(self._made(name))
        return self._gates[name]

    def _made(self, name: str) -> LocalGate:
        settings = dict(TABLE["gates"].get(name, {}))
        if "limits" in settings:
            settings["limits"] = Limits(**settings["limits"])
        for key in ("streams", "tokens"):
            if key in settings:
                path = self._folder / f"{name}.{key}.yaml"
                path.write_text(yaml.safe_dump(settings[key]))
                settings[key] = str(path)
        broken = settings.pop("sink", None)
        gate = local_gate(self._folder / "schemas", **settings)
        if broken:
            gate.gate.sink, gate.gate.writes_nothing = BrokenSink(), False
            gate.gate.sinks[0] = gate.gate.sink
        return gate


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gates]:
    with ExitStack() as stack:
        yield Gates(tmp_path_factory.mktemp("gates"), stack)


def body_of(row: dict[str, Any]) -> bytes | None:
    if "body_base64" in row:
        return base64.b64decode(row["body_base64"])
    if "nest" in row:
        return b'{"$schema":"/shop/order/1.0.0","id":"1","x":%b}' % (b"[" * row["nest"] + b"]" * row["nest"])
    if "nest_list" in row:
        return b"[" * row["nest_list"] + b"]" * row["nest_list"]
    if "body" not in row:
        return None
    text: bytes = row["body"].encode()
    return gzip.compress(text) if row.get("encoding") == "gzip" else text


def sent(row: dict[str, Any], gate: LocalGate) -> Reply:
    method = row.get("method", "POST")
    headers = {"content-type": row.get("type", "application/json")} if method in ("POST", "PUT") else {}
    headers = {name: value for name, value in headers.items() if value}
    if encoding := row.get("encoding", row.get("sent_encoding")):
        headers["content-encoding"] = encoding
    if "authorization" in row:
        headers["authorization"] = row["authorization"]
    if "padding" in row:
        headers["x-padding"] = "x" * row["padding"]
    if "announced" in row:
        headers["content-length"] = str(row["announced"])
    path = row.get("path", "/v1/events") + row.get("query", "")
    for _ in range(row.get("repeat", 1) - 1):
        ask(gate.url, method, path, body_of(row), headers)
    return ask(gate.url, method, path, body_of(row), headers)


def errors(reply: Reply) -> list[dict[str, Any]]:
    return [
        {**error, "index": event["index"], "retry": event["retry"]}
        for event in reply.json["events"]
        for error in event["errors"]
    ]


@pytest.mark.parametrize("row", ROWS, ids=[row["does"][:60] for row in ROWS])
def test_the_answer_is_that_of_the_table(row: dict[str, Any], gates: Gates) -> None:
    reply = sent(row, gates[row.get("gate", "")])
    assert reply.status == row["status"], reply.body
    assert reply.headers.items() >= row.get("headers", {}).items()
    if "json" in row:
        assert reply.json == row["json"]
    if "errors" in row:
        found = errors(reply)
        assert len(found) == len(row["errors"]), found
        assert all(one.items() >= wanted.items() for one, wanted in zip(found, row["errors"], strict=True)), found
        assert all(one["message"] and one["remedy"] for one in found)
        assert "event" not in reply.json["events"][0]
    if "reason" in row:
        assert reply.headers["content-type"] == "application/problem+json"
        problem = reply.json
        assert (problem["status"], problem["reason"]) == (row["status"], row["reason"])
        assert problem["title"]
        assert problem["detail"]
        assert problem["retry"] is ("retry-after" in reply.headers)


def test_the_page_is_made_of_the_table() -> None:
    made = subprocess.run([sys.executable, "tools/http_reference.py", "-"], cwd=ROOT, capture_output=True, check=True)
    assert made.stdout == (ROOT / "docs/http.md").read_bytes()


def test_every_status_of_the_table_is_in_the_description(gates: Gates) -> None:
    paths = ask(gates[""].url, "GET", "/openapi.json").json["paths"]
    told = {int(status) for path in paths.values() for way in path.values() for status in way["responses"]}
    assert {row["status"] for row in ROWS} - told <= {204, 404, 405}
    assert {path.partition("/{")[0] for path in paths} <= {"", *(f"/{name}" for name in NAMES)}


NAMES = (
    "v1/events",
    "v1/stream-configs",
    "streams",
    "w/api.php",
    "schemas",
    "schemas/-/test",
    "healthz",
    "readyz",
    "metrics",
    "openapi.json",
)


def test_schemas_say_how_long_they_may_be_kept(gates: Gates) -> None:
    reply = ask(gates[""].url, "GET", "/schemas/shop/order/1.0.0")
    assert reply.headers["access-control-allow-origin"] == "*"
    etag = reply.headers["etag"]
    again = ask(gates[""].url, "GET", "/schemas/shop/order/1.0.0", None, {"if-none-match": etag})
    assert (again.status, again.body) == (304, b"")
    head = ask(gates[""].url, "HEAD", "/schemas/shop/order/1.0.0")
    assert (head.headers["etag"], head.headers["content-length"], head.body) == (etag, str(len(reply.body)), b"")


def test_metrics_have_labels_of_the_configuration_only(gates: Gates) -> None:
    gate = gates["streams"]
    for stream in ("shop.many.a", "shop.many.b", "x", "y"):
        event = {"$schema": "/shop/order/1.0.0", "meta": {"stream": stream}, "id": "1"}
        ask(gate.url, "POST", "/v1/events", json.dumps(event).encode(), {"content-type": "application/json"})
    text = ask(gate.url, "GET", "/metrics").body.decode()
    labels = set(re.findall(r'stream="([^"]*)"', text))
    assert {label.replace("\\\\", "\\") for label in labels} <= {
        "shop.order",
        "shop.keyed",
        r"/^shop\.many\./",
        "other",
    }
    assert re.search(r'eventgate_events_produced_total\{schema_uri="/shop/order/1.0.0",stream="/\^shop.*"\} [23]', text)
    for name in (
        "express_router_request_duration_seconds_count",
        "jst_requests_in_flight",
        "last_event_timestamp_seconds",
    ):
        assert name in text
