"""A request with thousands of wrong events keeps nobody else waiting."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from jsonschema_tools.intake.judging import Intake
from jsonschema_tools.intake.model import Outcome
from jsonschema_tools.server.in_process import LocalGate, local_gate
from jsonschema_tools.server.turns import AT_ONCE
from tests.intake.conftest import order, post

MANY = 10 * AT_ONCE + 1

Gates = Callable[..., LocalGate]


def request(event: dict[str, Any]) -> bytes:
    body = json.dumps(event).encode()
    head = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


@pytest.mark.parametrize("profile", ["default", "eventgate"])
def test_another_request_is_answered_between_wrong_events(
    gates: Gates, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    """It is sent when the first of them is judged, and has its answer before the last one is."""
    gate = gates(profile=profile)
    sizes: list[int] = []
    gate.gate.told.append(lambda accepted, outcomes: sizes.append(len(accepted) + len(outcomes)))
    renderers: list[str] = []
    render, judged = gate.gate.profile.partly, Intake.judged
    address = urlsplit(gate.url)
    # The schema is compiled, and the other connection taken, before.
    assert post(gate, order()).status == 201
    with socket.create_connection((address.hostname, address.port), timeout=20) as other:
        other.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert other.recv(1000).startswith(b"HTTP/1.1 200")
        unsent = [request(order())]

        def sending(intake: Intake, *arguments: Any) -> Any:
            if unsent:
                other.sendall(unsent.pop())
            return judged(intake, *arguments)

        def rendered(accepted: int, outcomes: Sequence[Outcome]) -> Any:
            renderers.append(threading.current_thread().name)
            return render(accepted, outcomes)

        monkeypatch.setattr(Intake, "judged", sending)
        monkeypatch.setattr(gate.gate.profile, "partly", rendered)
        reply = post(gate, [order(count=-1)] * MANY)
        assert other.recv(1000).startswith(b"HTTP/1.1 201")
    assert reply.status == 400
    assert sizes == [1, 1, MANY]
    # A long answer is not made by the thread that answers everybody.
    assert len(renderers) == 1
    assert renderers != ["gate"]


def test_what_is_judged_in_parts_keeps_its_order(gates: Gates) -> None:
    gate = gates()
    changes: list[dict[str, Any]] = [{}, {"id": 1}, {"$schema": "/no/such/1.0.0"}]
    events = [order(note=number, **changes[number % 3]) for number in range(MANY)]
    reply = post(gate, events)
    assert reply.status == 207
    assert [event["note"] for event in gate.accepted] == list(range(0, MANY, 3))
    assert [event["index"] for event in reply.json["events"]] == [number for number in range(MANY) if number % 3]
    assert reply.json["accepted"] == len(gate.accepted)


def test_refused_events_of_a_large_request_are_kept_whole(schemas: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors.jsonl"
    with local_gate(schemas, errors=str(errors)) as gate:
        assert post(gate, [order(count=-number - 1) for number in range(MANY)]).status == 400
    lines = [json.loads(line) for line in errors.read_bytes().splitlines()]
    assert [line["event"]["count"] for line in lines] == [-number - 1 for number in range(MANY)]


def test_a_token_that_does_not_allow_the_last_event_allows_none(gates: Gates, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.yaml"
    digest = hashlib.sha256(b"secret").hexdigest()
    tokens.write_text(f"- {{name: shop, sha256: {digest}, streams: [shop.order]}}\n")
    gate = gates(tokens=str(tokens))
    events = [order()] * MANY + [order(meta={"stream": "other"})]
    assert post(gate, events, authorization="Bearer secret").status == 403
    assert gate.accepted == []
