"""Gates for tests: real servers in this process."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.server.in_process import LocalGate, local_gate

JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Reply:
    """An answer to a request."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(url: str, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
    """Send one request, as it is."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        sent = dict(headers or {})
        if body is not None and not any(name.lower() in ("content-length", "transfer-encoding") for name in sent):
            sent["content-length"] = str(len(body))
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders()
        if body is not None:
            chunked = sent.get("transfer-encoding") == "chunked"
            connection.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, response.read())
    finally:
        connection.close()


def post(gate: LocalGate, body: Any, path: str = "/v1/events", **headers: str) -> Reply:
    """Send events: text as it is, anything else as JSON."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(gate.url, "POST", path, text, JSON | given)


def write_schema(folder: Path, title: str, version: str, schema: dict[str, Any]) -> None:
    """A released version of a schema, with the link that its URI leads to."""
    place = folder / title
    place.mkdir(parents=True, exist_ok=True)
    whole = {
        "title": title,
        "$id": f"/{title}/{version}",
        "$schema": "http://json-schema.org/draft-07/schema#",
    } | schema
    (place / f"{version}.yaml").write_text(yaml.safe_dump(whole, sort_keys=False))
    (place / version).symlink_to(f"{version}.yaml")


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A small repository: orders with an id of text, and a count of one or more."""
    folder = tmp_path / "schemas"
    properties = {
        "$schema": {"type": "string"},
        "meta": {"type": "object", "properties": {"stream": {"type": "string"}}},
        "id": {"type": "string", "maxLength": 40},
        "count": {"type": "integer", "minimum": 1},
    }
    for version in ("1.0.0", "1.1.0"):
        write_schema(folder, "shop/order", version, {"type": "object", "properties": properties, "required": ["id"]})
    return folder


@pytest.fixture
def gates(schemas: Path) -> Iterator[Callable[..., LocalGate]]:
    """Starts gates of that repository."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(local_gate(schemas, **settings))


def order(**fields: Any) -> dict[str, Any]:
    """A good event."""
    return {"$schema": "/shop/order/1.0.0", "meta": {"stream": "shop.order"}, "id": "4711"} | fields
