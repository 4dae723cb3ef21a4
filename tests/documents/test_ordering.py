"""Entries in another order: the same document, the same lines, and the same again when asked again."""

from __future__ import annotations

import random as randomness
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.documents.ordering import reordered
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import equal
from jsonschema_tools.schemas.key_ranks import key_ranks


def ordered(text: str) -> str:
    return reordered(text, key_ranks(parse(text, source="a.yaml")), "a.yaml")


CASES = {
    "comments go with the key below them": (
        "# at the top\ntype: object\n# its name\n# really\ntitle: a # here\n\n# fields\nproperties: {}\ndescription: d\n",
        "# at the top\n# its name\n# really\ntitle: a # here\ndescription: d\ntype: object\n\n# fields\nproperties: {}\n",
    ),
    "nested, and behind a dash": (
        "allOf:\n  - properties:\n      x:\n        maxLength: 1\n        # t\n        type: string\n    title: x\n  - type: a\n",
        "allOf:\n  - title: x\n    properties:\n      x:\n        # t\n        type: string\n        maxLength: 1\n  - type: a\n",
    ),
    "a block of text keeps its lines": (
        "properties:\n  x:\n    maxLength: 1\n    description: |\n      a\n\n      # b\n\nexamples: []\n",
        "properties:\n  x:\n    description: |\n      a\n\n      # b\n    maxLength: 1\n\nexamples: []\n",
    ),
    "names of properties stay": ("properties:\n  b: {}\n  a: {}\n", None),
    "braces stay": ("properties:\n  x: {maxLength: 1, type: string}\n", None),
    "values stay": ("default:\n  type: 1\n  title: 2\nexamples:\n  - type: 1\n    description: 2\n", None),
    "an alias keeps all as it is": ("properties:\n  x: &x\n    maxLength: 1\n    type: string\n  y: *x\n", None),
    "no line end at the end": ("type: object\ntitle: a", "title: a\ntype: object\n"),
    "lines of Windows": ("type: object\r\ntitle: a\r\n", "title: a\r\ntype: object\r\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_order(name: str) -> None:
    text, expected = CASES[name]
    assert ordered(text) == (text if expected is None else expected)


NAMES = ["title", "description", "type", "maxLength", "properties", "examples", "required", "x-own"]
schemas = st.recursive(
    st.dictionaries(st.sampled_from(NAMES[:4] + NAMES[6:]), st.sampled_from(["a", "two\nlines\n", "three\n\nlines", 1]), max_size=4),
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    | st.fixed_dictionaries({"properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3), "type": st.just("object")})
    | st.fixed_dictionaries({"allOf": st.lists(inner, max_size=2), "title": st.just("a")}),
    max_leaves=6,
)  # fmt: skip


def commented(document: Any, random: randomness.Random) -> str:
    """The document in blocks, its keys in any order, with comments and empty lines in between."""
    text = yaml.safe_dump(document, sort_keys=False, default_style=random.choice([None, None, '"', "|"]))
    lines = []
    for number, line in enumerate(text.splitlines()):
        indent = " " * (len(line) - len(line.lstrip()))
        if line.lstrip(" -")[:1].isalpha() and ":" in line and random.random() < 0.3:
            lines += [f"{indent}# comment {number}"]
        lines.append(line)
    return "\n".join(lines) + "\n"


@given(schemas, st.randoms(use_true_random=False))
def test_nothing_is_lost_or_changed(document: Any, random: randomness.Random) -> None:
    text = commented(document, random)
    try:
        before = parse(text, source="a.yaml")
    except Exception:
        return
    after = ordered(text)
    assert equal(parse(after, source="a.yaml"), before)
    assert sorted(line.lstrip(" -") for line in after.splitlines() if line.strip()) == sorted(
        line.lstrip(" -") for line in text.splitlines() if line.strip()
    )
    assert ordered(after) == after
