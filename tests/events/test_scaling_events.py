"""The work for events grows as their number does, in whatever form they come."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from jsonschema_tools.events.splitting import JsonSplitter
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.sources.files import blocks
from jsonschema_tools.sources.workers import validated

pytestmark = pytest.mark.search

SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}, "list": {"items": {"type": "integer"}}}}
FACTOR = 10
"""Four times as many events may take ten times as long: a quadratic way takes sixteen times."""


def events(count: int, *, refused: bool = False) -> list[dict[str, object]]:
    return [
        {"$schema": "/a/1.0.0", "id": 5 if refused else f"a{number}", "list": [1, 2, 3], "text": 'some "}, {" text'}
        for number in range(count)
    ]


FORMS: dict[str, Callable[[int], bytes]] = {
    "a.jsonl": lambda count: "".join(f"{json.dumps(event)}\n" for event in events(count)).encode(),
    "a.jsonl.gz": lambda count: gzip.compress(FORMS["a.jsonl"](count), 1),
    "list.json": lambda count: json.dumps(events(count)).encode(),
    "indented.json": lambda count: json.dumps(events(count), indent=2).encode(),
    "list.json.gz": lambda count: gzip.compress(FORMS["list.json"](count), 1),
    "stream.json": lambda count: "".join(f"{json.dumps(event, indent=1)}\n" for event in events(count)).encode(),
    "of lists.json": lambda count: json.dumps([[event] for event in events(count)]).encode(),
    "refused.json": lambda count: json.dumps(events(count // 10, refused=True)).encode(),
    "one line.json": lambda count: json.dumps(events(count)).replace(" ", "").encode(),
}


def seconds(path: Path) -> float:
    validator = partial(EventValidator, SchemaValidators(lambda _uri: SCHEMA))
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        assert sum(block.result.summary.events for block in validated(blocks(str(path)), validator, 1)) > 0
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", FORMS)
def test_linear_in_the_number_of_events(name: str, tmp_path: Path) -> None:
    path, count = tmp_path / name, 10_000
    times = []
    for number in (count, 4 * count):
        path.write_bytes(FORMS[name](number))
        times.append(seconds(path))
    assert times[1] < FACTOR * times[0], times


@pytest.mark.parametrize("name", ["list.json", "indented.json", "list.json.gz"])
def test_lists_beside_lines(name: str, tmp_path: Path) -> None:
    """Within twice the time, with room for a busy machine: event by event it takes ninety times as long."""
    lines, other = tmp_path / "lines.jsonl", tmp_path / name
    lines.write_bytes(FORMS["a.jsonl"](40_000))
    other.write_bytes(FORMS[name](40_000))
    assert seconds(other) < 5 * seconds(lines)


@pytest.mark.parametrize(
    "inner", ['{"a":1}', '{"a":{"b":[]}},{"a":{"b":1}}', '"x"', "1", '{"a":"\\\\\\"}, {\\"a"}', "[[]]"]
)
def test_splitting_a_value_costs_what_it_is_long(inner: str) -> None:
    """One long value, cut into pieces as a pipe does it."""

    def cost(count: int) -> float:
        text = ('[{"list":[' + ",".join([inner] * count) + "]}," + '{"x":1}]').encode()
        start = time.process_time()
        splitter, found = JsonSplitter(), []
        for place in range(0, len(text), 2**14):
            found += splitter.feed(text[place : place + 2**14])
        found += splitter.end()
        assert len(found) == 2
        return time.process_time() - start

    cost(1000)
    few, many = (min(cost(count) for _ in range(2)) for count in (10_000, 40_000))
    assert many < FACTOR * few, (few, many)
