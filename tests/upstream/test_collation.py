"""The order of text: that of ``localeCompare`` in Node.js."""

from __future__ import annotations

import itertools
import sys
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.collation import collation_key
from tests.upstream.oracle import Oracle

FIRST_ICU = 78
"""Older versions order a few characters otherwise, and do not know the newest ones."""


@pytest.fixture(scope="session", autouse=True)
def _new_enough(oracle: Oracle) -> None:
    version = oracle.ask("versions")["icu"]
    if int(version.split(".")[0]) < FIRST_ICU:
        pytest.skip(f"Node.js has ICU {version}")


def assert_order(oracle: Oracle, strings: list[str]) -> None:
    """Upstream's order of the strings is ours, and it finds the same neighbours equal."""
    ours = sorted(strings, key=collation_key)
    assert oracle.ask("sort", strings=ours)["value"] == ours
    pairs = list(itertools.pairwise(ours))
    equal = [not sign for sign in oracle.ask("compare", pairs=pairs)["value"]]
    assert equal == [collation_key(left) == collation_key(right) for left, right in pairs]


def test_pairs_of_printable_ascii(oracle: Oracle) -> None:
    printable = [chr(code) for code in range(32, 127)]
    assert_order(oracle, [first + second for first, second in itertools.product(printable, repeat=2)])


def test_every_code_point(oracle: Oracle) -> None:
    assert_order(oracle, [chr(code) for code in range(sys.maxunicode + 1) if code < 0x34000 or code % 0x1000 < 4])


def test_decomposed_is_equal_to_composed(oracle: Oracle) -> None:
    composed = [chr(code) for code in range(0xA0, 0x2000) if unicodedata.decomposition(chr(code))]
    both = [form for text in composed for form in (text, unicodedata.normalize("NFD", text))]
    assert_order(oracle, both)


def _block(*ranges: tuple[int, int]) -> st.SearchStrategy[str]:
    return st.sampled_from([chr(code) for first, last in ranges for code in range(first, last + 1)])


BLOCKS = [
    _block((0x00, 0x7F)),
    st.sampled_from(list("aAbBeEoO")),
    _block((0xA0, 0x24F), (0x1E00, 0x1FFF)),
    _block((0x300, 0x36F), (0x591, 0x5BD), (0x64B, 0x65F), (0x1DC0, 0x1DFF)),
    _block((0x370, 0x52F)),
    _block((0x600, 0x6FF), (0xFB50, 0xFDFF)),
    _block((0x900, 0xDFF)),
    _block((0xE00, 0xEFF)),
    _block((0xF40, 0xFBC)),
    _block((0x1100, 0x11FF), (0xAC00, 0xACFF)),
    _block((0x3040, 0x30FF), (0x3200, 0x33FF), (0xFF00, 0xFFEF)),
    _block((0x3400, 0x3450), (0x4E00, 0x4EFF), (0x9FA0, 0xA000), (0xF900, 0xFA30), (0x20000, 0x20050)),
    _block((0xAA80, 0xAADF), (0x1980, 0x19DF)),
    _block((0x1F300, 0x1F64F), (0x2000, 0x2BFF), (0xFE00, 0xFE0F)),
    st.characters(),
]


@st.composite
def mixed(draw: st.DrawFn) -> list[str]:
    """Strings over few scripts, so that they have much in common."""
    blocks = draw(st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=3))
    return draw(st.lists(st.text(st.one_of(blocks), max_size=5), min_size=2, max_size=60, unique=True))


@pytest.mark.search
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(strings=mixed())
def test_mixed_scripts(oracle: Oracle, strings: list[str]) -> None:
    assert_order(oracle, strings)
