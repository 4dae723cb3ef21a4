"""Fields that the gate fills in."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.intake.filling import Within, additions, overlaid
from jsonschema_tools.server.ids import new_ids
from jsonschema_tools.server.in_process import local_gate
from tests.intake.conftest import post, write_schema

PROPERTIES = {
    "$schema": {"type": "string"},
    "meta": {
        "type": "object",
        "properties": {
            "stream": {"type": "string"},
            "id": {"type": "string", "format": "uuid", "maxLength": 36},
            "dt": {"type": "string", "format": "date-time", "maxLength": 30},
            "request_id": {"type": "string"},
        },
        "required": ["id", "dt"],
    },
    "http": {
        "type": "object",
        "properties": {
            "client_ip": {"type": "string"},
            "request_headers": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
}
STREAMS = {"enrich_fields_from_http_headers": {"http.request_headers.user-agent": "User-Agent", "nowhere.x": "accept"}}


def test_fields_that_the_schema_has_are_filled_in_and_numbers_stay(tmp_path: Path) -> None:
    write_schema(tmp_path, "a/b", "1.0.0", {"type": "object", "properties": PROPERTIES})
    (tmp_path / "streams.yaml").write_text(json.dumps({"streams": {"s": {"schema_title": "a/b", **STREAMS}}}))
    with local_gate(tmp_path, server_fields="wikimedia", streams=str(tmp_path / "streams.yaml")) as gate:
        text = b'{"$schema": "/a/b/1.0.0", "meta": {"stream": "s", "dt": "old"}, "n": 9007199254740993, "m": 1.0}'
        assert post(gate, text, x_request_id="r1", user_agent="test/1").status == 201
        (event,) = gate.accepted
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", event["meta"]["dt"])
    assert uuid.UUID(event["meta"]["id"]).version == 4
    assert event["meta"]["request_id"] == "r1"
    assert event["http"] == {"client_ip": "127.0.0.1", "request_headers": {"user-agent": "test/1"}}
    assert event["n"] == 9007199254740993
    assert "nowhere" not in event


def test_fields_that_the_event_has_stay_but_for_its_time(tmp_path: Path) -> None:
    write_schema(tmp_path, "a/b", "1.0.0", {"type": "object", "properties": PROPERTIES})
    own = {"id": "5e1dd101-641c-11e8-ab6c-b083fecf1287", "dt": "2020-01-01T00:00:00Z", "request_id": "mine"}
    with local_gate(tmp_path, server_fields="wikimedia") as gate:
        event = {"$schema": "/a/b/1.0.0", "meta": own, "http": {"client_ip": "10.0.0.1"}}
        assert post(gate, event, x_request_id="r1").status == 201
        (taken,) = gate.accepted
    assert taken["meta"] == {**own, "dt": taken["meta"]["dt"]}
    assert taken["meta"]["dt"] > "2026"
    assert taken["http"] == {"client_ip": "10.0.0.1"}


def test_a_schema_without_them_has_its_events_as_they_came(tmp_path: Path) -> None:
    write_schema(tmp_path, "a/b", "1.0.0", {"type": "object", "properties": {"x": {"type": "number"}}})
    output = tmp_path / "events.jsonl"
    text = b'{"$schema": "/a/b/1.0.0",   "x": 1.0}'
    with local_gate(tmp_path, server_fields="wikimedia") as gate:
        gate.gate.told.append(lambda accepted, _outcomes: output.write_bytes(accepted[0].body))
        assert post(gate, text).status == 201
    assert output.read_bytes() == text


def test_the_time_of_a_message_is_that_of_the_event_as_it_is_written(tmp_path: Path) -> None:
    write_schema(tmp_path, "a/b", "1.0.0", {"type": "object", "properties": {"dt": {"type": "string"}, **PROPERTIES}})
    times: list[str | None] = []
    with local_gate(tmp_path, server_fields="wikimedia") as gate:
        gate.gate.told.append(lambda accepted, _outcomes: times.extend(event.dt for event in accepted))
        meta = {"id": "5e1dd101-641c-11e8-ab6c-b083fecf1287", "dt": "2020-01-01T00:00:00Z"}
        for own in ({}, {"dt": "2021-01-01T00:00:00Z"}):
            assert post(gate, {"$schema": "/a/b/1.0.0", "meta": meta, **own}).status == 201
        assert times == [gate.accepted[0]["meta"]["dt"], "2021-01-01T00:00:00Z"]
    assert times[0] is not None and times[0] > "2026"


def test_ids_are_uuids_and_differ() -> None:
    ids = new_ids()
    some = [next(ids) for _ in range(3000)]
    assert len(set(some)) == 3000
    assert all(uuid.UUID(one).version == 4 and uuid.UUID(one).variant == uuid.RFC_4122 for one in some)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.sampled_from("ab\"é\n")), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


def enlarged(value: object, draw: st.DataObject) -> object:
    if isinstance(value, dict):
        more = draw.draw(st.dictionaries(st.text(st.sampled_from("xy"), min_size=1), JSON_VALUES, max_size=2))
        return {**more, **{name: enlarged(item, draw) for name, item in value.items()}}
    if isinstance(value, list):
        return [enlarged(item, draw) for item in value] + draw.draw(st.lists(JSON_VALUES, max_size=1))
    return value


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=3), st.data())
def test_an_overlay_of_the_additions_makes_the_other_value(value: dict[str, object], data: st.DataObject) -> None:
    try:
        text = json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    other = enlarged(value, data)
    patch = additions(value, other)
    assert json.loads(overlaid(text, patch)) == other
    assert patch or other == value
    assert isinstance(patch, Within)
