"""Differences in sentences: nothing is left out, and nothing said twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.compatibility.sentences import sentences
from jsonschema_tools.documents.values import equal
from tests.compatibility.soups import Soup

ONE: dict[str, Any] = {"$id": "/a/1.0.0", "type": "object", "properties": {"x": {"type": "string", "maxLength": 5}}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ()),
        ({"$id": "/a/1.1.0"}, ("/$id: '/a/1.0.0' became '/a/1.1.0'",)),
        ({"properties": {}}, ("/properties/x: the property 'x' was removed",)),
        (
            {"$id": "/a/1.1.0", "properties": {**ONE["properties"], "y/z": {}}},
            ("/$id: '/a/1.0.0' became '/a/1.1.0'", "/properties/y~1z: the property 'y/z' was added"),
        ),
        ({"title": "a"}, ("/title: title was added",)),
        ({"properties": 5}, ("/properties/x: the property 'x' was removed",)),
        ({"$schema": 5}, ("/$schema: 5 added",)),
    ],
)
def test_changes_have_their_words(change: dict[str, Any], said: tuple[str, ...]) -> None:
    assert sentences(ONE, {**ONE, **change}) == said


@pytest.mark.parametrize("pair", [(None, 1), ([], {}), (True, {}), ({"a": [1]}, {"a": [1, 2]}), ({"$ref": "/x"}, {})])
def test_whatever_there_is_is_told(pair: tuple[Any, Any]) -> None:
    assert sentences(*pair)
    assert sentences(*reversed(pair))


@given(st.randoms(use_true_random=False))
def test_there_are_none_exactly_where_nothing_changed(random: Any) -> None:
    soup = Soup(random, "draft-07")
    old, new = soup.document(), soup.document()
    assert (sentences(old, new) == ()) is equal(old, new)
