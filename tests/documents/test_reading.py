"""Text to document: values, errors with their places, limits, and two engines that agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.limits import MAX_DEPTH, MAX_NODES
from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import ExactFloat, Timestamp, equal
from jsonschema_tools.documents.yaml import events as yaml_events
from jsonschema_tools.documents.yaml.fast import read_fast
from jsonschema_tools.documents.yaml.reading import parse_exactly
from jsonschema_tools.errors import DocumentError, Position, UsageError
from tests.conftest import examples
from tests.documents.yaml_texts import mutated, yaml_texts
from tests.needs import NO_CORPUS, WMF_PRIMARY
from tests.upstream.oracle import encode

CASES = Path(__file__).parents[1] / "cases" / "reading"
SMALLEST_SCHEMA = 60
"""Smaller files of the corpus are symlinks, stored as text."""


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", cases("values"), ids=lambda case: repr(case["text"]))
def test_value(case: dict[str, Any]) -> None:
    assert encode(parse(case["text"], source="text")) == case["value"]


@pytest.mark.parametrize("case", cases("errors") + cases("differences"), ids=lambda case: repr(case["text"]))
def test_error(case: dict[str, Any]) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(case["text"], source="a.yaml")
    assert caught.value.location == f"a.yaml:{case['at']}"
    assert caught.value.message == case["message"]
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18446744073709551615", 18446744073709551615),
        ("1e23", 10**23),
        ("0x" + "f" * 40, 16**40 - 1),
        ("1:00:00:00:00:00:00:00:00:00:00:01", 60**11 + 1),
        ("1.50", 1.5),
    ],
)
def test_digits_are_kept(text: str, value: float) -> None:
    number = parse(f"a: {text}", source="text")["a"]
    assert number == value
    assert type(number) is type(value)


def test_long_decimals_keep_their_text() -> None:
    number = parse("a: 0.12345678901234567890", source="text")["a"]
    assert isinstance(number, ExactFloat)
    assert number.text == "0.1234567890123456789"


@pytest.mark.parametrize(
    "text", ["9" * 5000, "1e5000", "0x" + "f" * 4000, "1e-5000", "1" + ":01" * 4000, "1.5e99999999"]
)
@pytest.mark.parametrize("content_type", ["yaml", "json"])
def test_numbers_have_a_limit(text: str, content_type: str) -> None:
    with pytest.raises(DocumentError, match="too many digits") as caught:
        parse(f"- 1\n- {text}", source="text", content_type=content_type)
    assert caught.value.position == Position(2, 3)


def test_an_alias_is_the_same_object() -> None:
    document = parse("a: &x {k: [1]}\nb: [*x, *x]\nc: {<<: *x}", source="text")
    assert document["b"][0] is document["a"]
    assert document["b"][1] is document["a"]
    assert document["c"]["k"] is document["a"]["k"]


def test_a_timestamp_is_its_own_type() -> None:
    assert type(parse("- 2021-01-01", source="text")[0]) is Timestamp
    assert type(parse("- '2021-01-01'", source="text")[0]) is str


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("[" * 100_000, "yaml"),
        ("- " * 5000, "yaml"),
        ('{"a":' * 3000 + "1" + "}" * 3000, "json"),
        ("[" * 300 + "]" * 300, "json"),
    ],
)
def test_nesting_has_a_limit(text: str, content_type: str) -> None:
    with pytest.raises(DocumentError, match="nested deeper"):
        parse(text, source="text", content_type=content_type)


@pytest.mark.parametrize("content_type", ["yaml", "json"])
def test_nesting_up_to_the_limit(content_type: str) -> None:
    document = parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, source="text", content_type=content_type)
    assert json.dumps(document) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


def test_aliases_have_a_limit() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)]
    with pytest.raises(DocumentError, match=f"more than {MAX_NODES} values"):
        parse("\n".join(lines), source="text")


def test_depth_counts_through_aliases() -> None:
    lines = ["a0: &a0 [x]", *(f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, 400))]
    with pytest.raises(DocumentError, match="nested deeper"):
        parse("\n".join(lines), source="text")


@pytest.mark.parametrize(
    ("data", "location", "message"),
    [
        (b"a: b\nc: \xff", "f:2:4", "0xFF is not UTF-8"),
        ("é: ".encode() + b"\xc3", "f:1:4", "0xC3 is not UTF-8"),
        (b"\xff\xfea\x00", "f:1:1", "0xFF is not UTF-8"),
        (b"\xef\xbb\xbfa: \x00", "f:1:4", "null character"),
        (b"a\r\nb\rc\0", "f:3:2", "null character"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, location: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        parse(data, source="f")
    assert caught.value.location == location


@pytest.mark.parametrize("content_type", ["yaml", "json"])
def test_a_byte_order_mark_is_skipped(content_type: str) -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}', source="f", content_type=content_type) == {"a": 1}


def test_an_unknown_content_type() -> None:
    with pytest.raises(UsageError):
        parse("a", source="f", content_type="toml")


JSON_ERRORS = [
    ('{"a": 1, "a": 2}', "1:10", "stands twice"),
    ('{"a": 1', "1:8", "comma or a closing bracket"),
    ('{"a" 1}', "1:6", "colon"),
    ('{"a": "x}', "1:7", "never closed"),
    ('{"a": "\\q"}', "1:8", "escape"),
    ('["a\nb\x01"]', "1:4", "control character"),
    ('{"a": 1}}', "1:9", "end of the document"),
    ('{"a": @}', "1:7", "value is expected"),
    ("a: b: c", "1:5", "second ':'"),
]


@pytest.mark.parametrize(("text", "at", "message"), JSON_ERRORS)
def test_json_error(text: str, at: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        parse(text, source="f", content_type="json")
    assert caught.value.location == f"f:{at}"
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("", None),
        ("{a: 1, # comment\n 'b': 012,}", {"a": 1, "b": 10}),
        ("[NaN]", ["NaN"]),
        ("[1.0, 1e2, 0.10, 18446744073709551616]", [1, 100, 0.1, 2**64]),
        ('["\\ud83d\\ude00", "\\ud83d"]', ["😀", "\ud83d"]),
        ('{"<<": {"a": 1}}', {"<<": {"a": 1}}),
    ],
)
def test_json_files(text: str, document: Any) -> None:
    assert parse(text, source="f", content_type="json") == document


# In YAML a key has 1024 characters at most, as it is written: a character may take twelve.
PLAIN_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-(2**53), 2**53) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(max_size=80), children),
    max_leaves=20,
)


@given(data=PLAIN_DATA, indent=st.sampled_from([None, 2, "\t"]), escaped=st.booleans())
def test_json_means_the_same_as_json_and_as_yaml(data: Any, indent: Any, escaped: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=escaped)
    from_json = parse(text, source="f", content_type="json")
    assert equal(from_json, data)
    assert encode(parse(text, source="f")) == encode(from_json)


def test_places() -> None:
    text = "a:\n  - b\n  - &x\n    c: 1\nd: *x\ne:\n  <<: [*x]\n  f: [1, {g: 2}]\n1: z\n~/: y\n"
    places = {
        "": "1:1",
        "/a": "2:3",
        "/a/0": "2:5",
        "/a/1/c": "4:8",
        "/d/c": "4:8",
        "/e/c": "4:8",
        "/e/f/1/g": "8:14",
        "/1": "9:4",
        "/~0~1": "10:5",
        "/a/9/x": "2:3",
        "/none": "1:1",
    }
    for pointer, expected in places.items():
        found = locate(text, pointer, source="f")
        assert found is not None
        assert f"{found.line}:{found.column}" == expected, pointer


def test_places_in_json_and_in_nothing() -> None:
    assert locate(b'{\n\t"a": [1,\n\t\t2]}', "/a/1", source="f") == Position(3, 3)
    assert locate("", "/a", source="f") is None
    assert locate("[", "/a", source="f") is None
    assert locate("a: &a {<<: *a}", "/a/b", source="f") == Position(1, 4)


def refuses_or_reads(text: str | bytes, content_type: str) -> None:
    try:
        parse(text, source="f", content_type=content_type)
    except DocumentError as error:
        assert error.remedy
        assert error.position
    locate(text, "/a/0", source="f")


@settings(max_examples=examples(100))
@given(text=st.text() | mutated(yaml_texts(0.5)) | st.binary(), content_type=st.sampled_from(["yaml", "json"]))
def test_never_a_traceback(text: str | bytes, content_type: str) -> None:
    refuses_or_reads(text, content_type)


@settings(max_examples=examples(70))
@given(text=mutated(yaml_texts()).map(str.encode), position=st.integers(0, 500), byte=st.binary(max_size=2))
def test_never_a_traceback_for_broken_bytes(text: bytes, position: int, byte: bytes) -> None:
    refuses_or_reads(text[:position] + byte + text[position + 1 :], "yaml")


def engines_agree(text: str) -> None:
    text = text.lstrip("\ufeff").replace("\0", "") + "\n"
    fast = read_fast(text)
    if fast is not NotImplemented:
        assert repr(fast) == repr(parse_exactly(text, "f"))


@settings(max_examples=examples(200), suppress_health_check=list(HealthCheck))
@given(text=yaml_texts(0.02) | yaml_texts(0.1) | mutated(yaml_texts(0.02)))
def test_engines_agree(text: str) -> None:
    engines_agree(text)


def corpus_files() -> list[Path]:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    return [path for path in sorted(WMF_PRIMARY.rglob("*.yaml")) if path.stat().st_size > SMALLEST_SCHEMA]


def test_engines_agree_on_the_corpus() -> None:
    for path in corpus_files():
        engines_agree(path.read_text())


@pytest.mark.search
@settings(max_examples=examples(30))
@given(data=st.data())
def test_engines_agree_on_parts_of_the_corpus(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(corpus_files())).read_text().split("\n")
    start = data.draw(st.integers(0, len(lines) - 1))
    part = lines[start : start + data.draw(st.integers(1, 40))]
    engines_agree(data.draw(mutated(st.just("\n".join(part)))))


def test_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML's own parser takes fewer tabs; what it reads is the same."""
    monkeypatch.setattr(yaml_events, "_LOADER", yaml.SafeLoader)
    refused = []
    for case in cases("values"):
        try:
            assert encode(parse_exactly(case["text"].lstrip("\ufeff"), "f")) == case["value"]
        except DocumentError:
            refused.append(case["text"])
    assert len(refused) < 10
    assert all("\t" in text for text in refused)
