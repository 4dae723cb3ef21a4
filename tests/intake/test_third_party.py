"""Sinks and checks of an installed package."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.server.in_process import local_gate
from jsonschema_tools.settings import ServeSettings
from jsonschema_tools.sinks.opening import open_sink
from tests.intake.conftest import order, post

PACKAGE = Path(__file__).parents[1] / "packages" / "third_party_sink"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--target", str(target), str(PACKAGE)], check=True, capture_output=True)
    return target


@pytest.mark.parametrize("profile", ["default", "eventgate"])
def test_they_are_used(
    schemas: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    monkeypatch.syspath_prepend(site)
    database = tmp_path / "events.sqlite"
    streams = tmp_path / "streams.yaml"
    streams.write_text(
        "defaults: {topic_prefixes: [north., south.], schema_title: shop/order}\n"
        "streams: {shop.order: {message_key_fields: {id: id}}, shop.closed: {}}\n"
    )
    settings = {"path": str(database), "closed": ["shop.closed"]}
    with local_gate(
        schemas, streams, sink="shelf", sink_settings=settings, profile=profile, topic_prefix="south."
    ) as gate:
        dt = "2026-01-31T12:00:00.5Z"
        assert post(gate, order(dt=dt)).status == 201
        closed = post(gate, order(meta={"stream": "shop.closed"}))
        tester = post(gate, order(id="test-1"))
        mixed = post(gate, [order(dt=dt), order(meta={"stream": "shop.closed"}), order(id=5), order(id="test-2")])
    message = "the shelf of shop.closed is closed"
    if profile == "default":
        assert (closed.status, tester.status, mixed.status) == (503, 400, 207)
        assert closed.json["events"][0]["errors"][0] | {"remedy": ""} == {
            "pointer": "",
            "obstacle": "not-written",
            "message": message,
            "schema_uri": "/shop/order/1.0.0",
            "remedy": "",
        }
        assert [(event["index"], event["retry"]) for event in mixed.json["events"]] == [
            (1, True),
            (2, False),
            (3, False),
        ]
        assert tester.json["events"][0]["errors"][0]["message"] == "this is an order of a tester"
    else:
        assert (closed.status, tester.status, mixed.status) == (500, 500, 207)
        assert closed.json["error"][0]["context"] == {"message": message}
        assert [item["event"]["id"] for item in mixed.json["invalid"]] == [5]
        assert len(mixed.json["error"]) == 2
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT stream, topic, key, timestamp FROM events").fetchall()
    connection.close()
    assert rows == [("shop.order", "south.shop.order", b'{"id":"4711"}', 1769860800500)] * 2


def test_a_sink_that_there_is_not() -> None:
    with pytest.raises(ConfigurationError, match="there is no sink 'nowhere'") as raised:
        open_sink(ServeSettings(sink="nowhere"))
    assert "jsonschema_tools.sinks" in (raised.value.remedy or "")


def test_settings_that_a_sink_refuses(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(site)
    with pytest.raises(ConfigurationError, match=r"the sink 'shelf' of 'event-shelf' cannot be used: KeyError: 'path'"):
        open_sink(ServeSettings(sink="shelf"))
