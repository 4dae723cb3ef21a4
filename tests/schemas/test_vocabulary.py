"""The table of keywords: what the metaschemas say, and that there is no other one."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from jsonschema_specifications import REGISTRY

import jsonschema_tools
from jsonschema_tools.schemas.vocabulary import KEYWORDS, Draft, Holds, keywords

PACKAGE = Path(jsonschema_tools.__file__).parent
DEPRECATED = {
    Draft.DRAFT_2019_09: {"definitions", "dependencies"},
    Draft.DRAFT_2020_12: {"definitions", "dependencies", "$recursiveAnchor", "$recursiveRef"},
}
"""What the later metaschemas describe, and the specifications do not define any more."""

NOT_DESCRIBED = {
    Draft.DRAFT_04: {"$ref"},  # it is of JSON Reference
    Draft.DRAFT_07: {"writeOnly"},  # Validation, section 10.3
    Draft.DRAFT_2019_09: {"definitions"},  # Validation, appendix A: the name stays free
    Draft.DRAFT_2020_12: {"definitions"},
}
"""What the specifications define, and the metaschemas do not describe."""

ELSEWHERE = {
    "nodejs": "the tables of upstream's libraries are theirs",
    "documents/key_order.py": "the order of keys in files, of keywords or not",
    "schemas/key_ranks.py": "the order of keys in current files",
}


def properties(draft: Draft) -> dict[str, Any]:
    """What the metaschema of a draft, and of its vocabularies, describes."""
    whole = REGISTRY.contents(draft.uri.removesuffix("#"))
    found = dict(whole["properties"])
    for name in (part["$ref"] for part in whole.get("allOf", ())):
        found |= REGISTRY.contents(f"{draft.uri.rpartition('/')[0]}/{name}")["properties"]
    return found


@pytest.mark.parametrize("draft", Draft)
def test_the_keywords_are_those_of_the_metaschema(draft: Draft) -> None:
    described = set(properties(draft)) - DEPRECATED.get(draft, set())
    assert keywords(draft) - NOT_DESCRIBED.get(draft, set()) == described


@pytest.mark.parametrize("draft", Draft)
def test_what_a_keyword_holds_is_what_the_metaschema_says(draft: Draft) -> None:
    for keyword in KEYWORDS:
        text = str(properties(draft).get(keyword.name, {}))
        if keyword.name not in keywords(draft) or "default" in keyword.name or not text:
            continue
        inner = ("'#'" in text) or ("Ref': '#'" in text) or ("'#meta'" in text) or ("schemaArray" in text)
        assert inner is bool(keyword.holds & (Holds.SCHEMA | Holds.LIST | Holds.MAP)), keyword


def test_there_is_no_other_table() -> None:
    """Lists and sets of many keywords, and of drafts. A table from keywords to functions is no such thing."""
    names = {keyword.name for keyword in KEYWORDS}
    uris = {draft.uri.rstrip("#") for draft in Draft}
    found = []
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).as_posix()
        if place == "schemas/vocabulary.py" or any(place.startswith(known) for known in ELSEWHERE):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and str(node.value).rstrip("#") in uris:
                found.append(f"{place}:{node.lineno}: {node.value}")
            if isinstance(node, ast.Set | ast.List | ast.Tuple):
                texts = [item.value for item in node.elts if isinstance(item, ast.Constant)]
                if len(texts) > 5 and names.issuperset(texts):
                    found.append(f"{place}:{node.lineno}: {texts}")
    assert not found
