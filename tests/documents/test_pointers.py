"""JSON Pointers: the examples of RFC 6901, section 5, and the laws."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.documents.pointers import at, child, join, split

DOCUMENT: dict[str, Any] = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}
EXAMPLES = {
    "": DOCUMENT,
    "/foo": ["bar", "baz"],
    "/foo/0": "bar",
    "/": 0,
    "/a~1b": 1,
    "/c%d": 2,
    "/e^f": 3,
    "/g|h": 4,
    "/i\\j": 5,
    '/k"l': 6,
    "/ ": 7,
    "/m~0n": 8,
}


@pytest.mark.parametrize("pointer", EXAMPLES)
def test_the_examples_of_the_specification(pointer: str) -> None:
    assert at(DOCUMENT, pointer) == EXAMPLES[pointer]


@given(st.lists(st.text()))
def test_what_is_split_was_joined(steps: list[str]) -> None:
    assert split(join(steps)) == steps


@pytest.mark.parametrize("step", ["2", "-1", "-", "x", "٣", "1" * 5000, "0.5", ""])
def test_no_other_text_is_an_index(step: str) -> None:
    with pytest.raises(LookupError):
        child(["a", "b"], step)


@pytest.mark.parametrize("value", [None, 1, "text", True])
def test_nothing_is_inside_of_a_value(value: Any) -> None:
    with pytest.raises(LookupError):
        child(value, "0")
