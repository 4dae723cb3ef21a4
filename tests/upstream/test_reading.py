"""Reading text: the values that js-yaml reads, and its refusals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.yaml.reading import parse_exactly
from jsonschema_tools.errors import DocumentError
from tests.conftest import examples
from tests.documents.test_reading import cases, corpus_files
from tests.documents.yaml_texts import mutated, yaml_texts
from tests.upstream.oracle import Oracle, encode

REFUSED = object()


def upstream(oracle: Oracle, text: str) -> Any:
    answer = oracle.ask("load", text=text)
    if "error" in answer:
        return REFUSED
    return None if answer["value"] == ["undefined"] else answer["value"]


def same(ours: Any, theirs: Any) -> bool:
    """Equal, as far as a double can tell."""
    if isinstance(ours, list) and isinstance(theirs, list):
        if ours[:1] == ["number"] == theirs[:1]:
            return float(ours[1]) == float(theirs[1]) or ours[1] == theirs[1]
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return bool(ours == theirs)


def test_values(oracle: Oracle) -> None:
    for case in cases("values"):
        assert upstream(oracle, case["text"]) == case["value"], case


def test_errors(oracle: Oracle) -> None:
    for case in cases("errors"):
        assert upstream(oracle, case["text"]) is REFUSED, case


def test_differences(oracle: Oracle) -> None:
    for case in cases("differences"):
        assert upstream(oracle, case["text"]) is not REFUSED, case


def test_corpus(oracle: Oracle) -> None:
    for path in corpus_files():
        text = path.read_text()
        assert same(encode(parse(text, source=path.name)), upstream(oracle, text)), path


@pytest.mark.sampled(2)
@pytest.mark.parametrize("read", [lambda text: parse(text, source="f"), lambda text: parse_exactly(text, "f")])
@settings(max_examples=examples(170), suppress_health_check=list(HealthCheck))
@given(text=yaml_texts() | yaml_texts(0.03) | mutated(yaml_texts(0.03)))
def test_what_is_read_is_the_same(oracle: Oracle, read: Any, text: str) -> None:
    text = text.lstrip("\ufeff").replace("\0", "").replace("1234567890", "1")
    try:
        ours = encode(read(text))
    except DocumentError:
        return
    theirs = upstream(oracle, text)
    assert theirs is REFUSED or same(ours, theirs)
