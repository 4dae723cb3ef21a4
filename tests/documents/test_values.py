"""Keys of values: what is compared in one pass must come out as if each were compared with each."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.values import Equality, ExactFloat, Timestamp, distinct, equal, value_key
from jsonschema_tools.nodejs.ecmascript import same_in_ecmascript, strict_key

_ATOMS: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.0, 0.0, -0.0, 0.1, 2**53, 2**53 + 1, float(2**53), 10**400, 10**400 + 1),
    *(ExactFloat(0.1, "0.10000000000000000001"), ExactFloat(0.1, "0.10000000000000000002"), ExactFloat(1.0, "1e-400")),
    *(math.nan, math.inf, -math.inf, 1e308, 10**308),
    *("", "a", "1", "true", "null", "2021-01-01T00:00:00.000Z", Timestamp("2021-01-01T00:00:00.000Z")),
    *([], {}, [1], [True], [[1]], {"a": 1}, {"a": True}, {"a": 1.0}, ["object", "a"], {"object": []}),
]
_VALUES = st.recursive(
    st.sampled_from(_ATOMS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("left", _ATOMS, ids=repr)
def test_keys_of_single_values(left: Any) -> None:
    for right in _ATOMS:
        assert (value_key(left) == value_key(right)) is equal(left, right), (left, right)
        same = strict_key(left) is not None and strict_key(left) == strict_key(right)
        assert same is same_in_ecmascript(left, right), (left, right)


@settings(max_examples=500)
@given(_VALUES, _VALUES)
def test_a_key_is_shared_by_what_is_equal(left: Any, right: Any) -> None:
    assert (value_key(left) == value_key(right)) is equal(left, right)


@settings(max_examples=500)
@given(_VALUES, _VALUES)
def test_asking_once_is_asking_each_time(left: Any, right: Any) -> None:
    once = Equality()
    assert once([left, right], [right, left]) is equal([left, right], [right, left])
    assert once(left, right) is equal(left, right)
    assert once(right, left) is equal(right, left)


@given(st.lists(_VALUES, max_size=8))
def test_distinct_values_are_those_of_comparing_each_with_each(values: list[Any]) -> None:
    expected: list[Any] = []
    for value in values:
        if not any(equal(value, other) for other in expected):
            expected.append(value)
    assert list(map(id, distinct(values))) == list(map(id, expected))
