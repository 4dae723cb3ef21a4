"""Events and schemas from a hostile world: a clear verdict each time, nothing read or fetched outside of the bases."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools import SchemaStore, Verdict, validate
from tests.events.schemas import ORDER, SCHEMAS
from tests.repository.schema_server import (
    Fault,
    SchemaServer,
    dripping,
    endless,
    headers,
    raw,
    redirect,
    silent,
    status,
)

URI = "/shop/order/1.0.0"
EVENT = {"$schema": URI, "id": "a", "price": 1}


def served() -> dict[str, bytes]:
    return {f"/repo/{name}": json.dumps(schema).encode() for name, schema in SCHEMAS.items()}


def names_itself(schema: bytes) -> Fault:
    """Answer with a schema that is bad in other ways."""
    return status(200, b'{"$id": "/shop/order/1.0.0", ' + schema.removeprefix(b"{"))


def kind(verdict: Verdict) -> str:
    (error,) = verdict.errors
    assert error.message
    return error.kind


class TestServers:
    """What a schema server may do."""

    @pytest.mark.parametrize(
        ("fault", "expected", "says"),
        [
            (status(404), "schema-not-found", "answered 404 Not Found"),
            (status(500), "schema-unavailable", "answered 500"),
            (silent, "schema-unavailable", "gave no answer within 0.1 s"),
            (dripping(b"HTTP/1.0 200 OK\r\n\r\n# "), "schema-unavailable", ""),
            (raw(b""), "schema-unavailable", "broke the connection"),
            (raw(b"SSH-2.0\r\n"), "schema-unavailable", "did not answer as HTTP demands"),
            (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"), "schema-unavailable", "broke the connection"),
            (status(200, b"<html><body>: welcome: </html>"), "schema-unusable", "/repo/shop/order/1.0.0"),
            (status(200, b"\xff\xfe\x00"), "schema-unusable", "is not UTF-8"),
            (status(200, b"\x1f\x8b\x08\x00"), "schema-unusable", "is not UTF-8"),
            (status(200, b""), "schema-unusable", "is not a schema"),
            (status(200, b"[1]"), "schema-unusable", "is not a schema"),
            (names_itself(b'{"type": "nonsense"}'), "schema-unusable", "the schema is not valid"),
            (names_itself(b'{"pattern": "("}'), "schema-unusable", "the schema is not valid"),
            (names_itself(b'{"$ref": "#/nowhere"}'), "schema-unusable", "the schema is not valid"),
            (status(200, b"[" * 100_000), "schema-unusable", ""),
            (status(200, b'{"items":' * 1000 + b"{}" + b"}" * 1000), "schema-unusable", "256 levels"),
            (status(200, b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
                b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (c + 1, c + 1, *[c] * 8) for c in range(97, 110)
            )), "schema-unusable", "values"),
            (status(200, b"#" * 10_000_001), "schema-not-found", "is larger than 5242880 bytes"),
            (endless, "schema-not-found", "is larger than 5242880 bytes"),
            (headers(b"{}", Content_Encoding="gzip"), "schema-not-found", "compressed"),
            (redirect("http://elsewhere.invalid/x"), "schema-not-found", "which is not allowed"),
            (redirect("file:///etc/passwd"), "schema-not-found", "which is not allowed"),
            (redirect("/secret"), "schema-not-found", "which is not allowed"),
            (redirect("/repo/shop/order/1.0.0"), "schema-not-found", "redirects more than 5 times"),
            (names_itself(b'{"properties": {"id": {"pattern": "^(a+)+$"}}}'), "schema-insecure", "pattern without maxLength"),
            (names_itself(b'{"$ref": "http://elsewhere.invalid/x"}'), "schema-forbidden", "a $ref of the schema fails"),
            (names_itself(b'{"$ref": "/../../etc/passwd"}'), "schema-not-found", "a $ref of the schema fails"),
            (names_itself(b'{"$ref": "file:///etc/passwd"}'), "schema-forbidden", "a $ref of the schema fails"),
            (names_itself(b'{"$ref": "//elsewhere.invalid/x"}'), "schema-not-found", "a $ref of the schema fails"),
        ],
    )  # fmt: skip
    def test_faults(
        self, serve: Callable[..., SchemaServer], fault: Fault, expected: str, says: str, tmp_path: Path
    ) -> None:
        server = serve({"/secret": b"{}"})
        server.faults[f"/repo{URI}"] = fault
        store = SchemaStore([f"{server.url}/repo"], timeout=0.1, cache_directory=tmp_path)
        verdict = validate(EVENT, store)
        assert kind(verdict) == expected
        assert says in str(verdict)
        if expected == "schema-unavailable":
            assert server.url in str(verdict)
        assert all(path.startswith("/repo/") for path in server.requests)
        # A second event asks nothing anew, and fares the same.
        asked = len(server.requests)
        assert kind(validate(EVENT, store)) == expected
        assert len(server.requests) == asked
        # Where another base has the schema, an event is judged.
        if expected != "schema-unusable" and "$ref" not in says and expected != "schema-insecure":
            good = serve(served())
            both = SchemaStore([f"{server.url}/repo", f"{good.url}/repo"], timeout=0.1)
            assert validate(EVENT, both).valid

    def test_killed(self, serve: Callable[..., SchemaServer]) -> None:
        server = serve(served())
        store = SchemaStore([f"{server.url}/repo"])
        assert validate(EVENT, store).valid
        server.stop()
        assert validate(EVENT, store).valid
        verdict = validate({"$schema": "/shop/refers/1.0.0"}, store)
        assert kind(verdict) == "schema-unavailable"
        assert f"{server.url}/repo could not say" in str(verdict)

    def test_404_then_200(self, serve: Callable[..., SchemaServer]) -> None:
        server = serve()
        store = SchemaStore([f"{server.url}/repo"], miss_time_to_live=0)
        assert kind(validate(EVENT, store)) == "schema-not-found"
        server.documents = served()
        assert validate(EVENT, store).valid

    def test_wrong_bytes_then_right_ones(self, serve: Callable[..., SchemaServer], tmp_path: Path) -> None:
        server = serve({f"/repo{URI}": b"a: ["})
        store = SchemaStore([f"{server.url}/repo"], miss_time_to_live=0, cache_directory=tmp_path)
        assert kind(validate(EVENT, store)) == "schema-unusable"
        server.documents = served()
        assert validate(EVENT, store).valid


class TestUris:
    """What an event may name as its schema."""

    @pytest.mark.parametrize(
        ("uri", "expected"),
        [
            ("/../../etc/passwd", "schema-forbidden"),
            ("/shop/../../secret", "schema-forbidden"),
            ("/%2e%2e/secret", "schema-forbidden"),
            ("/..\\secret", "schema-forbidden"),
            ("//{other}/x", "schema-forbidden"),
            ("//{other}/x/1.0.0", "schema-not-found"),
            ("http://{other}/x", "schema-forbidden"),
            ("http://{own}@{other}/x", "schema-forbidden"),
            ("http://{own}/secret", "schema-forbidden"),
            ("http://{own}/repository/x", "schema-forbidden"),
            ("HTTP://{own}/repo/../secret", "schema-forbidden"),
            ("file:///etc/passwd", "schema-forbidden"),
            ("file:/etc/passwd", "schema-forbidden"),
            ("git+file:///etc@HEAD", "schema-forbidden"),
            ("data:application/json,{{}}", "schema-forbidden"),
            ("/shop/order/1.0.0#/properties/id", "schema-forbidden"),
            ("/\ud83d", "not-json"),
            ("\0", "schema-forbidden"),
            ("/" * 3000, "schema-forbidden"),
            ("/dev/zero", "schema-forbidden"),
            ("/proc/self/environ", "schema-forbidden"),
            ("", "no-schema-uri"),
        ],
    )
    def test_nothing_outside(self, serve: Callable[..., SchemaServer], schemas: Path, uri: str, expected: str) -> None:
        other, own = serve({"/x": b"{}"}), serve({**served(), "/secret": b"{}", "/repository/x": b"{}"})
        store = SchemaStore([f"{own.url}/repo", str(schemas)])
        verdict = validate({**EVENT, "$schema": uri.format(other=other.host, own=own.host)}, store)
        assert kind(verdict) == expected
        assert other.requests == []
        assert all(path.startswith("/repo/") for path in own.requests)

    def test_an_absolute_uri_under_a_base(self, serve: Callable[..., SchemaServer], schemas: Path) -> None:
        server = serve(served())
        store = SchemaStore([f"{server.url}/repo", str(schemas)])
        assert validate({**EVENT, "$schema": f"{server.url}/repo{URI}"}, store).valid
        assert validate({**EVENT, "$schema": f"file://{schemas}{URI}"}, store).valid


def flapping(seed: int) -> Fault:
    """Now the document, now something else."""
    chance = random.Random(seed)
    lock = threading.Lock()

    def flap(handler: Any) -> None:
        with lock:
            what = chance.choice(["document", "document", "error", "hang up", "broken", "missing"])
        body = handler.server.served.documents.get(handler.path)
        if what == "document" and body is not None:
            handler.answer(200, body)
        elif what == "error":
            handler.answer(503, b"sorry")
        elif what == "broken":
            handler.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{")
        elif what == "hang up":
            handler.send(b"")
        else:
            handler.answer(404, b"none")

    return flap


def mixed_events(count: int) -> list[dict[str, Any]]:
    chance = random.Random(0)
    uris = [f"/title{number % 40}/{number // 40}.0.0" for number in range(120)] + ["/title1/latest", "/none/1.0.0"]
    return [{"$schema": chance.choice(uris), "id": chance.choice(["a", 5]), "price": 1} for _ in range(count)]


@pytest.mark.search
@pytest.mark.parametrize(
    "count", [pytest.param(3_200, id="few"), pytest.param(100_000, id="many", marks=pytest.mark.search)]
)
def test_many_threads_over_a_base_that_flaps(serve: Callable[..., SchemaServer], count: int) -> None:
    """The verdicts of 16 threads over a store whose first base flaps are those of one thread over a quiet one."""
    documents = {
        f"/repo/title{number}/{version}": json.dumps({**ORDER, "$id": f"/title{number}/{version}"}).encode()
        for number in range(40)
        for version in ("1.0.0", "0.0.0", "2.0.0", "latest")
    }
    flaps, quiet = serve(documents), serve(documents)
    flaps.faults["*"] = flapping(1)
    events = mixed_events(count)
    alone = SchemaStore([f"{quiet.url}/repo"])
    expected = [summary(validate(event, alone)) for event in events]
    assert {True, False} == {valid for valid, _ in expected}

    # Times so short that bases are asked again and again while the events pass.
    store = SchemaStore(
        [f"{flaps.url}/repo", f"{quiet.url}/repo"], miss_time_to_live=0.01, time_to_live=0.01, timeout=5
    )
    parts = [range(start, count, 16) for start in range(16)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda part: [summary(validate(events[index], store)) for index in part], parts))
    for part, verdicts in zip(parts, found, strict=True):
        assert [expected[index] for index in part] == verdicts
    assert len(flaps.requests) > 10


def summary(verdict: Verdict) -> tuple[bool, list[tuple[str, str]]]:
    """A verdict without its words: where the schema is missing, these tell which base said what."""
    kinds = {"schema-unavailable": "schema-not-found"}
    return verdict.valid, [(kinds.get(error.kind, error.kind), error.pointer) for error in verdict.errors]
