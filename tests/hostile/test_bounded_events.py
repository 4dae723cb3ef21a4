"""An event of a few megabytes, whatever its schema, is judged in bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.events.targets import canonical

SECONDS, MEGABYTES = 10, 300
DRAFT_07 = "http://json-schema.org/draft-07/schema#"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
SELF = {"$ref": "#"}


def nested(levels: int, core: Any = 1) -> Any:
    for _ in range(levels):
        core = {"a": core}
    return core


SHAPES: dict[str, Callable[[], tuple[dict[str, Any], str]]] = {
    "alternatives that recur": lambda: (
        {
            "anyOf": [
                {"type": "object", "properties": {"a": SELF}},
                {"type": "object", "additionalProperties": SELF},
                {"type": "string"},
            ]
        },
        json.dumps(nested(200)),
    ),
    "one of alternatives that recur": lambda: (
        {
            "oneOf": [
                {"type": "object", "properties": {"a": SELF}},
                {"type": "object", "additionalProperties": SELF},
                {"const": 2},
            ]
        },
        json.dumps(nested(200)),
    ),
    "parts that recur": lambda: (
        {"type": "object", "allOf": [{"properties": {"a": SELF}}, {"properties": {"a": SELF}}]},
        json.dumps(nested(200)),
    ),
    "conditions that recur": lambda: (
        {
            "if": {"properties": {"a": SELF}},
            "then": {"properties": {"a": SELF}, "type": "object"},
            "else": {"properties": {"a": SELF}, "type": "object"},
        },
        json.dumps(nested(200)),
    ),
    "a long list of wrong items": lambda: (
        {"properties": {"x": {"items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}},
        json.dumps({"x": list(range(500_000))}),
    ),
    "a long list under alternatives that recur": lambda: (
        {"anyOf": [{"type": "array", "items": SELF}, {"type": "string"}]},
        json.dumps([["a"] * 700_000, [1]]),
    ),
    "many names missing beside a long text": lambda: (
        {"required": [f"n{i}" for i in range(1000)]},
        json.dumps({"t": "x" * 4_000_000}),
    ),
    "objects that are to differ": lambda: (
        {"properties": {"x": {"uniqueItems": True, "maxItems": 10**9}}},
        json.dumps({"x": [*({"a": i, "b": [i]} for i in range(120_000)), {"a": 1, "b": [1]}]}),
    ),
    "many patterns and names": lambda: (
        {"patternProperties": {f"^p{i}_": {"type": "string"} for i in range(300)}, "additionalProperties": False},
        json.dumps({f"q{i}": 1 for i in range(250_000)}),
    ),
    "properties that nobody evaluated": lambda: (
        {
            "$schema": DRAFT_2020,
            "anyOf": [{"properties": {f"a{i}": {}}} for i in range(100)],
            "unevaluatedProperties": False,
        },
        json.dumps({f"z{i}": 1 for i in range(250_000)}),
    ),
    "numbers with large exponents": lambda: (
        {"properties": {"x": {"items": {"multipleOf": 0.7}}}},
        '{"x":[' + ",".join(["1e4299"] * 500_000) + "]}",
    ),
    "ten thousand levels": lambda: (
        {"properties": {"a": SELF}, "maxProperties": 0},
        '{"a":' * 10_000 + "1" + "}" * 10_000,
    ),
}

PROGRAM = """
import resource, sys, time
from jsonschema_tools import EventSettings, SchemaStore, validate
store, settings = SchemaStore([sys.argv[1]]), EventSettings(allow_insecure=True)
validate(b"null", store, schema="/s/1.0.0", settings=settings)
text = open(sys.argv[1] + "/event", "rb").read()
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
verdict = validate(text, store, schema="/s/1.0.0", settings=settings)
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
print(verdict.valid, bool(verdict.errors[0].message), time.process_time() - start, grown)
"""


@pytest.mark.search
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_refused_within_bounds(tmp_path: Path, shape: str) -> None:
    schema, event = SHAPES[shape]()
    assert len(event) <= 4 << 20
    (tmp_path / "s").mkdir()
    (tmp_path / "s/1.0.0.json").write_text(json.dumps({"$schema": DRAFT_07, "$id": "/s/1.0.0", **schema}), "utf-8")
    (tmp_path / "event").write_text(event, "utf-8")
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    valid, explained, seconds, megabytes = done.stdout.split()
    assert (valid, explained) == ("False", "True")
    assert float(megabytes) < MEGABYTES
    # Far from what hangs, also on a machine that is busy.
    assert float(seconds) < 3 * SECONDS


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("/shop/order/1.0.0", "/shop/order/1.0.0"),
        ("/%73hop/%6Frder/1%2e0.0", "/shop/order/1.0.0"),
        ("/shop//order/./1.0.0", "/shop/order/1.0.0"),
        ("shop//order/1.0.0", "shop/order/1.0.0"),
        ("/a%2fb/%c3%a9/1.0.0", "/a%2Fb/%C3%A9/1.0.0"),
        ("https://example.org//%61/1.0.0", "https://example.org//a/1.0.0"),
        ("/100%/1.0.0", "/100%/1.0.0"),
    ],
)
def test_one_spelling_of_each_uri(uri: str, expected: str) -> None:
    assert canonical(uri) == expected


def test_many_spellings_are_one_schema(tmp_path: Path) -> None:
    from jsonschema_tools import SchemaStore, validate

    (tmp_path / "order").mkdir()
    (tmp_path / "order/1.0.0.json").write_text(json.dumps({"$schema": DRAFT_07, "$id": "/order/1.0.0"}), "utf-8")
    store = SchemaStore([str(tmp_path)])
    names = {"".join(f"%{ord(c):02x}" if (n >> i) & 1 else c for i, c in enumerate("order")) for n in range(32)}
    verdicts = [validate({"$schema": f"/{name}/1.0.0"}, store) for name in names]
    assert {verdict.schema_uri for verdict in verdicts} == {"/order/1.0.0"}
    assert all(verdict.valid for verdict in verdicts)
