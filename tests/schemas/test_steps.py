"""The place of an error, whatever the names on the way to it are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.schemas.steps import pointer_to, steps_to

NAMES = ["", "0", "1", "01", "+1", "-1", "00", "1_0", " 1", "٣", "a/b", "~", "9" * 30, "x"]
STRINGS_ONLY = {"type": ["string", "object", "array"], "additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}}


def errors(document: Any) -> list[Any]:
    from jsonschema_rs import Draft7Validator

    return list(Draft7Validator(STRINGS_ONLY).iter_errors(document))


@pytest.mark.parametrize("inner", NAMES)
@pytest.mark.parametrize("outer", NAMES)
def test_names_are_as_they_are_written(outer: str, inner: str) -> None:
    document = {outer: {"other": "a", inner: 1}}
    (error,) = errors(document)
    assert steps_to(document, error) == [outer, inner]
    assert pointer_to(document, error) == f"/{escape_token(outer)}/{escape_token(inner)}"


def test_names_that_are_called_the_same_are_told_apart_by_their_values() -> None:
    document = {"1": "a", "01": 2, "": {"1": 3}}
    assert {pointer_to(document, error) for error in errors(document)} == {"/01", "//1"}


@given(
    st.recursive(st.just("a"), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES), inner)),
    st.data(),
)
def test_leads_to_what_is_wrong(document: Any, data: st.DataObject) -> None:
    steps, value = [], [document]
    while value[-1] and not isinstance(value[-1], str):
        names = list(value[-1]) if isinstance(value[-1], dict) else range(len(value[-1]))
        steps.append(data.draw(st.sampled_from(names)))
        value.append(value[-1][steps[-1]])
    if not steps:
        return
    value[-2][steps[-1]] = 5
    (error,) = errors(document)
    assert steps_to(document, error) == steps
