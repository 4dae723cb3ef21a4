"""Schemas that the gate serves, looked up by another repository: what is released is kept, drafts are not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.server.in_process import LocalGate, local_gate
from jsonschema_tools.settings import EventSettings
from jsonschema_tools.use_cases.validate import _validator
from tests.conftest import Scratch
from tests.intake.conftest import ask, post
from tests.repository.schema_server import SchemaServer, headers

CURRENT = (
    "title: a\n$id: /a/{version}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"
    "properties:\n  x: {{type: string}}\n"
)


@pytest.fixture
def gate(scratch: Scratch) -> Iterator[LocalGate]:
    """A gate of a repository in which 1.0.0 is released and 1.1.0 is a draft."""
    scratch.write("jsonschema/a/current.yaml", CURRENT.format(version="1.0.0"))
    scratch.jst("materialize")
    scratch.commit()
    scratch.git("checkout", "-q", "-b", "work")
    scratch.write("jsonschema/a/current.yaml", CURRENT.format(version="1.1.0"))
    scratch.jst("materialize")
    with local_gate(scratch.root) as started:
        yield started


def test_released_versions_may_be_kept_for_ever_and_drafts_not_at_all(gate: LocalGate) -> None:
    def said(path: str) -> tuple[str | None, str | None]:
        headers = ask(gate.url, "GET", f"/schemas/{path}").headers
        return headers.get("cache-control"), headers.get("x-schema-state")

    assert said("a/1.0.0") == ("public, max-age=31536000, immutable", "released")
    assert said("a/1.0.0.json") == ("public, max-age=31536000, immutable", "released")
    assert said("a/1.1.0") == ("no-store", "draft")
    assert said("a/latest") == ("public, max-age=60", None)
    assert said("a/current") == ("no-store", "draft")


def test_our_own_look_up_keeps_no_drafts(gate: LocalGate, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    store = SchemaStore(f"{gate.url}/schemas", cache_directory=cache, time_to_live=0)
    for version in ("1.0.0", "1.1.0"):
        assert store.retrieve(f"/a/{version}")["$id"] == f"/a/{version}"  # type: ignore[index,call-overload]
    kept = [path.read_bytes() for path in cache.iterdir()]
    assert len(kept) == 1
    assert b"/a/1.0.0" in kept[0]


def test_a_gate_can_look_up_its_schemas_at_another_one(gate: LocalGate) -> None:
    config = gate.serving.config
    there = replace(config, schema_base_uris=(f"{gate.url}/schemas",))
    with LocalGate(there) as other:
        assert post(other, {"$schema": "/a/1.1.0", "x": "y"}).status == 201
        assert post(other, {"$schema": "/a/1.1.0", "x": 1}).status == 400
        assert post(other, {"$schema": "/a/2.0.0", "x": 1}).status == 400


REMOTE = b"title: r\n$id: /r/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"
STREAMS = b'{"streams": {"r": {"schema_title": "r"}}}'
ASKED_FOR = (
    "/schemas/r/1.0.0",
    "/schemas/r/1.0.0.yaml",
    "/schemas/r/latest",
    "/schemas/r",
    "/schemas//r/2.0.0",
    "/schemas/http://127.0.0.1/r/1.0.0",
    "/schemas/r/1.0.0?x",
    "/streams",
    "/v1/stream-configs/r,s",
    "/v1/stream-configs/r/1.0.0",
    "/w/api.php?action=streamconfigs&streams=r|s",
    "/?spec",
)


@pytest.mark.parametrize("profile", ["default", "eventgate"])
def test_nobody_makes_it_fetch_what_no_event_needs(
    scratch: Scratch, serve: Callable[..., SchemaServer], profile: str
) -> None:
    """Schemas of a server are handed on once they are known, and those of folders always."""
    server = serve({"/r/1.0.0": REMOTE, "/r/latest": REMOTE, "/streams": STREAMS})
    scratch.write("jsonschema/a/current.yaml", CURRENT.format(version="1.0.0"))
    scratch.jst("materialize")
    config = load_config(scratch.root, overrides={"streams": f"{server.url}/streams"})
    config = replace(config, schema_base_uris=(server.url, *config.schema_base_uris))
    with LocalGate(replace(config, serve=replace(config.serve, profile=profile))) as gate:
        assert server.requests == ["/streams"]
        answers = {path: ask(gate.url, "GET", path) for path in ASKED_FOR}
        assert {reply.status for path, reply in answers.items() if path.startswith("/schemas")} == {404}
        assert ask(gate.url, "GET", "/schemas/a/1.0.0").status == 200
        assert server.requests == ["/streams"]
        event = {"$schema": "/r/1.0.0", "meta": {"stream": "r"}}
        assert post(gate, event).status == 201
        assert server.requests == ["/streams", "/r/1.0.0"]
        known = ask(gate.url, "GET", "/schemas/r/1.0.0")
        assert (known.status, known.body) == (200, REMOTE)
        assert ask(gate.url, "GET", "/schemas/r/latest").status == 404
        assert server.requests == ["/streams", "/r/1.0.0"]


def test_parts_can_be_served_alone(scratch: Scratch) -> None:
    scratch.write("jsonschema/a/current.yaml", CURRENT.format(version="1.0.0"))
    scratch.jst("materialize")
    with local_gate(scratch.root, only=("schemas",)) as gate:
        assert ask(gate.url, "GET", "/schemas/a/1.0.0").status == 200
        assert post(gate, {"$schema": "/a/1.0.0"}).status == 404
        assert ask(gate.url, "GET", "/streams").status == 404
    with local_gate(scratch.root, only=("intake",)) as gate:
        assert ask(gate.url, "GET", "/schemas/a/1.0.0").status == 404
        assert post(gate, {"$schema": "/a/1.0.0"}).status == 201


def draft(type_name: str) -> bytes:
    schema = {
        "title": "a",
        "$id": "/a/1.1.0",
        "$schema": "https://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"$schema": {"type": "string"}, "x": {"type": type_name}},
    }
    return json.dumps(schema).encode()


@pytest.mark.parametrize(("control", "is_judged_anew"), [("no-store", True), ("max-age=60", False)])
def test_a_draft_that_changes_judges_events_as_it_is_now(control: str, is_judged_anew: bool) -> None:
    event = {"$schema": "/a/1.1.0", "x": "text"}
    with SchemaServer() as server:
        server.faults["/a/1.1.0"] = headers(draft("string"), Cache_Control=control)
        store = SchemaStore(server.url, time_to_live=0)
        validators = [EventValidator(store), next_validator(store)]
        assert [validator.verdict(event).valid for validator in validators] == [True, True]
        server.faults["/a/1.1.0"] = headers(draft("integer"), Cache_Control=control)
        assert [validator.verdict(event).valid for validator in validators] == [not is_judged_anew] * 2


def next_validator(store: SchemaStore) -> EventValidator:
    """One whose compiled schemas the store keeps, as gates have it."""
    return _validator(store, EventSettings(), Target())


def test_a_gate_looks_again_whether_a_draft_has_changed(tmp_path: Path) -> None:
    event = {"$schema": "/a/1.1.0", "x": "text"}
    with SchemaServer() as server:
        server.faults["/a/1.1.0"] = headers(draft("string"), Cache_Control="no-store")
        config = replace(load_config(tmp_path), schema_base_uris=(server.url,))
        with LocalGate(config) as gate:
            gate.serving.store._time_to_live = 0
            assert post(gate, event).status == 201
            server.faults["/a/1.1.0"] = headers(draft("integer"), Cache_Control="no-store")
            answers = (post(gate, event).status for _ in iter(lambda: time.sleep(0.05), object()))
            assert next(status for status in islice(answers, 400) if status != 201) == 400
