"""The profile ``eventgate`` answers as a real EventGate did."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.documents.numbers import parse_decimal
from jsonschema_tools.events.defaults import with_defaults
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.nodejs.ajv_errors import errors_of, errors_text
from jsonschema_tools.nodejs.ecmascript import as_double
from jsonschema_tools.server.in_process import LocalGate, local_gate
from jsonschema_tools.settings import Limits
from tests.intake.conftest import Reply, ask, post

CASES = Path(__file__).parents[1] / "cases" / "intake"
ANSWERS = [
    case
    for name in ("eventgate_answers.json", "eventgate_odd_answers.json")
    for case in json.loads((CASES / name).read_text("utf-8"))
]
AJV = json.loads((CASES / "ajv6_errors.json").read_text("utf-8"))
ODD = json.loads((CASES / "eventgate_odd.json").read_text("utf-8"))
"""Requests and the answers of a real EventGate, as it gave them when it was asked for this."""
EVENT = {
    "$schema": "/test/0.0.1",
    "meta": {"stream": "test.event", "id": "5e1dd101-641c-11e8-ab6c-b083fecf1287"},
    "test": "v",
}


@cache
def exceptions() -> dict[str, list[str]]:
    entries = yaml.safe_load((CASES / "eventgate_exceptions.yaml").read_text("utf-8"))
    return {name: entry["compare"] for entry in entries for name in entry["names"]}


def write_all(folder: Path, schemas: dict[str, Any]) -> Path:
    for path, schema in schemas.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(yaml.safe_dump(schema, sort_keys=False))
    return folder


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGate]:
    folder = write_all(tmp_path_factory.mktemp("gate"), yaml.safe_load((CASES / "schemas.yaml").read_text("utf-8")))
    spec = folder / "spec.yaml"
    spec.write_text("openapi: 3.0.0\ninfo: {title: ours, version: 0.1.0}\npaths: {/: {get: {summary: the root}}}\n")
    limits = Limits(body=10_240)
    with local_gate(folder, profile="eventgate", limits=limits, test_events=(EVENT,), spec=str(spec)) as started:
        yield started


def told(reply: Reply) -> dict[str, Any]:
    content_type = reply.headers.get("content-type")
    body = reply.json if content_type and "json" in content_type and reply.body else None
    title = body.get("title") if isinstance(body, dict) else None
    return {"status": reply.status, "content_type": content_type, "json": body, "title": title}


@pytest.mark.parametrize("case", ANSWERS, ids=[case["name"] for case in ANSWERS])
def test_answers_are_those_that_were_recorded(case: dict[str, Any], gate: LocalGate) -> None:
    request, expected = case["request"], dict(case["response"])
    body = request["body"].encode() if "body" in request else None
    if "body_base64" in request:
        body = base64.b64decode(request["body_base64"])
    found = told(ask(gate.url, request["method"], request["path"], body, request.get("headers")))
    expected["title"] = (expected.get("json") or {}).get("title")
    compared = exceptions().get(case["name"], [*case["response"], "title"])
    assert {key: found[key] for key in compared} == {key: expected[key] for key in compared}


@pytest.fixture(scope="module")
def odd_gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGate]:
    schemas = yaml.safe_load((CASES / "odd_schemas.yaml").read_text("utf-8"))
    folder = write_all(tmp_path_factory.mktemp("odd"), schemas)
    (folder / "d/str/latest").symlink_to("1.0.0")
    with local_gate(folder, profile="eventgate", limits=Limits(body=10_240)) as started:
        yield started


@pytest.mark.parametrize("case", ODD, ids=[case["name"] for case in ODD])
def test_odd_requests_are_answered_as_by_a_real_eventgate(case: dict[str, Any], odd_gate: LocalGate) -> None:
    body = case["body"].encode() if "body" in case else None
    if "body_base64" in case:
        body = base64.b64decode(case["body_base64"])
    headers = {"content-type": "application/json"} | case["headers"]
    found = told(ask(odd_gate.url, case["method"], case["path"], body, headers))
    assert {key: found[key] for key in case["answer"]} == case["answer"]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "body",
    [
        b'{"$schema": "/d/str/1.0.0", "meta": []}',
        b'{"$schema": "/d/str/1.0.0", "meta": {"stream": []}}',
        b'{"$schema": "/d/str/1.0.0", "meta": {"stream": {}}}',
        b'{"$schema": "/d/str/1.0.0", "b": 1e400}',
        b'{"$schema": "/d/str/1.0.0", "b": -1e99999, "d": [1e400, 1e401]}',
    ],
)
@pytest.mark.parametrize("profile", ["default", "eventgate"])
@pytest.mark.parametrize("server_fields", ["off", "wikimedia"])
def test_what_is_odd_is_the_events_fault(body: bytes, profile: str, server_fields: str, tmp_path: Path) -> None:
    folder = write_all(tmp_path, yaml.safe_load((CASES / "odd_schemas.yaml").read_text("utf-8")))
    with local_gate(folder, profile=profile, server_fields=server_fields) as started:
        assert post(started, body).status == 400


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/nowhere", "default-src 'none'"),
        ("/?doc", "default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src *; "),
        ("/_info/name", "default-src 'self'; "),
    ],
)
def test_a_page_has_one_policy(gate: LocalGate, path: str, policy: str) -> None:
    """Of two, browsers take what both allow."""
    connection = http.client.HTTPConnection(gate.url.removeprefix("http://"), timeout=20)
    connection.request("GET", path)
    found = connection.getresponse().headers.get_all("content-security-policy") or []
    connection.close()
    assert len(found) == 1
    assert found[0].startswith(policy)


def test_an_event_whose_stream_is_no_text_leaves_the_others_alone(gate: LocalGate) -> None:
    events = [EVENT, {**EVENT, "meta": {**EVENT["meta"], "stream": {"a": [1]}}}]
    reply = post(gate, events)
    assert reply.status == 207
    assert [item["event"]["meta"]["stream"] for item in reply.json["invalid"]] == [{"a": [1]}]


def test_every_exception_is_of_a_case() -> None:
    assert exceptions().keys() <= {case["name"] for case in ANSWERS}


@pytest.mark.parametrize("name", AJV)
def test_errors_are_those_of_ajv(name: str) -> None:
    case = AJV[name]
    filled = with_defaults(case["event"], case["schema"])
    errors = errors_of(case["schema"], filled)
    assert (filled, errors, errors_text(errors)) == (case["event_after"], case["errors"], case.get("errorsText", ""))


def secure(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the limits without which EventGate calls it insecure."""
    properties = dict(schema.get("properties", {}))
    for name, part in properties.items():
        if isinstance(part, dict):
            more = {"maxLength": 100} if "format" in part else {"maxItems": 9} if "uniqueItems" in part else {}
            more |= {"propertyNames": {"maxLength": 9}} if "patternProperties" in part else {}
            properties[name] = more | part
    return schema | ({"properties": properties} if properties else {})


def test_refused_events_come_back_with_the_errors_of_ajv(tmp_path: Path) -> None:
    folder = write_all(tmp_path, {f"ajv/{name}/1.0.0": secure(case["schema"]) for name, case in AJV.items()})
    with local_gate(folder, profile="eventgate") as gate:
        for name, case in AJV.items():
            reply = post(gate, {"$schema": f"/ajv/{name}/1.0.0", **case["event"]})
            if case["valid"]:
                assert reply.status == 201, name
                assert gate.accepted[-1] == {"$schema": f"/ajv/{name}/1.0.0", **case["event_after"]}
                continue
            assert reply.status == 400, name
            (item,) = reply.json["invalid"]
            assert item["context"] == {"errors": case["errors"], "errorsText": case["errorsText"]}, name
            assert item["event"] == {"$schema": f"/ajv/{name}/1.0.0", **case["event_after"]}


def test_defaults_are_filled_in_and_all_else_stays(gate: LocalGate) -> None:
    gate.clear()
    text = b'{"$schema":"/test/0.0.1","meta":{"stream":"s","id":"5e1dd101-641c-11e8-ab6c-b083fecf1287"},"n":9007199254740993}'
    assert post(gate, text).status == 201
    assert gate.accepted == [json.loads(text) | {"test_default": "default_value"}]


@pytest.mark.parametrize("depth", [902, 5000])
def test_what_is_too_deep_is_refused(gate: LocalGate, depth: int) -> None:
    for body in (b"[" * depth + b"]" * depth, b'{"$schema":"/test/0.0.1","x":' + b"[" * depth + b"]" * depth + b"}"):
        assert post(gate, body).status == 400
    assert post(gate, EVENT).status == 201


@pytest.mark.parametrize(
    "uri", ["file:///etc/hostname", "http://127.0.0.1:9/test/0.0.1", "/../x/test/0.0.1", "/.git/1.0.0"]
)
def test_nothing_outside_of_the_bases_is_read(gate: LocalGate, uri: str) -> None:
    reply = post(gate, EVENT | {"$schema": uri})
    assert reply.status == 500
    assert reply.json["error"][0]["context"] == {"message": f"Failed loading schema at {uri}"}


def test_the_description_is_that_of_the_file(gate: LocalGate) -> None:
    reply = ask(gate.url, "GET", "/?spec")
    assert reply.json["info"] == {"title": "ours", "version": "1.8.4"}
    page = ask(gate.url, "GET", "/?doc")
    assert "the root" in page.body.decode()
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src")


NUMBERS = (
    "1e400",
    "-1e400",
    "1e-400",
    "1234567890123456789012345678901.5",
    "1e21",
    "-0.0",
    "0",
    "1",
    "9007199254740993",
)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("limit", NUMBERS)
def test_numbers_beyond_those_of_javascript_have_errors_like_others(number: str, limit: str) -> None:
    exact, bound = Fraction(number), parse_decimal(limit)
    schema = {"type": "integer", "minimum": bound, "multipleOf": bound}
    found = {error["keyword"] for error in errors_of(schema, read_event(number.encode()))}
    assert ("type" in found) == (exact.denominator != 1)
    if as_double(exact) != as_double(bound):
        assert ("minimum" in found) == (exact < Fraction(limit))
