"""The order of keys: that of ``localeCompare`` in Node.js, for text in ASCII."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.key_order import text_order
from tests.upstream.oracle import Oracle


def assert_order(oracle: Oracle, strings: list[str]) -> None:
    """Upstream's order of the strings is ours, and it finds the same neighbours equal."""
    ours = sorted(strings, key=text_order)
    assert oracle.ask("sort", strings=ours)["value"] == ours
    pairs = list(itertools.pairwise(ours))
    equal = [not sign for sign in oracle.ask("compare", pairs=pairs)["value"]]
    assert equal == [text_order(left) == text_order(right) for left, right in pairs]


def test_pairs_of_printable_ascii(oracle: Oracle) -> None:
    printable = [chr(code) for code in range(32, 127)]
    assert_order(oracle, [first + second for first, second in itertools.product(printable, repeat=2)])


@settings(max_examples=50)
@given(strings=st.lists(st.text(st.characters(max_codepoint=127), max_size=6), min_size=2, unique=True))
def test_any_ascii(oracle: Oracle, strings: list[str]) -> None:
    assert_order(oracle, strings)
