from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.numbers import parse_decimal
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Timestamp, equal
from jsonschema_tools.documents.writing import serialize, to_json, to_yaml
from jsonschema_tools.errors import SchemaError, UsageError
from tests.strategies import JSON, TEXTS

SCALARS: list[tuple[Any, str, str]] = [
    (None, "null", "null"),
    (True, "true", "true"),
    (0, "0", "0"),
    (-0.0, "-0.0", "0"),
    (12, "12", "12"),
    (1.5, "1.5", "1.5"),
    (10**21, "1e+21", "1e+21"),
    (1.0, "1", "1"),
    (1e22, "1e+22", "1e+22"),
    (1e-7, "1.e-7", "1e-7"),
    (1.5e-7, "1.5e-7", "1.5e-7"),
    (18446744073709551615, "18446744073709551615", "18446744073709551615"),
    (parse_decimal("0.12345678901234567890"), "0.1234567890123456789", "0.1234567890123456789"),
    (float("inf"), ".inf", "null"),
    (float("-inf"), "-.inf", "null"),
    (float("nan"), ".nan", "null"),
    (Timestamp("2021-01-01T00:00:00.000Z"), "2021-01-01T00:00:00.000Z", '"2021-01-01T00:00:00.000Z"'),
    ("2021-01-01T00:00:00.000Z", "'2021-01-01T00:00:00.000Z'", '"2021-01-01T00:00:00.000Z"'),
    ("plain words", "plain words", '"plain words"'),
    ("", "''", '""'),
    ("it's", "it's", '"it\'s"'),
    ("'tis", "'''tis'", '"\'tis"'),
    ("yes", "'yes'", '"yes"'),
    ("yES", "yES", '"yES"'),
    ("null", "'null'", '"null"'),
    ("~", "'~'", '"~"'),
    ("<<", "'<<'", '"<<"'),
    ("012", "'012'", '"012"'),
    ("0o12", "0o12", '"0o12"'),
    ("1e3", "'1e3'", '"1e3"'),
    ("a: b", "'a: b'", '"a: b"'),
    ("a #b", "'a #b'", '"a #b"'),
    ("a#b", "a#b", '"a#b"'),
    ("é", "é", '"é"'),
    ("😀", '"\\U0001F600"', '"😀"'),
    ("\ud83d", '"\\uD83D"', '"\\ud83d"'),
    ("\u2028", '"\\L"', '"\u2028"'),
    ("tab\t", '"tab\\t"', '"tab\\t"'),
    ("\x7f\x85\xa0", '"\\x7F\\N\\_"', '"\x7f\x85\xa0"'),
    ("a\nb", "|-\n  a\n  b", '"a\\nb"'),
    ("a\nb\n", "|\n  a\n  b", '"a\\nb\\n"'),
    ("a\n\n", "|+\n  a\n", '"a\\n\\n"'),
    ("\n", "|+\n", '"\\n"'),
    ("\n  a", "|2-\n\n    a", '"\\n  a"'),
]

DOCUMENTS = [
    ({}, "{}", "{\n}"),
    ([], "[]", "[\n]"),
    ({"a": {}, "b": []}, "a: {}\nb: []", '{\n  "a": {\n  },\n  "b": [\n  ]\n}'),
    ([[1, [2]], {"a": [{}]}], "- - 1\n  - - 2\n- a:\n    - {}", None),
    ({"b": 1, "type": 2, "title": 3, "B": 4, "_": 5}, "title: 3\ntype: 2\n_: 5\nb: 1\nB: 4", None),
    ({"yes": 1, "1": 2, "": 3}, "'': 3\n'1': 2\n'yes': 1", None),
    ({"x" * 1025: {"a": 1}}, "? " + "x" * 1025 + "\n: a: 1", None),
    ({"1" * 5000: 1}, "? '" + "1" * 5000 + "'\n: 1", None),
    ({"a\nb": 1}, '"a\\nb": 1', None),
]


@pytest.mark.parametrize(("value", "yaml", "json"), SCALARS)
def test_scalars(value: Any, yaml: str, json: str) -> None:
    assert to_yaml(value) == f"{yaml}\n"
    assert to_json(value) == json


@pytest.mark.parametrize(("document", "yaml", "json"), DOCUMENTS)
def test_collections(document: Any, yaml: str, json: str | None) -> None:
    assert to_yaml(document) == f"{yaml}\n"
    assert json is None or to_json(document) == json


def test_long_lines_are_folded() -> None:
    text = " ".join(["word"] * 20)
    folded = "a: >-\n  {}\n  word word word word word\n".format(" ".join(["word"] * 15))
    assert to_yaml({"a": text}) == folded
    assert to_yaml({"a": "x" * 79}) == "a: >-\n  {}\n".format("x" * 79)
    assert to_yaml({"a": f"short\n{text}\n"}) == folded.replace("a: >-\n", "a: >\n  short\n\n")


def test_lines_break_at_single_spaces_only() -> None:
    letters = "x" * 60
    assert to_yaml(f"{letters} {letters}") == f">-\n  {letters}\n  {letters}\n"
    assert to_yaml(f"{letters}  {letters}") == f">-\n  {letters} \n  {letters}\n"
    assert to_yaml(f"{letters}{letters} a") == f">-\n  {letters}{letters}\n  a\n"
    assert to_yaml(f" {letters} {letters}") == f"' {letters} {letters}'\n"
    assert to_yaml(f"{letters} a\n {letters} {letters}\n") == f"|\n  {letters} a\n   {letters} {letters}\n"


def test_what_occurs_twice_becomes_an_anchor() -> None:
    inner, empty = {"b": 1}, []  # type: ignore[var-annotated]
    document = {"z": [inner, empty], "a": empty, "title": inner}
    assert to_yaml(document) == "title: &ref_1\n  b: 1\na: &ref_0 []\nz:\n  - *ref_1\n  - *ref_0\n"
    assert '"title": {\n    "b": 1\n  }' in to_json(document)


def test_a_document_that_contains_itself() -> None:
    document: dict[str, Any] = {"a": 1}
    document["self"] = document
    assert to_yaml(document) == "&ref_0\na: 1\nself: *ref_0\n"
    with pytest.raises(SchemaError, match="nested too deeply"):
        to_json(document)


@pytest.mark.parametrize("content_type", ["yaml", "json"])
def test_a_document_nested_too_deeply(content_type: str) -> None:
    document: Any = []
    for _ in range(100_000):
        document = [document]
    with pytest.raises(SchemaError, match="nested too deeply"):
        serialize(document, content_type)
    while document:
        document = document[0]


def test_content_types() -> None:
    assert serialize({"a": 1}, "yaml") == "a: 1\n"
    assert serialize({"a": 1}, "json") == '{\n  "a": 1\n}'
    with pytest.raises(UsageError, match="'xml' is not known"):
        serialize({}, "xml")


@settings(suppress_health_check=list(HealthCheck))
@given(document=st.dictionaries(TEXTS, JSON, max_size=4))
def test_what_was_written_is_read_again(document: Any) -> None:
    assert equal(parse(to_yaml(document), source="document.yaml"), document)
    assert equal(parse(to_json(document), source="document.json", content_type="json"), document)
