"""What is asserted beside the keywords of a draft is the same at every door, whatever the draft and what is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema_rs import validator_for

from jsonschema_tools import EventSettings, SchemaStore, compare, validate
from jsonschema_tools.containment import verification
from jsonschema_tools.nodejs.ajv import format_checkers
from jsonschema_tools.schemas.assertions import FORMATS, _judged_apart, checker
from tests.events.test_suite import DRAFTS

TEXTS: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/events/formats.yaml").read_text("utf-8")
)
EDGES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/events/format_edges.yaml").read_text("utf-8")
)
CONTENT = [
    {"contentMediaType": "application/json"},
    {"contentEncoding": "base64"},
    {"contentMediaType": "application/json", "contentEncoding": "base64"},
]


def validated(folder: Path, schema: dict[str, Any], event: Any, **settings: bool) -> bool:
    (folder / "1.0.0.json").write_text(json.dumps(schema), "utf-8")
    return validate(event, SchemaStore([str(folder)]), schema="/1.0.0", settings=EventSettings(**settings)).valid


def test_the_cases_are_those_of_the_table() -> None:
    assert TEXTS.keys() == FORMATS


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_every_format_in_every_draft(draft: str, name: str, tmp_path: Path) -> None:
    right, wrong = TEXTS[name]
    schema = {"$schema": draft, "type": "object", "additionalProperties": {"type": "string", "format": name}}
    for quick in (False, True):
        assert validated(tmp_path, schema, {"v": right}, quick_formats=quick)
        # The quick patterns of AJV 6 let more pass.
        lenient = quick and name in format_checkers() and format_checkers()[name](wrong)
        assert validated(tmp_path, schema, {"v": wrong}, quick_formats=quick) is lenient
    found = compare({"$schema": draft, "enum": [right, wrong]}, {"$schema": draft, "format": name}).backward
    assert str(found.answer) == "no"
    assert found.witness is not None
    assert found.witness.event == wrong


@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_edges_are_the_same_in_every_draft(draft: str, tmp_path: Path) -> None:
    for edge in EDGES:
        said = {"format": edge["format"]}
        schema = {"$schema": draft, "type": "object", "additionalProperties": {"type": "string", **said}}
        assert validated(tmp_path, schema, {"v": edge["text"]}) is edge["valid"], edge
        inverse = {"$schema": draft, "type": "object", "additionalProperties": {"not": said}}
        assert validated(tmp_path, inverse, {"v": edge["text"]}) is not edge["valid"], edge
        assert checker(edge["format"])(edge["text"]) is edge["valid"], edge


@given(st.sampled_from(sorted(FORMATS - {"regex"})), st.text("abx-.:/0123456789~#@[]{}%é日 TZP", max_size=24))
@settings(max_examples=300)
def test_newer_drafts_have_the_formats_of_the_newest(name: str, text: str) -> None:
    """Or else they are judged apart."""
    for draft in DRAFTS.values():
        validator = validator_for({"$schema": draft, "format": name}, validate_formats=True)
        assert name in _judged_apart(draft) or validator.is_valid(text) is checker(name)(text)


@pytest.mark.parametrize("name", TEXTS)
def test_what_else_is_installed_changes_no_answer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages for formats register their checkers with the newest draft."""
    verification._format_checker.cache_clear()
    monkeypatch.setitem(Draft202012Validator.FORMAT_CHECKER.checkers, name, (lambda _value: False, ()))
    right, wrong = TEXTS[name]
    for old in ([right, wrong], [right]):
        answer = compare({"enum": old}, {"format": name}).backward.answer
        assert str(answer) == ("no" if wrong in old else "yes")
    verification._format_checker.cache_clear()


@pytest.mark.parametrize("content", CONTENT, ids=json.dumps)
@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_content_is_an_annotation(draft: str, content: dict[str, str], tmp_path: Path) -> None:
    text = {"type": "string", **content}
    property_named_so = {"contentEncoding": {"const": "gzip"}}
    schema = {"$schema": draft, "type": "object", "properties": {"v": text, **property_named_so}}
    assert validated(tmp_path, schema, {"v": "{:}", "contentEncoding": "gzip"})
    assert str(compare({"$schema": draft, "type": "string"}, {"$schema": draft, **text}).backward.answer) == "yes"
    if draft not in (DRAFTS["draft4"],):
        assert not validated(tmp_path, schema, {"v": "{:}", "contentEncoding": "zip"})
