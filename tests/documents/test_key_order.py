"""The order of keys in files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.documents.key_order import ASCII_ORDER, FIRST_KEYS, sorted_keys, text_order


def test_known_keys_come_first() -> None:
    mapping = dict.fromkeys(["zebra", "Apple", "apple", *reversed(FIRST_KEYS), "10", "$ref", "é"])
    assert sorted_keys(mapping) == [*FIRST_KEYS, "$ref", "10", "apple", "Apple", "zebra", "é"]


def test_equal_keys_stay_in_their_order() -> None:
    assert sorted_keys({"a\x01": 1, "a": 2}) == ["a\x01", "a"]
    assert sorted_keys({"a": 1, "a\x01": 2}) == ["a", "a\x01"]


def test_names_that_objects_of_javascript_inherit_are_names_as_others() -> None:
    assert sorted_keys(dict.fromkeys(["b", "title", "toString", "$id", "a"])) == ["title", "$id", "a", "b", "toString"]


def test_every_printable_character_of_ascii_has_a_place() -> None:
    printable = {chr(code).lower() for code in range(32, 127)}
    assert printable <= set(ASCII_ORDER)
    assert len(set(ASCII_ORDER)) == len(ASCII_ORDER)


@given(st.lists(st.text(), max_size=8))
def test_the_order_does_not_depend_on_the_order_before(texts: list[str]) -> None:
    assert list(map(text_order, sorted(texts, key=text_order))) == sorted(map(text_order, reversed(texts)))
