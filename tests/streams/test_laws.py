"""Laws of streams, for any document."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from regress import Regex

from jsonschema_tools import Streams
from jsonschema_tools.documents.values import equal
from jsonschema_tools.patterns.reading import parse
from jsonschema_tools.patterns.searching import search
from jsonschema_tools.streams.constraints import read_constraints, satisfies
from jsonschema_tools.streams.merging import merged, merged_otherwise
from jsonschema_tools.streams.php import text_of

KEYS = st.sampled_from(["a", "b", "c", "0", "topics_", "x-y"])
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1e30, "a", "1", ""])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
SETTINGS = st.dictionaries(KEYS, VALUES, max_size=4)
NAMES = st.sampled_from(["a", "a.b", "job.x", "/^job\\..+/", "/^A/i", "z"])
DOCUMENTS = st.fixed_dictionaries({"defaults": SETTINGS, "streams": st.dictionaries(NAMES, SETTINGS, max_size=4)})


@given(DOCUMENTS)
def test_asking_changes_nothing(document: dict[str, Any]) -> None:
    before = deepcopy(document)
    streams = Streams.of(document)
    first = streams.get()
    for name in ("a", "job.x", "nowhere"):
        streams.find(name)
    assert equal(streams.get(), first)
    assert equal(document, before)


@given(DOCUMENTS)
def test_a_stream_is_found_as_it_is_listed(document: dict[str, Any]) -> None:
    streams = Streams.of(document)
    everything = streams.get()
    assert list(everything) == list(document["streams"])
    for name, settings in everything.items():
        assert equal(streams.find(name), settings)
        assert equal(streams.get([name]), {name: settings})
        assert streams.topics(name) == settings["topics"]


@given(DOCUMENTS)
def test_an_answer_means_the_same(document: dict[str, Any]) -> None:
    streams = Streams.of(document)
    again = Streams.of(json.loads(json.dumps({"streams": streams.get()})))
    for name in (*document["streams"], "job.y", "Ab"):
        assert equal(again.find(name), streams.find(name))


@given(DOCUMENTS, SETTINGS)
def test_constraints_choose_among_all(document: dict[str, Any], constraints: dict[str, Any]) -> None:
    streams = Streams.of(document)
    chosen = streams.get(None, constraints)
    assert all(equal(settings, streams.get()[name]) for name, settings in chosen.items())
    assert all(satisfies(settings, constraints) for settings in chosen.values())
    assert equal(streams.get(None, {}), streams.get())


@given(SETTINGS, SETTINGS)
def test_merging(defaults: dict[str, Any], settings: dict[str, Any]) -> None:
    both = merged(defaults, settings)
    assert set(both) == {*defaults, *settings}
    assert equal(merged({}, settings), settings)
    assert equal(merged(defaults, {}), defaults)
    assert all(equal(both[key], value) for key, value in settings.items() if not isinstance(value, dict))
    assert equal(merged(both, settings), both) or any(isinstance(value, dict) for value in settings.values())
    # Where neither has a list, nobody merges by index.
    if "[" not in json.dumps([defaults, settings])[1:]:
        assert list(merged_otherwise(defaults, settings)) == []


@given(st.dictionaries(st.sampled_from(["a", "b[c]", "b[d][e]"]), st.text("xyz1. ", max_size=4), max_size=3))
def test_constraints_of_a_request(pairs: dict[str, str]) -> None:
    found = read_constraints("|".join(f"{key}={value.replace(' ', '+')}" for key, value in pairs.items()))
    leaves = {"a": ["a"], "b[c]": ["b", "c"], "b[d][e]": ["b", "d", "e"]}
    for key, value in pairs.items():
        at: Any = found
        for step in leaves[key]:
            at = at[step]
        assert at == value


CASES = {
    True: "1", False: "", -7: "-7", 0.1: "0.1", 1e25: "1.0E+25", 1.5e-7: "1.5E-7", 2**63: "9.2233720368548E+18",
    0.1 + 0.2: "0.3", 123456789012345.6: "1.2345678901235E+14", float("inf"): "INF", float("-inf"): "-INF", "x": "x",
}  # fmt: skip


def test_scalars_as_php_writes_them() -> None:
    assert {value: text_of(value) for value in CASES} == CASES
    assert (text_of(1), text_of(0), text_of(float("nan"))) == ("1", "0", "NAN")


PATTERNS = st.sampled_from(
    [
        "a",
        "^[a-c]+$",
        "[^b]",
        "\\w",
        "\\W",
        "\\d",
        "[k-s]",
        "^Ä$",
        "[^\\w]",
        "ς",
        "\\u{17f}",
        "ß",
        "(?=a).",
        "K",
    ]
)


@given(PATTERNS, st.text("aAbBkKsSzZ1_.äÄσςΣ\u212a\u017fßẞ", max_size=3))
def test_case_is_ignored_as_elsewhere(source: str, text: str) -> None:
    """A second opinion; regress reads ``[\\W_]`` otherwise than V8, which agrees with us."""
    wanted = Regex(source, "iu").find(text) is not None
    assert search(parse(source, unicode=True, ignore_case=True), text) is wanted


def test_looking_up_is_quick_whatever_names_there_are() -> None:
    streams = Streams.of({f"stream.{number}": {} for number in range(500)} | {"/^job\\..+/": {}})
    start = time.perf_counter()
    for number in range(100_000):
        streams.stream(f"stranger.{number}")
    assert time.perf_counter() - start < 30
    assert streams.table._stream.cache_info().currsize <= 10_000
