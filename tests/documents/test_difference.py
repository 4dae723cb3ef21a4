"""What distinguishes two documents: the words for it, and that nothing is missed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from deepdiff import DeepDiff
from hypothesis import example, given
from hypothesis import strategies as st

from jsonschema_tools.documents.difference import differences
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Document, ExactFloat, Timestamp, clone, equal, scalar_key
from jsonschema_tools.nodejs.ecmascript import deep_equal, deep_key
from tests.strategies import JSON

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "differences" / "words.yaml").read_text())

EXACT = [ExactFloat(0.1, "0.10000000000000000001"), ExactFloat(0.1, "0.10000000000000000002")]
ODD = [True, 1, False, 0, -0.0, 0.1, 2**53, 2**53 + 1, 10**400, float("nan"), float("inf"), *EXACT]
DATES = [Timestamp("2021-01-01T00:00:00.000Z"), "2021-01-01T00:00:00.000Z"]
NAMES = ["a", "b", "__a", "__class__", "", "a/b", "~", "a: b", "0"]


def documents(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
        ),
        max_leaves=10,
    )


@st.composite
def pairs(draw: st.DrawFn, leaves: st.SearchStrategy[Any]) -> tuple[Document, Document]:
    """Two documents: any two, or one and what a few edits make of it."""
    old = draw(documents(leaves))
    if draw(st.booleans()):
        return old, draw(documents(leaves))
    new = [clone(old)]
    for _ in range(draw(st.integers(0, 3))):
        edit(draw, new, leaves)
    return old, new[0]


def edit(draw: st.DrawFn, holder: Any, leaves: st.SearchStrategy[Any]) -> None:
    """Replace, remove, add or move something somewhere inside."""
    place = draw(st.sampled_from(range(len(holder)) if isinstance(holder, list) else sorted(holder)))
    inner = holder[place]
    if isinstance(inner, (list, dict)) and inner and draw(st.booleans()):
        edit(draw, inner, leaves)
    elif isinstance(inner, list) and draw(st.booleans()):
        holder[place] = draw(st.permutations([*inner, draw(leaves)]))
    elif isinstance(inner, dict) and inner and draw(st.booleans()):
        inner.pop(draw(st.sampled_from(sorted(inner))))
    else:
        holder[place] = draw(documents(leaves))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['old']} -> {case['new']}")
def test_words(case: dict[str, Any]) -> None:
    old, new = (parse(case[name], source=name) for name in ("old", "new"))
    assert [str(found) for found in differences(old, new)] == case["says"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (DATES[0], DATES[1], f"{DATES[1]!r} (a date without quotes) became {DATES[1]!r} (a text)"),
        (0, -0.0, "0 became -0.0"),
    ],
)
def test_words_for_what_only_javascript_tells_apart(old: Document, new: Document, words: str) -> None:
    assert differences(old, new) == ()
    assert [found.words for found in differences(old, new, deep_key)] == [words]


@given(pairs(st.sampled_from([*ODD, *DATES, None, "x", "y"]) | JSON))
def test_there_are_differences_exactly_where_documents_are_not_equal(pair: tuple[Document, Document]) -> None:
    assert (differences(*pair) == ()) == equal(*pair)
    assert (differences(*pair, deep_key) == ()) == deep_equal(*pair)


@given(pairs(st.sampled_from([*ODD, None, "x", "y"])))
@example(([True, {"a": True}, True], [1, True, {}]))
@example(([[], {"a": True}, []], [True, [], {}]))
def test_every_pointer_leads_to_a_value(pair: tuple[Document, Document]) -> None:
    old, new = pair
    for pointer, words in differences(old, new):
        at(old if words.endswith(" removed") else new, pointer)


def at(document: Document, pointer: str) -> Document:
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


@given(pairs(st.sampled_from([True, 1, False, 0, 0.1, None, "x", "y"])))
def test_what_deepdiff_finds_is_found(pair: tuple[Document, Document]) -> None:
    assert not DeepDiff(*pair, ignore_numeric_type_changes=True) or differences(*pair)


@given(st.sampled_from([*ODD, *DATES, None, "x"]), st.sampled_from([*ODD, *DATES, None, "x"]))
def test_keys_are_the_same_exactly_for_equal_values(one: Any, other: Any) -> None:
    assert (scalar_key(one) == scalar_key(other)) == equal(one, other)
    assert (deep_key(one) == deep_key(other)) == deep_equal(one, other)


def test_lists_and_shared_parts_are_compared_in_linear_time() -> None:
    size = 20_000
    old, new = [f"a{index}" for index in range(size)], [f"b{index}" for index in range(0, size, 2)]
    assert len(differences(old, new)) == size
    assert len(differences(old, old[1:])) == 1
    assert [str(found) for found in differences(old, [*old[1:], "a0"])] == ["/: the order of the items changed"]
    deep: Document = "x"
    for _ in range(100):
        deep = [deep, deep]
    assert differences(deep, clone(deep)) == ()
