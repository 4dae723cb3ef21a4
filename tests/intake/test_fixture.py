"""The fixture ``jst_intake``: a gate for the tests of producers."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = "pytester"

TEST = """
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

def send(url, event):
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{url}/v1/events", json.dumps(event).encode(), headers)) as answer:
        return answer.status

def test_good(jst_intake):
    assert send(jst_intake.url, {"$schema": "/shop/order/1.0.0", "id": "1"}) == 201
    assert [event["id"] for event in jst_intake.accepted] == ["1"]

def test_bad(jst_intake):
    with pytest.raises(HTTPError, match="400"):
        send(jst_intake.url, {"$schema": "/shop/order/1.0.0"})
    assert not jst_intake.accepted
    (refused,) = jst_intake.refused
    assert refused.event == {"$schema": "/shop/order/1.0.0"}
    assert refused.errors[0].keyword == "required"
"""


def test_each_test_sees_its_own_events(schemas: Path, pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", **{".jsonschema-tools": f"schemaBasePath: {schemas}\n"})
    pytester.makepyfile(TEST)
    pytester.runpytest_subprocess("-n0", "-p", "no:cacheprovider").assert_outcomes(passed=2)
