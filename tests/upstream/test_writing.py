"""Writing documents: the same bytes as upstream."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.key_order import FIRST_KEYS
from jsonschema_tools.documents.numbers import parse_decimal
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.writing import to_json, to_yaml
from tests.strategies import NUMBERS, TEXTS
from tests.upstream.oracle import Oracle

CHARACTERS = list(
    " \n\t:#'\"-?,[]{}&*!|>%@`=~ab01._eExo+<\\/\x01\x07\x1b\x7f\x85\xa0é\u2028\u2029\ufeff\ufffe\ufffd\ud7ff\ue000日😀"
)
WORDS = ["a", "word", "it's", "x:", "#x", "- y", "é" * 30, "", " ", "\n", "\n\n", "\t", "unbreakable" * 6]
RESOLVABLE = [
    "null", "nULL", "~", "true", "tRue", "FALSE", "yes", "Yes", "yEs", "on", "OFF", "oN", "y", "N", "<<", "=", ".inf",
    "-.inf", "+.INF", ".nan", ".NAN", "", "0o7", "07", "08", "1_000", "_1", "1_", "1e3", "1.", ".5", "._1", "+1", "0x",
    "0b1", "0xF_", "1:20", "1:20.5", "2021-01-01", "2021-1-1", "2021-1-1 1:00:00", "---", "...", "a#", "a #", "a: b",
]  # fmt: skip

ODD_TEXTS = st.one_of(
    TEXTS,
    st.sampled_from(RESOLVABLE),
    st.text(st.sampled_from(CHARACTERS), max_size=14),
    st.text(max_size=8),
    st.builds(
        lambda words, separator: separator.join(words),
        st.lists(st.sampled_from(WORDS), max_size=40),
        st.sampled_from([" ", "  ", "\n", " \n", ""]),
    ),
    st.from_regex(r"[-+]?(0b|0x|0o|0)?[0-9a-f_:.]{0,6}([eE][-+]?[0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}(Z|[-+][0-9])?)?", fullmatch=True),
)
KEYS = st.one_of(
    ODD_TEXTS.map(lambda text: text.encode("ascii", "ignore").decode()),
    st.sampled_from([*FIRST_KEYS, "10", "9", "b", "B"]),
    st.sampled_from(["x" * 1024, "x" * 1025, "x" * 1022 + ":", '"' * 600, "a " * 400]),
)
DOUBLES = st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: abs(number) < 2**53)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, DOUBLES, ODD_TEXTS)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=12,
)


@pytest.mark.search
@settings(max_examples=1000, suppress_health_check=list(HealthCheck))
@given(document=DOCUMENTS)
def test_writes_like_upstream(oracle: Oracle, document: Any) -> None:
    document = json.loads(json.dumps(document), parse_float=parse_decimal)
    answer = oracle.ask("serialize", document=document)
    assert to_yaml(document) == answer["yaml"]
    assert to_json(document) == answer["json"]


@st.composite
def shared(draw: st.DrawFn) -> str:
    """A document in YAML's flow style in which anchors are referred to, and sometimes there are none."""
    anchors: list[str] = []
    unused = (f"a{number}" for number in itertools.count())

    def value(depth: int) -> str:
        kind = draw(st.sampled_from(["scalar", "alias", "map", "list"] if depth else ["scalar", "alias"]))
        if kind == "alias" and anchors:
            return f"*{draw(st.sampled_from(anchors))}"
        name = next(unused) if draw(st.booleans()) else None
        if kind == "map":
            keys = draw(st.lists(st.sampled_from(["title", "b", "a", "10", "9", "type"]), max_size=4, unique=True))
            text = "{" + ", ".join(f"{key}: {value(depth - 1)}" for key in keys) + "}"
        elif kind == "list":
            text = "[" + ", ".join(value(depth - 1) for _ in range(draw(st.integers(0, 3)))) + "]"
        else:
            text = draw(st.sampled_from(["1", "x", "2021-01-01", ".inf", ".nan", "-0", "-.inf", "1e-7", "{}", "[]"]))
        if name is None:
            return text
        anchors.append(name)
        return f"&{name} {text}"

    return value(4)


@pytest.mark.search
@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(text=shared())
def test_writes_anchors_like_upstream(oracle: Oracle, text: str) -> None:
    answer = oracle.ask("dump", text=text)
    document = parse(text, source="generated.yaml")
    assert to_yaml(document) == answer["yaml"]
    assert to_json(document) == answer["json"]
