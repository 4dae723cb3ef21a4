from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.collation import ASCII_ORDER, collation_key
from jsonschema_tools.documents.key_order import FIRST_KEYS, sorted_keys

IN_ORDER = [
    ["\t", " ", "_", "-", "0", "9", "a", "A", "b", "z", "Z"],
    ["a", "A", "á", "Á", "aa", "Aa", "ab"],
    ["cote", "coté", "côte", "côté"],
    ["co-op", "coop", "Coop", "co\u00f6p"],
    ["o", "ö", "oe", "œ", "p"],
    ["z", "α", "а", "א", "ا", "क", "ก", "가", "あ", "一", "丁", "𠀀", "\U000e1000", "\ufffd"],
    ["ก", "เก", "ข", "เข"],
    ["ss", "ß", "st"],
    ["'", "‘", '"', "“"],
    ["и", "и\u0323", "и\u0323\u0301", "й", "й\u0323"],
    ["1", "¹", "½", "10", "2"],
]

EQUAL = [
    ("é", "e\u0301"),
    ("가", "\u1100\u1161"),
    ("a\u0323\u0307", "a\u0307\u0323"),
    ("ab", "a\x00b"),
    ("Å", "\u212b"),
]


@pytest.mark.parametrize("strings", IN_ORDER)
def test_order(strings: list[str]) -> None:
    keys = [collation_key(text) for text in strings]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal(left: str, right: str) -> None:
    assert collation_key(left) == collation_key(right)


@settings(deadline=None)
@given(text=st.text(max_size=8))
def test_the_form_of_normalization_does_not_matter(text: str) -> None:
    assert collation_key(unicodedata.normalize("NFC", text)) == collation_key(unicodedata.normalize("NFD", text))


@settings(deadline=None)
@given(texts=st.lists(st.text(st.characters(max_codepoint=127)), max_size=5))
def test_ascii_is_ordered_alike_with_and_without_the_table(texts: list[str]) -> None:
    beside = sorted(texts, key=lambda text: collation_key(f"é{text}"))
    assert [collation_key(text) for text in beside] == sorted(map(collation_key, texts))


def test_the_table_is_not_read_for_ascii() -> None:
    question = (
        "from jsonschema_tools.documents import collation as c;"
        "[c.collation_key(chr(code)) for code in range(128)]; print(c._data.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_known_keys_come_first() -> None:
    mapping = dict.fromkeys(["zebra", "Apple", "apple", *reversed(FIRST_KEYS), "10", "$ref", "é"])
    assert sorted_keys(mapping) == [*FIRST_KEYS, "$ref", "10", "apple", "Apple", "é", "zebra"]


def test_equal_keys_stay_in_their_order() -> None:
    assert sorted_keys({"e\u0301": 1, "é": 2}) == ["e\u0301", "é"]
    assert sorted_keys({"é": 1, "e\u0301": 2}) == ["é", "e\u0301"]


@pytest.mark.parametrize(
    ("keys", "ordered"),
    [
        ("toString", "toString"),
        ("z constructor", "constructor z"),
        ("constructor title", "constructor title"),
        ("type constructor a title", "type constructor title a"),
        ("b title toString type $id valueOf A", "title toString $id type valueOf A b"),
        ("z toString a constructor", "toString constructor a z"),
    ],
)
def test_inherited_names(keys: str, ordered: str) -> None:
    assert sorted_keys(dict.fromkeys(keys.split())) == ordered.split()


def test_every_printable_character_of_ascii_has_a_place() -> None:
    printable = {chr(code).lower() for code in range(32, 127)}
    assert printable <= set(ASCII_ORDER)
    assert len(set(ASCII_ORDER)) == len(ASCII_ORDER)
