"""The answers of EventStreamConfig, as it was seen to give them, but for the two differences that are meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools import ConfigurationError, Streams
from jsonschema_tools.streams.constraints import read_constraints
from jsonschema_tools.streams.names import is_regex, name_pattern

ANSWERS = json.loads((Path(__file__).parents[1] / "cases/streams/answers.json").read_text("utf-8"))


def named(case: dict[str, Any]) -> str:
    return str(case.get("name") or case.get("constraints") or case)[:60]


@pytest.mark.parametrize("case", ANSWERS["get"]["cases"], ids=named)
def test_get(case: dict[str, Any]) -> None:
    streams = Streams.of({"streams": ANSWERS["get"]["streams"], "defaults": ANSWERS["get"]["defaults"]})
    assert streams.get(case["streams"], case["constraints"]) == case["expected"]


@pytest.mark.parametrize("case", ANSWERS["matches"]["cases"], ids=named)
def test_constraints(case: dict[str, Any]) -> None:
    name = ANSWERS["matches"]["stream"]
    streams = Streams.of({name: ANSWERS["matches"]["settings"]})
    assert (name in streams.get(None, case["constraints"])) is case["expected"]


@pytest.mark.parametrize("case", ANSWERS["topics"], ids=lambda case: f"{case['stream']} {case['settings']}"[:60])
def test_topics(case: dict[str, Any]) -> None:
    streams = Streams.of({case["stream"]: case["settings"]})
    assert streams.topics(case["asked_as"] or case["stream"]) == case["expected"]


@pytest.mark.parametrize("case", ANSWERS["merge"], ids=lambda case: f"{case['settings']}")
def test_merging(case: dict[str, Any]) -> None:
    expected = case["expected"]
    if case["settings"] == {"topic_prefixes": []}:
        # A difference that is meant: a list replaces that of the defaults.
        expected = {"topic_prefixes": [], "stream": "s", "topics": []}
    streams = Streams.of({"defaults": case["defaults"], "streams": {"s": case["settings"]}})
    assert streams.find("s") == expected


@pytest.mark.parametrize("case", ANSWERS["match"], ids=lambda case: f"{case['stream']} {case['name']}")
def test_matching(case: dict[str, Any]) -> None:
    # A difference that is meant: `$` of ECMA-262 does not match before a line break.
    expected = case["expected"] and not case["name"].endswith("\n")
    key = case["stream"]
    found = name_pattern(key).matches(case["name"]) if is_regex(key) else key == case["name"]
    assert found is expected
    streams = Streams.of({key: {}})
    assert (streams.get(None, {"stream": case["name"]}) != {}) is expected


@pytest.mark.parametrize("case", ANSWERS["invalid"], ids=lambda case: case["stream"])
def test_what_is_wrong(case: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Streams.of({"streams": {case["stream"]: case["settings"]}})
    assert caught.value.pointer
    assert caught.value.remedy


@pytest.mark.parametrize("case", ANSWERS["order"], ids=lambda case: f"{case['streams']}"[:60])
def test_order(case: dict[str, Any]) -> None:
    expected = case["expected"]
    if isinstance(expected, list):
        # PHP writes a mapping whose keys are 0, 1, 2 as a list.
        expected = {str(index): item for index, item in enumerate(expected)}
    assert Streams.of({"streams": case["streams"]}).get([case["asked"]]) == expected


@pytest.mark.parametrize("case", ANSWERS["constraints_parameter"]["cases"], ids=lambda case: str(case["parts"]))
def test_constraints_of_a_request(case: dict[str, Any]) -> None:
    assert read_constraints("|".join(case["parts"])) == case["expected"]


def test_all_answers_are_asked() -> None:
    assert set(ANSWERS) - {"source"} == {
        "get", "matches", "topics", "merge", "match", "invalid", "order", "constraints_parameter"
    }  # fmt: skip
