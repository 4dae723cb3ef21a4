"""`jst canary` and `jst replay`, against a real HTTP server."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.posting import Answer, Poster
from jsonschema_tools.sources.event_texts import event_in
from jsonschema_tools.use_cases import replay as replaying
from tests.conftest import Scratch
from tests.gate_server import GateHandler, GateServer, answered
from tests.needs import example_repository

REFUSED = {
    "accepted": 0,
    "events": [{"index": 0, "status": "refused", "retry": False, "errors": [{"pointer": "/a", "message": "is wrong"}]}],
}
FAILED = {
    "accepted": 0,
    "events": [{"index": 0, "status": "failed", "retry": True, "errors": [{"message": "disk full"}]}],
}


@pytest.fixture
def gate() -> Iterator[GateServer]:
    with GateServer() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path) -> Scratch:
    return Scratch(Path(shutil.copytree(example_repository(), tmp_path / "shop", symlinks=True)))


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long a replay would have waited."""
    found: list[float] = []
    defaults = replaying.replay.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "sleep", found.append)
    return found


ANSWERS = {
    "accepted": (answered(202), "202", False),
    "refused": (answered(400, REFUSED), "400: /a: is wrong", False),
    "failed": (answered(500, FAILED), "500: the event: disk full", True),
    "eventgate, invalid": (
        answered(400, {"invalid": [{"status": "invalid", "event": {}, "context": {"errorsText": "'.a' is wrong"}}]}),
        "400: '.a' is wrong", False,
    ),
    "eventgate, error": (
        answered(500, {"error": [{"status": "error", "event": {}, "context": {"message": "no $schema"}}]}),
        "500: no $schema", False,
    ),
    "problem": (answered(413, {"title": "Too large", "detail": "at most 10 bytes"}), "413: at most 10 bytes", False),
    "overload": (answered(503, {"title": "Busy", "retry": True}, Retry_After="7"), "503: Busy", True),
    "proxy": (answered(502), "502", True),
    "crash": (answered(500), "500", True),
    "no JSON": (lambda handler, _event: handler.answer(404, b"<html>"), "404", False),
    "hung up": (lambda handler, _event: handler.hang_up(), "no answer: broke the connection", True),
    "no HTTP": (lambda handler, _event: handler.wfile.write(b"nonsense\n\n"), "no answer: did not answer as HTTP demands", True),
}  # fmt: skip


class TestPosting:
    @pytest.mark.parametrize(
        ("given", "path"), [("", "/v1/events"), ("/", "/v1/events"), ("/in?hasty=1", "/in?hasty=1")]
    )
    def test_the_path_of_the_gate(self, gate: GateServer, given: str, path: str) -> None:
        with Poster(gate.url + given) as poster:
            assert poster.post(b"{}") == Answer(201)
        [(asked, headers)] = gate.requests
        assert (asked, headers["Content-Type"], "Authorization" in headers) == (path, "application/json", False)

    @pytest.mark.parametrize("name", ANSWERS)
    def test_answers(self, gate: GateServer, name: str) -> None:
        answering, said, again = ANSWERS[name]
        gate.answers = [answering]
        with Poster(gate.url, timeout=2) as poster:
            answer = poster.post(b"{}")
            assert poster.post(b"{}") == Answer(201)
        assert (str(answer), answer.again) == (said, again)
        assert answer.accepted is (said == "202")

    def test_one_connection_serves_many_events(self, gate: GateServer) -> None:
        gate.answers = [answered(201), answered(400, REFUSED)]
        with Poster(gate.url) as poster:
            assert [poster.post(b"%d" % number).status for number in range(5)] == [201, 400, 201, 201, 201]
        assert (gate.connections, gate.bodies) == (1, [b"0", b"1", b"2", b"3", b"4"])

    def test_a_connection_that_the_gate_has_closed_is_opened_again(self, gate: GateServer) -> None:
        def closing(handler: GateHandler, _event: Any) -> None:
            handler.answer(201, b"")
            handler.close_connection = True

        gate.answers = [closing]
        with Poster(gate.url) as poster:
            assert [poster.post(b"{}").status for _ in range(3)] == [201, 201, 201]
        assert len(gate.bodies) == 3

    def test_no_gate(self) -> None:
        answer = Poster("http://127.0.0.1:9", timeout=1).post(b"{}")
        assert (str(answer), answer.again) == ("no answer: refused the connection", True)


class TestCanary:
    def test_each_stream_gets_the_first_example_of_its_latest_version(self, shop: Scratch, gate: GateServer) -> None:
        result = shop.jst("canary", "--to", gate.url)
        assert (result.exit_code, result.stdout) == (0, "shop.order.placed: 201\nshop.cart.changed: 201\n")
        order, cart = gate.events
        assert order["$schema"] == "/shop/order/placed/1.2.0"
        assert order["meta"].keys() == {"id", "stream", "domain"}
        assert (order["meta"]["stream"], order["meta"]["domain"]) == ("shop.order.placed", "canary")
        assert uuid.UUID(order["meta"]["id"]) != uuid.UUID(cart["meta"]["id"])
        assert order["prices"] == {"9780261103252": 1299}
        shop.write("events.jsonl", b"\n".join(gate.bodies))
        assert shop.jst("validate", "events.jsonl").exit_code == 0

    def test_versions_that_are_not_taken_are_left_out(self, shop: Scratch, gate: GateServer) -> None:
        streams = shop.read("streams.yaml").replace("'1.x'", "'<1.1.0'")
        shop.write("streams.yaml", streams)
        assert shop.jst("canary", "shop.order.placed", "--to", gate.url).exit_code == 0
        assert gate.events[0]["$schema"] == "/shop/order/placed/1.0.0"

    def test_a_refused_one_fails(self, shop: Scratch, gate: GateServer) -> None:
        gate.answers = [answered(400, REFUSED)]
        result = shop.jst("canary", "--to", gate.url)
        assert result.exit_code == 1
        assert result.stdout == "shop.order.placed: 400: /a: is wrong\nshop.cart.changed: 201\n"

    def test_dry_run(self, shop: Scratch, gate: GateServer) -> None:
        result = shop.jst("canary", "--dry-run")
        events = [json.loads(line) for line in result.stdout.splitlines()]
        assert [event["meta"]["stream"] for event in events] == ["shop.order.placed", "shop.cart.changed"]
        assert (shop.jst("canary", "-n", "--to", gate.url).exit_code, gate.bodies) == (0, [])

    def test_what_has_no_canary(self, shop: Scratch, gate: GateServer) -> None:
        result = shop.jst("canary", "legacy.newsletter_click", "--to", gate.url)
        assert (result.exit_code, "has no canary events" in result.output) == (2, True)
        shop.write("streams.yaml", shop.read("streams.yaml").replace("canary_events_enabled: false", ""))
        result = shop.jst("canary", "legacy.newsletter_click", "--to", gate.url)
        assert result.exit_code == 1
        assert "legacy.newsletter_click: /legacy/newsletter_click/1.0.0 has no example" in result.output
        shop.write("streams.yaml", "/^job\\./: {schema_title: shop/order/placed, canary_events_enabled: true}\n")
        assert "no stream has canary events" in shop.jst("canary", "--to", gate.url).output
        assert "stands for many streams" in shop.jst("canary", "/^job\\./", "--to", gate.url).output
        assert shop.jst("canary", "job.mail", "--to", gate.url).exit_code == 0
        assert [event["meta"]["stream"] for event in gate.events] == ["job.mail"]
        shop.write("streams.yaml", "a: {schema_title: nowhere, canary_events_enabled: true}\n")
        result = shop.jst("canary", "--to", gate.url)
        assert (result.exit_code, "'/nowhere/latest' was not found" in result.output) == (1, True)

    def test_every_digit_stays(self, shop: Scratch, gate: GateServer) -> None:
        path = "jsonschema/shop/order/placed/1.2.0.yaml"
        shop.write(path, shop.read(path).replace("order_id: 4711", "order_id: 12345678901234567890123.5"))
        assert shop.jst("canary", "shop.order.placed", "--to", gate.url).exit_code == 0
        assert b'"order_id": 1.23456789012345678901235e+22' in gate.bodies[0]

    def test_usage(self, shop: Scratch, gate: GateServer) -> None:
        assert shop.jst("canary").exit_code == 2
        assert shop.jst("canary", "--to", "localhost:1").exit_code == 2
        assert shop.jst("canary", "--to", gate.url, "--token-file", "nowhere").exit_code == 2
        shop.write("token", "two\nlines")
        assert shop.jst("canary", "--to", gate.url, "--token-file", "token").exit_code == 2
        shop.write("token", "secret\n")
        assert shop.jst("canary", "--to", gate.url, "--token-file", "token").exit_code == 0
        assert gate.requests[0][1]["Authorization"] == "Bearer secret"


EVENTS = [b'{"n": 1.0}', b'{"n": 9007199254740993}', b'{"n": "\xc3\xa4"}', b'{"n": 4}']


def lines(output: str) -> list[str]:
    return [line.removeprefix("events.jsonl:") for line in output.splitlines()]


class TestReplay:
    @pytest.fixture
    def events(self, scratch: Scratch) -> Path:
        return scratch.write("events.jsonl", b"\n".join(EVENTS) + b"\n")

    @pytest.mark.usefixtures("events")
    def test_every_event_in_order_and_byte_for_byte(self, scratch: Scratch, gate: GateServer) -> None:
        result = scratch.jst("replay", "events.jsonl", "--to", gate.url)
        assert result.exit_code == 0
        assert lines(result.stdout) == ["1: 201", "2: 201", "3: 201", "4: 201"]
        assert result.stderr == "4 events accepted, 0 refused\n"
        assert gate.bodies == EVENTS
        # Nothing is left; what is added is.
        assert scratch.jst("replay", "events.jsonl", "--to", gate.url).stderr == "0 events accepted, 0 refused\n"
        scratch.write("events.jsonl", b"\n".join([*EVENTS, b'{"n": 5}']))
        assert lines(scratch.jst("replay", "events.jsonl", "--to", gate.url).stdout) == ["5: 201"]
        assert len(gate.bodies) == 5
        assert scratch.jst("replay", "events.jsonl", "--restart", "--to", gate.url).exit_code == 0
        assert len(gate.bodies) == 10

    @pytest.mark.usefixtures("events")
    def test_what_is_refused_is_passed_over(self, scratch: Scratch, gate: GateServer) -> None:
        gate.answers = [answered(201), answered(400, REFUSED)]
        result = scratch.jst("replay", "events.jsonl", "--quiet", "--to", gate.url)
        assert (result.exit_code, lines(result.stdout)) == (1, ["2: 400: /a: is wrong"])
        assert gate.bodies == EVENTS
        assert scratch.jst("replay", "events.jsonl", "--to", gate.url).exit_code == 0
        assert len(gate.bodies) == 4

    @pytest.mark.usefixtures("events")
    def test_where_the_gate_fails_the_next_run_goes_on(
        self, scratch: Scratch, gate: GateServer, waits: list[float]
    ) -> None:
        gate.answers = [answered(201), *([answered(503, None, Retry_After="3")] * 5)]
        result = scratch.jst("replay", "events.jsonl", "--to", gate.url)
        assert (result.exit_code, lines(result.stdout)) == (1, ["1: 201", "2: 503"])
        assert "goes on where this one ended" in result.stderr
        assert waits == [3.0, 3.0, 3.0, 4.0]
        assert scratch.jst("replay", "events.jsonl", "--to", gate.url).exit_code == 0
        assert gate.bodies == [EVENTS[0], *[EVENTS[1]] * 6, *EVENTS[2:]]

    @pytest.mark.usefixtures("events")
    def test_a_gate_that_comes_back(self, scratch: Scratch, gate: GateServer, waits: list[float]) -> None:
        gate.answers = [lambda handler, _event: handler.hang_up(), answered(500, FAILED)]
        result = scratch.jst("replay", "events.jsonl", "--to", gate.url)
        assert (result.exit_code, lines(result.stdout)[0]) == (0, "1: 201")
        assert waits == [0.5, 1.0]

    @pytest.mark.usefixtures("events")
    def test_a_file_that_is_another_one(self, scratch: Scratch, gate: GateServer) -> None:
        assert scratch.jst("replay", "events.jsonl", "--to", gate.url).exit_code == 0
        for text in (b"\n".join(EVENTS[:3]), b"\n".join([*EVENTS[:3], b"{}", b"{}"])):
            scratch.write("events.jsonl", text)
            result = scratch.jst("replay", "events.jsonl", "--to", gate.url)
            assert (result.exit_code, "--restart" in result.output) == (2, True)
        assert len(gate.bodies) == 4
        scratch.write("events.jsonl.replayed", "nonsense")
        assert "no progress of a replay" in scratch.jst("replay", "events.jsonl", "--to", gate.url).output

    @pytest.mark.usefixtures("events")
    def test_another_gate_has_a_progress_of_its_own(self, scratch: Scratch, gate: GateServer) -> None:
        assert scratch.jst("replay", "events.jsonl", "--to", gate.url).exit_code == 0
        assert scratch.jst("replay", "events.jsonl", "--to", f"{gate.url}/other").exit_code == 0
        assert len(gate.bodies) == 8
        assert len(json.loads(scratch.read("events.jsonl.replayed"))) == 2

    def test_refused_events_of_validate_are_tried_again(self, shop: Scratch, gate: GateServer) -> None:
        events = b'{"$schema": "/shop/order/placed/1.2.0", "order_id": 1.0}\nno json\n{"x": 9007199254740993}\n'
        shop.write("events.jsonl", events)
        assert shop.jst("validate", "events.jsonl", "--errors", "refused.jsonl").exit_code == 1
        assert shop.jst("replay", "refused.jsonl", "--to", gate.url).exit_code == 0
        assert gate.bodies == events.splitlines()

    def test_standard_input_and_other_forms(self, scratch: Scratch, gate: GateServer) -> None:
        before = scratch.snapshot()
        assert scratch.jst("replay", "-", "--to", gate.url, stdin=b'{"a": 1}\n\n{"a": 2}').exit_code == 0
        assert gate.bodies == [b'{"a": 1}', b'{"a": 2}']
        assert scratch.snapshot() == before
        scratch.write("list.json", b'[{"a": 3},\n {"a": 4}]')
        result = scratch.jst("replay", "list.json", "--to", gate.url)
        assert result.stdout.splitlines() == ["list.json:1: 201", "list.json:2: 201"]
        scratch.write("events.yaml", b"a: 1\n")
        assert scratch.jst("replay", "events.yaml", "--to", gate.url).exit_code == 2
        assert scratch.jst("replay", "nowhere.jsonl", "--to", gate.url).exit_code == 2
        assert scratch.jst("replay", "list.json").exit_code == 2

    @pytest.mark.parametrize(
        "text",
        [
            b"5",
            b"{",
            b'{"source": 1, "line": 2}',
            b'{"$schema": "a", "source": 1, "line": 2, "errors": [], "event": {}}',
        ],
    )
    def test_what_is_an_event_itself(self, text: bytes) -> None:
        assert event_in(text) == text
