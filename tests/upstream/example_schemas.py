"""Hypothesis strategies for the schemas that a generator of examples has to understand, or refuse."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from jsonschema_tools.nodejs.examples.strings import FORMATS
from tests.strategies import JSON, NAMES, NUMBERS

NOW = {"date", "time", "datetime"}
"""Formats whose value is of today upstream."""

COUNT = st.integers(0, 4)
LENGTH = st.one_of(COUNT, st.integers(0, 30))
STEP = st.one_of(st.sampled_from([1, 2, 3, 7, 0.5, 0.25, 0.1, 0.01, 1.5, 1e-7, 100]), st.integers(1, 1000))
NUMERIC = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={
        "minimum": NUMBERS,
        "maximum": NUMBERS,
        "multipleOf": STEP,
        "exclusiveMinimum": st.one_of(st.booleans(), NUMBERS),
        "exclusiveMaximum": st.one_of(st.booleans(), NUMBERS),
        "enum": st.lists(st.one_of(NUMBERS, JSON), min_size=1, max_size=8),
    },
)

LITERALS = st.one_of(
    st.text(alphabet="ab1-_ .,/é😀", min_size=1, max_size=3), st.sampled_from([r"\.", r"\-", r"\/", r"\$"])
)
CLASSES = st.sampled_from(
    [".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", r"\t", r"\x41", r"\u0042", r"\cA", r"\07", r"\0", r"\b", "^", "$"]
)
MEMBERS = st.sampled_from(
    ["a-z", "A-Z", "0-9", "a-f", "x", "-", r"\d", r"\w", r"\s", r"\W", r"\]", r"\-", r"\\", "é", r"!-\/", "_", " -~"]
)
SETS = st.builds("[{}{}]".format, st.sampled_from(["", "^"]), st.lists(MEMBERS, max_size=4).map("".join))
QUANTIFIERS = st.one_of(
    st.sampled_from(["", "", "?", "*", "+", "{2}", "{3,}", "{1,9}", "{0,20}", "+?", "*?", "{4,1}", "{,3}", "{"]),
    st.builds("{{{},{}}}".format, st.integers(0, 9), st.integers(0, 40)),
)
PATTERNS = st.recursive(
    st.one_of(LITERALS, CLASSES, SETS, st.sampled_from([r"\1", r"\2", r"\10"])),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, QUANTIFIERS),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.builds("({}{}){}".format, st.sampled_from(["", "", "?:", "?=", "?!"]), inner, QUANTIFIERS),
        st.lists(inner, min_size=2, max_size=8).map("|".join),
    ),
    max_leaves=10,
)
BROKEN_PATTERNS = st.one_of(
    st.text(alphabet="ab\\[](){}?*+|^$-.,:=!<d0123ux", max_size=12),
    st.builds(
        "{}{}".format, PATTERNS, st.sampled_from(["(", ")", "[", "\\", "(?<=a)", "(?<n>a)", "**", "{2}{3}", "(?"])
    ),
)
DATES = st.one_of(
    st.datetimes().map(lambda moment: moment.isoformat() + "Z").filter(lambda text: text >= "0100"),
    st.builds("20{:02}-{:02}-{:02}".format, st.integers(0, 99), st.integers(1, 12), st.integers(1, 31)),
    st.builds(
        "2020-02-30T{:02}:{:02}{}".format,
        st.integers(0, 23),
        st.integers(0, 59),
        st.sampled_from(["Z", "+02:00", "-0930", ""]),
    ),
)
TEXTUAL = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "minLength": LENGTH,
        "maxLength": LENGTH,
        "pattern": PATTERNS,
        "format": st.sampled_from([*sorted(set(FORMATS) - NOW), "", "unknown"]),
        "enum": st.lists(JSON, min_size=1, max_size=8),
    },
)
DATED = st.one_of(
    st.builds(
        lambda values, name: {"type": "string", "format": name, "enum": values},
        st.lists(DATES, min_size=1, max_size=3),
        st.sampled_from(["date", "date-time", "datetime"]),
    ),
    st.builds(
        lambda time, zone: {"type": "string", "format": "time", "enum": [f"{time}{zone}"]},
        st.times().map(str),
        st.sampled_from(["", "Z", "+01:00", "-0230"]),
    ),
    st.builds(
        lambda low, high: {"type": "string", "format": "date-time", "minLength": low, "maxLength": high},
        st.integers(0, 30),
        st.integers(0, 30),
    ),
)
KEYS = st.sampled_from(["^a+$", "^[0-9a-z]{2,5}$", "b|c", "^\\d{3}$", "x?y*z", "^.*$", "name", "[^a-z]", "^$", "\\s"])
ODD_NAMES = [
    "type",
    "properties",
    "items",
    "enum",
    "default",
    "required",
    "not",
    "oneOf",
    "definitions",
    "const",
    "id",
    "$id",
    "format",
]


def structured(depth: int) -> st.SearchStrategy[Any]:
    """Schemas of every kind that the generator knows, satisfiable or not."""
    leaf: list[st.SearchStrategy[Any]] = [
        NUMERIC,
        TEXTUAL,
        st.builds(
            lambda kind: {"type": kind}, st.sampled_from(["boolean", "null", "string", "integer", "object", "array"])
        ),
        st.fixed_dictionaries({}, optional={"const": JSON, "default": JSON, "title": st.just("t"), "x-own": JSON}),
        st.sampled_from(
            [
                {},
                {"$ref": "#/definitions/d"},
                {"type": ["string", "null"]},
                {"format": "uri"},
            ]
        ),
    ]
    if not depth:
        return st.one_of(leaf)
    inner = structured(depth - 1)
    either = st.one_of(inner, inner, inner, st.booleans())
    named = st.dictionaries(st.sampled_from([*NAMES, *ODD_NAMES]), either, max_size=4)
    names = st.lists(st.sampled_from(NAMES), max_size=3, unique=True)
    objects = st.fixed_dictionaries(
        {"type": st.sampled_from(["object", "object", ["object", "string"]])},
        optional={
            "properties": named,
            "patternProperties": st.dictionaries(KEYS, either, max_size=2),
            "additionalProperties": either,
            "required": names,
            "minProperties": COUNT,
            "maxProperties": COUNT,
            "dependencies": st.dictionaries(st.sampled_from(NAMES), st.one_of(names, inner), max_size=2),
            "default": JSON,
            "oneOf": st.lists(either, min_size=1, max_size=3),
        },
    )
    arrays = st.fixed_dictionaries(
        {"type": st.just("array")},
        optional={
            "items": st.one_of(inner, either, st.lists(either, max_size=3)),
            "additionalItems": either,
            "minItems": st.one_of(COUNT, st.integers(0, 12)),
            "maxItems": COUNT,
            "uniqueItems": st.booleans(),
        },
    )
    groups = {
        "allOf": st.lists(either, min_size=1, max_size=3),
        "anyOf": st.lists(either, min_size=1, max_size=8),
        "oneOf": st.lists(either, min_size=1, max_size=3),
        "not": inner,
        "contains": inner,
        "if": inner,
    }
    combined = st.builds(lambda base, extra: {**base, **extra}, inner, st.fixed_dictionaries({}, optional=groups))
    untyped = st.builds(
        lambda schema: {k: v for k, v in schema.items() if k != "type"}, st.one_of(objects, arrays, inner)
    )
    return st.one_of(*leaf, objects, objects, arrays, combined, combined, untyped)
