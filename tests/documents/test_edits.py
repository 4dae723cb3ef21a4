"""Edits of a text: what they are asked for, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.documents.edits import Insert, NotEditable, Rename, Replace, edited
from jsonschema_tools.documents.layout import parts
from jsonschema_tools.documents.pointers import at
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import equal

TEXT = """# a schema
title: a   # named
$id: "/a/1.0.0"
properties:
  id: {type: string, format: uuid}   # flow
  x:
    # of a text
    type: string

    enum: [b, a]
  y: {
    "type": "string"
  }
items:
  - type: string
    pattern: ^a
  - - type: integer
"""


@pytest.mark.parametrize(
    ("edits", "changed"),
    [
        ([("/title", Replace("b"))], ["title: b   # named"]),
        ([("/title", Replace("1"))], ["title: '1'   # named"]),
        ([("/title", Replace("it's: b"))], ["title: 'it''s: b'   # named"]),
        ([("/title", Replace("https://example.org/a#"))], ["title: https://example.org/a#   # named"]),
        ([("/$id", Replace("/a/1.1.0"))], ['$id: "/a/1.1.0"']),
        ([("/title", Rename("description"))], ["description: a   # named"]),
        ([("/properties/id", Insert("maxLength", 36))], ["  id: {type: string, format: uuid, maxLength: 36}   # flow"]),
        ([("/properties/x", Insert("maxLength", 9))], ["    maxLength: 9"]),
        ([("/properties/y", Insert("maxLength", 9))], ['    "type": "string",', '    "maxLength": 9']),
        ([("", Insert("$schema", "a#"))], ["$schema: a#"]),
        ([("/items/0", Insert("maxLength", 9))], ["    maxLength: 9"]),
        ([("/items/1/0", Insert("minimum", 9))], ["      minimum: 9"]),
        ([("/properties/x", Rename("z")), ("/properties/x/type", Replace("null"))], ["  z:", "    type: 'null'"]),
    ],
)
def test_lines_that_change(edits: list[Any], changed: list[str]) -> None:
    after = edited(TEXT, edits, source="a.yaml", content_type="yaml")
    before = TEXT.splitlines()
    assert [line for line in after.splitlines() if line not in before] == changed


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("a: &x {b: 1}\nc: *x\n", ("/c/b", Replace(2))),
        ("a: &x 1\nc: *x\n", ("/a", Replace(2))),
        ("a: |\n  text\n", ("/a", Replace("b"))),
        ("a: 1\nb: 2\n", ("/a", Rename("b"))),
        ("a: 1\n", ("/a", Insert("b", 2))),
        ("a: {}\n", ("/a", Insert("b", 2))),
        ("a: 1\n", ("/b", Replace(2))),
        ("<<: {a: 1}\n", ("/a", Replace(2))),
    ],
)
def test_what_cannot_be_edited(text: str, edit: Any) -> None:
    with pytest.raises((NotEditable, LookupError)):
        edited(text, [edit], source="a.yaml", content_type="yaml")


documents = st.recursive(
    st.sampled_from(["a", "it's", "#", "1", 1, True, None, "a: b", "é", "☃"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "é", "x y", "1"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(
    documents, st.booleans(), st.sampled_from(["b", "it's", 1, True, "é: 1", "#"]), st.randoms(use_true_random=False)
)
def test_a_value_is_replaced_and_all_else_is_kept(document: Any, flow: bool, value: Any, random: Any) -> None:
    text = yaml.safe_dump(document, default_flow_style=flow, allow_unicode=True)
    text = "".join(f"{line}   # c{i}\n" if line and "'" not in line and '"' not in line else f"{line}\n" for i, line in enumerate(text.splitlines()))  # fmt: skip
    known = parse(text, source="a.yaml")
    scalars = [part for part in parts(text, "a.yaml") if not part.is_collection]
    if not scalars:
        return
    part = random.choice(scalars)
    after = edited(text, [(part.pointer, Replace(value))], source="a.yaml", content_type="yaml")
    assert equal(at(parse(after, source="a.yaml"), part.pointer), value)
    assert re.findall("# c[0-9]+", after) == re.findall("# c[0-9]+", text)
    assert len([line for line in after.splitlines() if line not in text.splitlines()]) <= 1
    assert equal(parse(text, source="a.yaml"), known)
